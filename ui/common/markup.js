/** What assistive technology needs and Streamlit's markup lacks: roles and names are added, also to what comes later. */

const MILLISECONDS_BETWEEN_LOOKS = 200
const IMAGES = { ".st-key-weights_view img": "Weights of the first layer: a tile for each unit" }

/** Add them from now on; returns the function that stops it. */
function keepMarkupAccessible() {
  let timer
  const look = () => {
    timer = undefined
    addRolesAndNames()
  }
  const observer = new MutationObserver(() => (timer ??= setTimeout(look, MILLISECONDS_BETWEEN_LOOKS)))
  observer.observe(document.body, { childList: true, subtree: true })
  look()
  return () => {
    observer.disconnect()
    clearTimeout(timer)
  }
}

function addRolesAndNames() {
  const tabBar = document.querySelector(".st-key-tab_bar")
  if (tabBar) set(tabBar, { role: "navigation", "aria-label": "Pages" })
  for (const link of pageLinks()) {
    if (!link.getAttribute("href")) link.setAttribute("href", ".") // Home's: an empty one means this page
    if (pathOf(link) === location.pathname) set(link, { "aria-current": "page" })
    else link.removeAttribute("aria-current")
  }
  for (const [selector, alt] of Object.entries(IMAGES)) {
    for (const image of document.querySelectorAll(selector)) set(image, { alt })
  }
  // It has a name and takes the focus: it is no mere presentation.
  for (const zone of document.querySelectorAll("[data-testid=stFileUploaderDropzone]")) set(zone, { role: "group" })
}

/** The links of the tab bar, which is there on every page, seen or not. */
function pageLinks() {
  return [...document.querySelectorAll(".st-key-tab_bar a")]
}

function pathOf(link) {
  return new URL(link.getAttribute("href") || ".", location.href).pathname
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value)
  }
}
