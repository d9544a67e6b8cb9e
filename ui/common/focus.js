/** A button that is disabled loses the keyboard's focus to nothing: it goes on to the next one that makes sense. */

const GOES_ON = [{ group: ".st-key-run_buttons", to: ["continue", "start"] }] // keys of buttons, the first choice first

/** Keep the focus from now on; returns the function that stops it. */
function keepFocus(signal) {
  let held = null // the button that has the focus, or had it when it was disabled

  const goOn = () => {
    const lost = held?.disabled
    if (!lost || ![document.body, held].includes(document.activeElement)) return
    const { to } = GOES_ON.find(({ group }) => held.closest(group)) ?? { to: [] }
    to.map(usableButton).find(Boolean)?.focus()
  }
  const observer = new MutationObserver(goOn)
  const options = { capture: true, signal }
  const groups = GOES_ON.map(({ group }) => `${group} button`).join(", ")
  document.addEventListener("focusin", ({ target }) => (held = target.closest(groups)), options)
  document.addEventListener("focusout", () => (held = held?.disabled ? held : null), options)
  observer.observe(document.body, { subtree: true, attributeFilter: ["disabled"] })
  return () => observer.disconnect()
}
