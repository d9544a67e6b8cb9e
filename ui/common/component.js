/** What the scripts of components have in common; components.py puts it in front of each. */

/**
 * A component for as long as its element is on the page: an object that is made at its first call, hears of each call,
 * and is disconnected when it goes.
 *
 * @param {(component: object) => { update?: (component: object) => void, disconnect: () => void }} make
 */
function mounted(make) {
  const objects = new WeakMap() // by element
  return (component) => {
    const { parentElement } = component
    if (!objects.has(parentElement)) objects.set(parentElement, make(component))
    objects.get(parentElement).update?.(component)
    return () => {
      objects.get(parentElement)?.disconnect()
      objects.delete(parentElement)
    }
  }
}

/** An address that is relative to the page's, as a whole one: scripts of components have no address of their own. */
function resolved(address) {
  return new URL(address, document.baseURI).href
}

/** Import a module of ui/browser; null if it does not come, for the rest of the page works without. */
async function imported(address) {
  try {
    return await import(resolved(address))
  } catch {
    return null
  }
}

/**
 * Whether the visitor has clicked on a link to another page, and the app has not answered yet. What a component sends
 * then would be taken for a wish to stay: Streamlit runs the page that the last message came from. So a component that
 * tells something of its own accord, not because the visitor acts, waits.
 */
function isLeaving() {
  return "leaving" in document.documentElement.dataset
}

/** Whether the app is at work, or out of reach: its answer may still come. */
function isAppBusy() {
  const { testConnectionState, testScriptState } = document.querySelector("[data-testid=stApp]")?.dataset ?? {}
  return testConnectionState !== "CONNECTED" || testScriptState !== "notRunning"
}
