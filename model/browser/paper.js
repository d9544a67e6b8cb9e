/** Paper to write on: an element that hears mouse, pen and finger, and keeps their strokes. It paints nothing itself. */

import { touches } from "./eraser.js"

/** @typedef {import("./rasterize.js").Stroke} Stroke */

export class Paper {
  /** Whether the pen takes away the strokes that it touches. */
  isErasing = false
  #element
  #options
  #strokes = []
  #pointer = null // the identifier of the one that is drawing
  #place = null // where an eraser was last
  #isErasingNow = false // what the pen that is down does
  #listening = new AbortController()

  /**
   * @param {HTMLElement} element square; its style must say `touch-action: none`, or a finger would scroll
   * @param {object} options
   * @param {number} options.size units of the paper's sides
   * @param {(strokes: Stroke[]) => void} options.onChange called when something was drawn or erased
   * @param {(strokes: Stroke[]) => void} [options.onLift] called when the pen was lifted
   * @param {number} [options.reach] how near to a stroke's path an eraser takes it away, in units
   */
  constructor(element, options) {
    this.#element = element
    this.#options = { onLift: () => {}, reach: 0, ...options }
    const listen = (name, handler) => element.addEventListener(name, handler, { signal: this.#listening.signal })
    listen("pointerdown", (event) => this.#begin(event))
    listen("pointermove", (event) => this.#move(event))
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) listen(name, (event) => this.#end(event))
  }

  disconnect() {
    this.#listening.abort()
  }

  /** Take everything off the paper. */
  clear() {
    this.put([])
  }

  /**
   * Replace what is on the paper; a stroke that is being drawn ends.
   *
   * @param {Stroke[]} strokes
   */
  put(strokes) {
    this.#strokes = [...strokes]
    this.#pointer = null
  }

  #begin(event) {
    if (this.#pointer !== null || event.button !== 0) return
    event.preventDefault() // no text is selected
    this.#element.setPointerCapture(event.pointerId) // the stroke may leave the paper and come back
    this.#pointer = event.pointerId
    const place = this.#placeOf(event)
    this.#isErasingNow = this.isErasing // until the pen lifts, whatever is switched meanwhile
    if (this.#isErasingNow) {
      this.#place = place
      this.#erase([place])
    } else {
      this.#strokes.push([place])
      this.#options.onChange(this.#strokes)
    }
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return
    const events = event.getCoalescedEvents?.() ?? []
    const places = (events.length ? events : [event]).map((each) => this.#placeOf(each))
    if (this.#isErasingNow) this.#erase(places)
    else {
      this.#strokes.at(-1).push(...places)
      this.#options.onChange(this.#strokes)
    }
  }

  #erase(places) {
    const before = this.#strokes.length
    for (const place of places) {
      this.#strokes = this.#strokes.filter((stroke) => !touches(stroke, this.#place, place, this.#options.reach))
      this.#place = place
    }
    if (this.#strokes.length < before) this.#options.onChange(this.#strokes)
  }

  #end(event) {
    if (event.pointerId !== this.#pointer) return
    this.#pointer = null
    this.#options.onLift(this.#strokes)
  }

  #placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.#element.getBoundingClientRect()
    return [((clientX - left) * this.#options.size) / width, ((clientY - top) * this.#options.size) / height]
  }
}
