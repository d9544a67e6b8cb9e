// HTML whose buttons tell the script what was clicked: a button's `data-choice` is sent as the trigger value "choice".
// In a grid ([data-grid]), whose choices are "row-column", the arrow keys move between the buttons.

const shown = new WeakMap()
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".clickable")
  if (shown.get(root) !== data.html) {
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.choice : undefined
    root.innerHTML = data.html
    shown.set(root, data.html)
    if (focused !== undefined) button(root, focused)?.focus({ preventScroll: true })
  }
  root.onclick = (event) => {
    const clicked = event.target.closest("[data-choice]")
    if (!clicked) return
    if (clicked.closest("[data-grid]")) press(root, clicked)
    setTriggerValue("choice", clicked.dataset.choice)
  }
  root.onkeydown = (event) => {
    const from = event.target.closest("[data-grid] [data-choice]")
    const next = from && STEPS[event.key] && neighbor(root, from, STEPS[event.key])
    if (!next) return
    event.preventDefault()
    enter(root, next)
    next.focus()
  }
}

function button(root, choice) {
  return root.querySelector(`[data-choice="${CSS.escape(choice)}"]`)
}

/** Mark a grid's button as the chosen one at once, before the script answers. */
function press(root, chosen) {
  for (const other of root.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", other === chosen)
  enter(root, chosen)
}

/** Make a button the one of its grid that the Tab key reaches. */
function enter(root, chosen) {
  for (const other of root.querySelectorAll("[data-grid] [data-choice]")) other.tabIndex = other === chosen ? 0 : -1
}

/** The next button of a grid in a direction; empty cells are skipped. */
function neighbor(root, from, [down, right]) {
  let [row, column] = from.dataset.choice.split("-").map(Number)
  for (let step = 0; step < 10; step++) {
    row += down
    column += right
    const found = button(root, `${row}-${column}`)
    if (found) return found
  }
  return undefined
}
