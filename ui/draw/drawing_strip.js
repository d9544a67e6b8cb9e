/**
 * The strip of drawings: thumbnails that go back on the paper, and what can be said of the one that is there. What it
 * shows comes with the answer, as an event "answered" of the paper (live_reading.js).
 */

export default mounted(({ parentElement }) => new Strip(parentElement))

class Strip {
  #root
  #list
  #drawings = []
  #current = null
  #send = () => {}
  #listening = new AbortController()

  constructor(element) {
    this.#root = element.querySelector(".strip")
    this.#list = element.querySelector(".strip-list")
    this.#root.addEventListener("click", (event) => this.#onClick(event.target.closest("button")))
    const show = ({ detail }) => detail.strip && this.#show(detail.strip)
    document.addEventListener("answered", show, { signal: this.#listening.signal })
  }

  update({ setTriggerValue }) {
    this.#send = (action) => setTriggerValue("action", action)
    document.querySelector(".st-key-canvas")?.dispatchEvent(new Event("answer-wanted"))
  }

  disconnect() {
    this.#listening.abort()
  }

  #show({ drawings, current }) {
    this.#drawings = drawings
    this.#current = current
    this.#root.dataset.count = String(drawings.length)
    // Thumbnails stay the same elements, so that the one that has the focus keeps it.
    const known = new Map([...this.#list.children].map((item) => [item.dataset.number, item]))
    this.#list.replaceChildren(
      ...drawings.toReversed().map((drawing) => {
        const item = known.get(String(drawing.number)) ?? thumbnail(drawing.number)
        fill(item, drawing, drawing.number === current)
        return item
      }),
    )
    const shown = drawings.find(({ number }) => number === current)
    for (const button of this.#root.querySelectorAll(".strip-label")) {
      button.disabled = !shown
      button.setAttribute("aria-pressed", String(shown?.label === button.dataset.label))
    }
    this.#root.querySelector(".strip-delete").disabled = !shown
    this.#root.querySelector(".strip-delete-all").disabled = drawings.length === 0
    for (const button of document.querySelectorAll(".st-key-download_drawings button"))
      button.disabled = drawings.length === 0
  }

  #onClick(button) {
    if (!button || button.disabled) return
    const { label, name, number } = button.dataset
    if (number) this.#send({ name: "show", number: Number(number) })
    else if (label) {
      const pressed = button.getAttribute("aria-pressed") === "true"
      button.setAttribute("aria-pressed", String(!pressed))
      this.#send({ name: "label", number: this.#current, label: pressed ? null : label })
    } else this.#send({ name, number: this.#current })
  }
}

function thumbnail(number) {
  const item = document.createElement("li")
  item.dataset.number = number
  item.innerHTML = `<button type="button" class="strip-item" data-number="${number}">
    <img alt="" width="56" height="56"><span class="strip-answer"></span><span class="strip-truth"></span>
  </button>`
  return item
}

function fill(item, { number, image, answer, label }, isCurrent) {
  const button = item.firstElementChild
  const picture = button.querySelector("img")
  if (picture.getAttribute("src") !== image) picture.src = image
  button.querySelector(".strip-answer").textContent = answer
  button.querySelector(".strip-truth").textContent = label && label !== answer ? `is ${label}` : label ? "✓" : ""
  button.setAttribute("aria-pressed", String(isCurrent))
  button.setAttribute("aria-label", `Drawing ${number}, ${said(answer)}${label ? `, labeled ${label}` : ""}`)
}

function said(answer) {
  if (answer === "–") return "not read as a digit"
  return answer.endsWith("?") ? `perhaps read as ${answer[0]}` : `read as ${answer}`
}
