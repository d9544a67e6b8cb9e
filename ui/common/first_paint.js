/**
 * Shows the page when it is whole: when its script has ended and nothing that is seen at once is still on its way.
 * Until then style.css hides it, so that nothing moves that can be seen. A part of the document, not a component.
 */
{
  const LONGEST_WAIT = 12000 // milliseconds since there is something to show: rather a page that moves than none
  const REST = 100 // milliseconds for which it has to be whole: what has just arrived may be about to be drawn
  const KEPT_ROOM = ".st-key-charts, .st-key-canvas" // what comes into these moves nothing
  let waitingSince = null
  let wholeSince = null

  /** Whether a placeholder lies in the window, where what takes its place may move the rest. */
  function isAwaited(placeholder) {
    const { top, bottom, width } = placeholder.getBoundingClientRect()
    return width > 0 && bottom > 0 && top < innerHeight && !placeholder.closest(KEPT_ROOM)
  }

  function isWhole() {
    const app = document.querySelector("[data-testid=stApp]:has(.stMain :is(h1, [role=alert]))")
    const isAtRest = app?.dataset.testScriptState === "notRunning" && document.fonts.status === "loaded"
    return isAtRest && ![...app.querySelectorAll("[data-testid=stSkeleton]")].some(isAwaited)
  }

  function look() {
    const now = performance.now()
    if (document.querySelector(".stMain .stElementContainer")) waitingSince ??= now
    wholeSince = isWhole() ? (wholeSince ?? now) : null
    if (now - (wholeSince ?? now) > REST || now - (waitingSince ?? now) > LONGEST_WAIT)
      document.documentElement.classList.add("whole")
    else requestAnimationFrame(look)
  }
  look()
}
