/**
 * The legend of the charts: a button for each line, which hides or shows it. The summary is for those who hear the page.
 *
 * @typedef {{ line: string, name: string, color: string, dash: number[], width: number, shown: boolean, run: boolean }} Entry
 */

export default function ({ data, parentElement, setTriggerValue }) {
  const legend = parentElement.querySelector(".legend")
  setText(parentElement.querySelector(".legend-summary"), data.summary)
  const buttons = new Map([...legend.children].map((button) => [button.dataset.line, button]))
  for (const [place, entry] of data.entries.entries()) {
    const button = buttons.get(entry.line) ?? makeButton(entry.line)
    buttons.delete(entry.line)
    if (legend.children[place] !== button) legend.insertBefore(button, legend.children[place] ?? null)
    update(button, entry)
    button.onclick = () => setTriggerValue("toggled", { line: entry.line, run: entry.run, show: !entry.shown })
  }
  for (const button of buttons.values()) button.remove()
}

function makeButton(line) {
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.line = line
  button.innerHTML =
    '<svg width="26" height="8" aria-hidden="true"><line x1="0" y1="4" x2="26" y2="4" /></svg><span></span>'
  return button
}

/** @param {Entry} entry */
function update(button, { name, color, dash, width, shown }) {
  const line = button.querySelector("line")
  line.setAttribute("stroke", color)
  line.setAttribute("stroke-width", width)
  line.setAttribute("stroke-dasharray", dash[1] ? dash.join(" ") : "none")
  setText(button.querySelector("span"), name)
  button.setAttribute("aria-pressed", shown)
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}
