/**
 * Sliders under a finger. A touch on a slider's track would move it at once, even one that is about to scroll the page.
 * It is held back until the finger moves sideways or lifts; a finger that moves up or down scrolls (style.css: pan-y).
 */

const PIXELS_SIDEWAYS = 6

/** Hold such touches back from now on, until the signal. */
function holdTouchesOnSliders(signal) {
  let held

  function onDown(event) {
    if (event.pointerType !== "touch" || !event.isTrusted || !event.isPrimary) return
    if (!event.target.closest?.("[data-testid=stSlider] [role=group]")) return
    event.stopImmediatePropagation()
    held = event
  }

  /** Let the slider have the touch, at the place where the finger is now. */
  function release({ clientX, clientY }) {
    const { target, pointerId, pointerType, isPrimary } = held
    held = undefined
    target.dispatchEvent(
      new PointerEvent("pointerdown", {
        ...{ pointerId, pointerType, isPrimary, clientX, clientY },
        ...{ button: 0, buttons: 1, bubbles: true, cancelable: true, composed: true },
      }),
    )
  }

  const isHeld = (event) => held?.pointerId === event.pointerId
  const listen = (type, listener) => document.addEventListener(type, listener, { capture: true, signal })
  listen("pointerdown", onDown)
  listen("touchstart", (event) => held && event.stopImmediatePropagation()) // the slider listens to both
  listen("pointermove", (event) => {
    if (isHeld(event) && Math.abs(event.clientX - held.clientX) > PIXELS_SIDEWAYS) release(event)
  })
  listen("pointerup", (event) => {
    if (isHeld(event)) release(event)
  })
  listen("pointercancel", (event) => {
    if (isHeld(event)) held = undefined
  })
}
