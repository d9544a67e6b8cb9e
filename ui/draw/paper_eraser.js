/** The eraser of the paper, for paper.js. */

const LEAST_STEP = 2 // units of the paper between the eraser's places

/** Hears the mouse, the pen or a finger in the canvas's place, and says where it goes. */
class Eraser {
  size = 1 // units of the paper's sides
  maxPlaces = Infinity
  #element
  #options
  #path = [] // since it went down
  #pointer = null // the identifier of the one that erases

  constructor(element, options) {
    this.#element = element
    this.#options = options
    element.addEventListener("pointerdown", (event) => this.#begin(event))
    element.addEventListener("pointermove", (event) => this.#move(event))
    for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, (event) => this.#end(event))
  }

  get isOn() {
    return !this.#element.hidden
  }

  set isOn(isOn) {
    this.#element.hidden = !isOn
    this.#pointer = null
  }

  #begin(event) {
    if (this.#pointer !== null || event.button !== 0) return
    event.preventDefault()
    this.#element.setPointerCapture(event.pointerId)
    this.#pointer = event.pointerId
    this.#path = [this.#place(event)]
    this.#options.onMove(this.#path[0], this.#path[0])
  }

  #move(event) {
    if (event.pointerId !== this.#pointer || this.#path.length >= this.maxPlaces) return
    const [from, to] = [this.#path.at(-1), this.#place(event)]
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < LEAST_STEP) return
    this.#path.push(to)
    this.#options.onMove(from, to)
  }

  #end(event) {
    if (event.pointerId !== this.#pointer) return
    this.#pointer = null
    this.#options.onLift(this.#path)
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#element.getBoundingClientRect()
    const place = [((clientX - left) * this.size) / width, ((clientY - top) * this.size) / height]
    return place.map((coordinate) => Math.round(10 * coordinate) / 10)
  }
}
