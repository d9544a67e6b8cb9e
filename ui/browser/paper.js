/** Paper to write on: an element that hears mouse, pen and finger, and keeps their strokes. It paints nothing itself. */

/** @typedef {import("./rasterize.js").Stroke} Stroke */

export class Paper {
  #element
  #size
  #onChange
  #strokes = []
  #pointer = null // the identifier of the one that is drawing
  #listening = new AbortController()

  /**
   * @param {HTMLElement} element square; its style must say `touch-action: none`, or a finger would scroll
   * @param {object} options
   * @param {number} options.size units of the paper's sides
   * @param {(strokes: Stroke[]) => void} options.onChange called when something was drawn
   */
  constructor(element, { size, onChange }) {
    this.#element = element
    this.#size = size
    this.#onChange = onChange
    const listen = (name, handler) => element.addEventListener(name, handler, { signal: this.#listening.signal })
    listen("pointerdown", (event) => this.#begin(event))
    listen("pointermove", (event) => this.#draw(event))
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) listen(name, (event) => this.#end(event))
  }

  disconnect() {
    this.#listening.abort()
  }

  /** Take everything off the paper. */
  clear() {
    this.#strokes = []
    this.#pointer = null
  }

  #begin(event) {
    if (this.#pointer !== null || event.button !== 0) return
    event.preventDefault() // no text is selected
    this.#element.setPointerCapture(event.pointerId) // the stroke may leave the paper and come back
    this.#pointer = event.pointerId
    this.#strokes.push([this.#place(event)])
    this.#onChange(this.#strokes)
  }

  #draw(event) {
    if (event.pointerId !== this.#pointer) return
    const events = event.getCoalescedEvents?.() ?? []
    this.#strokes.at(-1).push(...(events.length ? events : [event]).map((each) => this.#place(each)))
    this.#onChange(this.#strokes)
  }

  #end(event) {
    if (event.pointerId === this.#pointer) this.#pointer = null
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#element.getBoundingClientRect()
    return [((clientX - left) * this.#size) / width, ((clientY - top) * this.#size) / height]
  }
}
