/** What is on the sheet of paper: the canvas's objects, each of one or more strokes, and those that were undone. */

import { touches } from "./eraser.js"

/** @typedef {import("./rasterize.js").Stroke} Stroke */

const TOLERANCE = 2 // units of the sheet by which the same stroke's ends may differ between the browser and the app

export class Sheet {
  #objects = []
  #undone = []

  /** @param {Stroke[]} strokes what the canvas begins with */
  constructor(strokes = []) {
    this.#objects = strokes.map((stroke) => [stroke])
  }

  /** @returns {Stroke[]} */
  get strokes() {
    return this.#objects.flat()
  }

  /**
   * Add what the pen has drawn from pen-down to pen-up.
   *
   * @param {Stroke[]} strokes none, one, or the parts of one that went over the border
   */
  add(strokes) {
    this.#objects.push(strokes)
    this.#undone = []
  }

  /**
   * Take away what an eraser touches on its way from one place to another.
   *
   * @param {import("./rasterize.js").Point} from
   * @param {import("./rasterize.js").Point} to
   * @param {number} reach as `touches` has it
   */
  erase(from, to, reach) {
    const left = this.strokes.filter((stroke) => !touches(stroke, from, to, reach))
    if (left.length === this.strokes.length) return
    this.#objects = left.map((stroke) => [stroke])
    this.#undone = []
  }

  undo() {
    if (this.#objects.length) this.#undone.push(this.#objects.pop())
  }

  redo() {
    if (this.#undone.length) this.#objects.push(this.#undone.pop())
  }

  clear() {
    this.#objects = []
    this.#undone = []
  }

  /**
   * Tell whether these are the strokes on the sheet, by their number and by where each begins and ends.
   *
   * @param {Stroke[]} strokes
   */
  shows(strokes) {
    const own = this.strokes
    return (
      own.length === strokes.length &&
      own.every((stroke, index) => isNear(stroke[0], strokes[index][0]) && isNear(stroke.at(-1), strokes[index].at(-1)))
    )
  }
}

function isNear([x, y], [otherX, otherY]) {
  return Math.abs(x - otherX) <= TOLERANCE && Math.abs(y - otherY) <= TOLERANCE
}
