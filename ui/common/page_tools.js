/**
 * The tools of every page: presentation mode, keyboard shortcuts and their list, one theme for all pages.
 *
 * What it calls and does not have itself is in the files that page_tools.py names.
 */

const OFF = "inkling-shortcuts-off" // kept by the browser: whoever needs the keys off needs them off for good
const TAKES_KEYS =
  "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=combobox], " +
  "[role=spinbutton], [role=grid], [role=menu], [role=listbox], [role=dialog], dialog"
const TAKES_SPACE =
  "button, a[href], summary, input, label, [role=button], [role=checkbox], [role=radio], [role=switch], [role=tab]"

export default mounted(({ parentElement }) => install(parentElement))

/** Listen to the keys and to the tools; returns what to do with new data, and at the end. */
function install(root) {
  let shortcuts = []
  let component = null
  const [present, help, list, enabled, close] = ["present", "help", "shortcuts", "enabled", "close"].map((id) =>
    root.querySelector(`#${id}`),
  )
  const ended = new AbortController()
  const { signal } = ended
  const leave = [keepMarkupAccessible(), announceChanges(root.querySelector("#said")), keepFocus(signal)]
  holdTouchesOnSliders(signal)

  // What is wanted, not merely that something is: it may arrive twice.
  const switchPresentation = () => {
    component?.setTriggerValue("present", present.getAttribute("aria-pressed") === "true" ? "off" : "on")
    tellHeight() // in the same message
  }
  const tellHeight = () => {
    if (component && innerHeight !== component.data.windowHeight) component.setStateValue("window_height", innerHeight)
  }
  const showList = () => {
    enabled.checked = !isOff()
    list.showModal()
  }

  /** Do what a key stands for; returns whether it stands for anything here. */
  function act(key) {
    if (key === "p") switchPresentation()
    else if (key === "?") showList()
    else if (/^[1-9]$/.test(key)) return clickFirst(pageLinks().slice(key - 1, key))
    else return clickFirst(shortcuts.find((shortcut) => shortcut.key === key)?.buttons.map(usableButton) ?? [])
    return true
  }

  function onKey(event) {
    const key = nameOf(event)
    if (!key || isOff() || isTaken(event.composedPath()[0], key)) return
    const done = act(key)
    // Streamlit has R and C for itself: it would run the page again.
    if (!done && key !== "r" && key !== "c") return
    event.preventDefault()
    event.stopImmediatePropagation()
  }

  document.addEventListener("keydown", onKey, { capture: true, signal })
  document.addEventListener("click", keepTheme, { capture: true, signal })
  document.addEventListener("click", (event) => noteLeaving(event, component?.data.page), { capture: true, signal })
  present.addEventListener("click", switchPresentation, { signal })
  help.addEventListener("click", showList, { signal })
  close.addEventListener("click", () => list.close(), { signal })
  enabled.addEventListener("change", () => setOff(!enabled.checked), { signal })

  return {
    update(changed) {
      component = changed
      const { data } = component
      shortcuts = data.shortcuts
      document.documentElement.classList.toggle("presenting", data.presenting)
      present.setAttribute("aria-pressed", String(data.presenting))
      if (document.documentElement.dataset.leaving !== data.page) delete document.documentElement.dataset.leaving
      if (data.presenting && !isLeaving()) tellHeight()
    },
    disconnect() {
      ended.abort()
      for (const end of leave) end()
      document.documentElement.classList.remove("presenting")
    },
  }
}

/** The name of the pressed key, as in the list of shortcuts; nothing if it belongs to the browser or the system. */
function nameOf({ key, code, shiftKey, ctrlKey, metaKey, altKey, repeat, isComposing }) {
  if (ctrlKey || metaKey || altKey || repeat || isComposing) return null
  return shiftKey && code === "Period" ? "shift+." : key.toLowerCase()
}

/** Whether the element that has the focus needs the key itself. */
function isTaken(target, key) {
  return target.closest?.(key === " " ? `${TAKES_KEYS}, ${TAKES_SPACE}` : TAKES_KEYS)
}

/** The button of a widget, if it can be clicked now. */
function usableButton(name) {
  const buttons = [...document.querySelectorAll(`.st-key-${name} button`)]
  return buttons.find((button) => !button.disabled && button.checkVisibility())
}

function clickFirst(elements) {
  const element = elements.find(Boolean)
  element?.click()
  return Boolean(element)
}

const isOff = () => localStorage.getItem(OFF) !== null
const setOff = (off) => (off ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF))

/** Note that the visitor leaves the page, until the app has answered with another: see `isLeaving`. */
function noteLeaving(event, page) {
  const link = event.target.closest?.("a[href]")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !pageLinks().map(pathOf).includes(pathOf(link))) return
  if (pathOf(link) === location.pathname) delete document.documentElement.dataset.leaving
  else document.documentElement.dataset.leaving = page
}

/** Streamlit remembers a chosen theme for the address at which it was chosen alone: remember it for all pages. */
function keepTheme(event) {
  const item = event.target.closest?.("[data-testid^=stMainMenuItem-theme-]")
  if (!item) return
  const theme = JSON.stringify(item.dataset.testid.split("-").at(-1))
  for (const link of pageLinks()) localStorage.setItem(`stActiveTheme-${pathOf(link)}-v2`, theme)
}
