/** What changes by itself is said once, politely: what became of a run, and the answer to a drawing. */

const MILLISECONDS_OF_REST = 500 // an answer that changes with every stroke is said when it stays
const SAID = {
  ".st-key-queue [data-testid=stProgress]": { stateOf: (text) => text.split(":")[0], passing: ["Starting ..."] },
  ".st-key-prediction": { stateOf: (text) => text, passing: [] },
}

/** Say into an element of the role "status" what changes from now on; returns the function that stops it. */
function announceChanges(place) {
  const states = new Map()
  let timer
  const look = () => {
    timer = undefined
    for (const [selector, { stateOf, passing }] of Object.entries(SAID)) {
      const part = document.querySelector(selector)
      if (part?.closest("[aria-busy=true]")) continue // it changes with every move of the pen
      const text = part?.textContent.replace(/\s+/g, " ").trim()
      const state = text && stateOf(text)
      if (state === states.get(selector) || passing.includes(state)) continue
      if (states.get(selector) && state) place.textContent = text
      states.set(selector, state)
    }
  }
  const observer = new MutationObserver(() => (timer ??= setTimeout(look, MILLISECONDS_OF_REST)))
  observer.observe(document.body, { childList: true, subtree: true, characterData: true })
  look()
  return () => {
    observer.disconnect()
    clearTimeout(timer)
  }
}
