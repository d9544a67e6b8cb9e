/** One answer of a network with all that leads to it: what the page shows, computed once for each image. */

import { backpropagate, difference, strongestConnections } from "../explain/gradient.js"
import { traceForward } from "../explain/trace.js"
import { IMAGE_SIDE } from "../rasterize.js"
import { BLANK, readingOf } from "../reading.js"

/** @typedef {import("../network.js").Network} Network */
/** @typedef {import("../rasterize.js").Stroke} Stroke */

const NON_DIGIT = 10
const NO_INK = new Uint8Array(IMAGE_SIDE * IMAGE_SIDE)

export class Signal {
  #gradients = null
  #connections = new Map()

  /**
   * @param {Network} network
   * @param {Uint8Array | null} image null for blank paper, of which the sums are shown all the same
   */
  constructor(network, image) {
    this.network = network
    this.isBlank = image === null
    this.image = image ?? NO_INK
    this.trace = traceForward(network, this.image)
    const { probabilities, isDigit } = this.trace
    /** @type {import("../reading.js").Reading} */
    this.reading = this.isBlank ? BLANK : readingOf([...probabilities], isDigit)
    /** The output that is explained: the digit, or that it is none. @type {number} */
    this.answer = this.reading.verdict === "no digit" ? NON_DIGIT : (this.reading.digit ?? 0)
  }

  /** How many layers compute: the hidden ones and the outputs. */
  get numLayers() {
    return this.network.layers.length
  }

  /** The gradient of the answer's logit with regard to all that each layer computes. */
  get gradients() {
    return (this.#gradients ??= backpropagate(this.trace, difference(this.trace, this.answer)))
  }

  /**
   * The connections into a layer that carry most of the answer.
   *
   * @param {number} layer
   * @param {number} count
   */
  connections(layer, count) {
    if (!this.#connections.has(layer)) {
      const coefficients = difference(this.trace, this.answer)
      this.#connections.set(layer, strongestConnections(this.trace, layer, count, coefficients, this.gradients))
    }
    return this.#connections.get(layer)
  }

  /**
   * The units of a hidden layer, or the pixels as layer -1, in the order of what they add to the answer's logit, to
   * first order: activation * gradient.
   *
   * @param {number} layer
   * @returns {{ unit: number, contribution: number }[]}
   */
  carriers(layer) {
    const values = this.valuesOf(layer)
    const gradient = this.gradients[layer + 1].inputs
    return Array.from(values, (value, unit) => ({ unit, contribution: value * gradient[unit] })).sort(
      (one, other) => Math.abs(other.contribution) - Math.abs(one.contribution),
    )
  }

  /** The activations of a layer; the pixels, from 0 to 1, of layer -1. @param {number} layer */
  valuesOf(layer) {
    return layer < 0 ? this.trace.inputs : this.trace.layers[layer].activations
  }

  /**
   * By how much a pixel or a unit moves the answer's logit for each unit of its value; of an output, null.
   *
   * @param {import("./diagram_layout.js").Place} place
   */
  gradientOf({ layer, unit }) {
    return this.gradients[layer + 1]?.inputs[unit] ?? null
  }
}
