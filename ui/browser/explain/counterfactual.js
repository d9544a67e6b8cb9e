/**
 * A counterfactual explanation: the smallest change of a drawing that changes how it is read.
 *
 *     const found = findCounterfactual(network, strokes, { pen, wanted: 1, milliseconds: 250 })
 *     found.sentence            // "If the flag were shorter, it would be read as a 1."
 *     found.change?.strokes     // the changed drawing, to be shown as a ghost; change is null if none was found
 *
 * It tries all kinds of changes.js weakly first, then stronger, and finds by bisection how little suffices. It stops
 * when its time is over, with the best so far.
 */

import { rasterize } from "../rasterize.js"
import { ACCEPT_AT_LEAST, read } from "../reading.js"
import { changesOf } from "./changes.js"
import { answerOf } from "./moments.js"
import { bitsOf, displacement, shapeOf } from "./shape.js"
import { aDigit } from "./part_names.js"

/** @typedef {import("../network.js").Network} Network */
/** @typedef {import("../rasterize.js").Stroke} Stroke */
/** @typedef {import("../reading.js").Reading} Reading */
/** @typedef {import("./changes.js").Change} Change */
/** @typedef {import("./changes.js").Kind} Kind */

const STRENGTHS = [0.12, 0.25, 0.5, 0.75, 1]
const HALVINGS = 5
const LEAD = 0.04 // how much more probable than the second digit the new answer must be, lest it hang in the balance
const BIT = 1 / 25 // of the drawing's size: how finely ink is measured
const LARGEST = 0.15 // a larger change makes another drawing of it
const LITTLE = 0.015 // a change up to here is "a little"
const MUCH = 0.06
const [LITTLE_SHARE, MUCH_SHARE] = [0.12, 0.4] // of a stroke that becomes longer or shorter

/**
 * @typedef {object} FoundChange
 * @property {Kind} kind
 * @property {number} strength 0 to 1: of the most that is tried of this kind
 * @property {number} size how far the ink moves on average, as a share of the drawing's longer side
 * @property {Stroke[]} strokes the changed drawing
 * @property {Reading} reading of it
 * @property {string} clause what it is: "the flag were shorter"
 */

/**
 * @typedef {object} Counterfactual
 * @property {string} sentence what was found, or that nothing was
 * @property {Reading} before
 * @property {FoundChange | null} change
 * @property {FoundChange[]} others the smallest change of each other kind that was found, the smallest first
 * @property {number} reads how many drawings were read
 * @property {boolean} isComplete whether all was tried in time
 */

/**
 * Find the smallest change of a drawing that changes its answer.
 *
 * @param {Network} network
 * @param {Stroke[]} strokes
 * @param {object} options
 * @param {number | null} [options.pen] see rasterize
 * @param {number | null} [options.wanted] the digit that it shall be read as; null for any other digit
 * @param {number} [options.milliseconds] how long to try
 * @param {() => number} [options.now] a clock, in milliseconds
 * @returns {Counterfactual}
 */
export function findCounterfactual(network, strokes, { pen = null, wanted = null, milliseconds = 250, now = clock } = {}) {
  const end = now() + milliseconds
  const before = read(network, rasterize(strokes, pen))
  const outcome = { before, change: null, others: [], reads: 1, isComplete: true }
  const answer = answerOf(before)
  if (answer === null) return { ...outcome, sentence: "Nothing is drawn yet." }
  if (answer === wanted) return { ...outcome, sentence: `It is read as ${aDigit(wanted)} already.` }
  const shape = shapeOf(strokes)
  if (shape.size === 0) return { ...outcome, sentence: "A dot has nothing that could be changed." }
  const suffices = (reading) => isAnswer(reading, wanted, answer)
  const search = new Search(network, strokes, pen, { size: shape.size, before: answer, suffices })
  const changes = changesOf(shape)
  outcome.isComplete = search.run(changes, () => now() < end)
  const [change = null, ...others] = search.found()
  return { ...outcome, change, others, reads: search.reads + 1, sentence: sentenceOf(change, wanted) }
}

function clock() {
  return performance.now()
}

/** Whether a reading says the wanted digit, or without one, another digit than before, and is not in the balance. */
function isAnswer({ probabilities, isDigit, digit, second }, wanted, before) {
  if (wanted === null ? digit === before : digit !== wanted) return false
  const isAccepted = isDigit === null || isDigit >= ACCEPT_AT_LEAST + LEAD / 2
  return isAccepted && probabilities[digit] - probabilities[second] >= LEAD
}

function sentenceOf(change, wanted) {
  if (!change) {
    return wanted === null
      ? "No small change of the strokes makes it another digit."
      : `No small change of the strokes makes it ${aDigit(wanted)}.`
  }
  return `If ${change.clause}, it would be read as ${aDigit(change.reading.digit)}.`
}

/** The word for how far a change goes. */
function amountOf(extent, little, much) {
  return extent <= little ? "a little " : extent >= much ? "much " : ""
}

/** Tries changes, and keeps of each the weakest that suffices. */
class Search {
  #network
  #bits // of the ink as it was drawn
  #pen
  #size
  #suffices
  #before
  #best = new Map() // by change: the weakest that suffices
  #smallest = LARGEST // the size of the best so far
  reads = 0

  constructor(network, strokes, pen, { size, before, suffices }) {
    this.#network = network
    this.#bits = bitsOf(strokes, BIT * size)
    this.#pen = pen
    this.#size = size
    this.#before = before
    this.#suffices = suffices
  }

  /**
   * @param {Change[]} changes
   * @param {() => boolean} hasTime
   * @returns {boolean} whether all was tried
   */
  run(changes, hasTime) {
    let left = changes.map((change) => ({ change, below: 0 }))
    for (const strength of STRENGTHS) {
      const next = []
      for (const { change, below } of left) {
        if (!hasTime()) return false
        if (change.isWhole) {
          this.#try(change, 1)
          continue
        }
        const size = this.#sizeOf(change, strength)
        const found = size <= LARGEST && this.#try(change, strength, size)
        if (found) this.#halve(change, below, hasTime)
        else if (size <= this.#smallest) next.push({ change, below: strength })
      }
      left = next
    }
    return true
  }

  /** All that was found, the smallest of each kind, the smallest first. */
  found() {
    const all = [...this.#best.values()].sort((one, other) => one.size - other.size)
    return all.filter(({ kind }, index) => all.findIndex((other) => other.kind === kind) === index)
  }

  #sizeOf(change, strength) {
    return displacement(this.#bits, bitsOf(change.apply(strength), BIT * this.#size)) / this.#size
  }

  #try(change, strength, size = this.#sizeOf(change, strength)) {
    const strokes = change.apply(strength)
    const reading = read(this.#network, rasterize(strokes, this.#pen))
    this.reads += 1
    if (!this.#suffices(reading)) return false
    const amount = change.share ? amountOf(change.share(strength), LITTLE_SHARE, MUCH_SHARE) : amountOf(size, LITTLE, MUCH)
    const clause = change.clause(amount, [this.#before, reading.digit])
    const found = { kind: change.kind, strength, size, strokes, reading, clause }
    this.#best.set(change, found)
    this.#smallest = Math.min(this.#smallest, size)
    return true
  }

  #halve(change, below, hasTime) {
    let [low, high] = [below, this.#best.get(change).strength]
    for (let halving = 0; halving < HALVINGS && hasTime(); halving++) {
      const middle = (low + high) / 2
      if (this.#try(change, middle)) high = middle
      else low = middle
    }
  }
}
