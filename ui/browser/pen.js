/** Hears where the pen goes on a canvas of Fabric.js, mouse and touch alike, from the same events as Fabric.js. */

import { addPlace, strokeThrough } from "./pencil.js"

/** @typedef {import("./rasterize.js").Stroke} Stroke */

export class Pen {
  #options
  #places = null // where the pen has been since it went down, in canvas pixels; null while it is up
  #canvas = null // the canvas that it draws on
  #finger = null // the identifier of the touch that draws
  #listening = new AbortController()

  /**
   * @param {object} options
   * @param {(event: Event) => Element | null} options.canvasOf finds the canvas that an event draws on, if any
   * @param {number} options.size units of the sheet's sides
   * @param {number} options.scale canvas pixels for each unit
   * @param {number} options.width the pen's, in units
   * @param {() => void} options.onMove called when the stroke has changed
   * @param {(stroke: Stroke) => void} options.onLift called with the whole stroke
   */
  constructor(options) {
    this.#options = options
    const listen = (names, handler) => {
      for (const name of names) {
        document.addEventListener(name, handler, { capture: true, passive: true, signal: this.#listening.signal })
      }
    }
    listen(["mousedown", "touchstart"], (event) => this.#onDown(event))
    listen(["mousemove", "touchmove"], (event) => this.#onMove(event))
    listen(["mouseup", "touchend"], (event) => this.#onUp(event))
  }

  disconnect() {
    this.#listening.abort()
  }

  /** The stroke that is being drawn, in units of the sheet; null while the pen is up. @returns {Stroke | null} */
  get stroke() {
    if (!this.#places) return null
    const { scale, width } = this.#options
    return strokeThrough(this.#places, scale * width).map(([x, y]) => [x / scale, y / scale])
  }

  #onDown(event) {
    if (this.#places || (event.button ?? 0) !== 0) return
    this.#canvas = this.#options.canvasOf(event)
    if (!this.#canvas) return
    this.#finger = event.changedTouches?.[0].identifier ?? null
    const place = this.#place(event)
    this.#places = [place, place] // as Fabric.js begins
    this.#options.onMove()
  }

  #onMove(event) {
    if (!this.#places || (event.changedTouches?.[0].identifier ?? null) !== this.#finger) return
    addPlace(this.#places, this.#place(event), event.shiftKey)
    this.#options.onMove()
  }

  #onUp(event) {
    if (!this.#places || event.touches?.length) return // the stroke ends with the last finger, as on the canvas
    const stroke = this.stroke
    this.#places = null
    this.#options.onLift(stroke)
  }

  #place(event) {
    const { clientX, clientY } = event.changedTouches?.[0] ?? event
    const { left, top, width, height } = this.#canvas.getBoundingClientRect()
    const pixels = this.#options.size * this.#options.scale
    return [((clientX - left) * pixels) / width, ((clientY - top) * pixels) / height]
  }
}
