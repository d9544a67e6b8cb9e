/**
 * Why one digit and not another: what each pixel, and each stroke, says for the one against the other.
 *
 *     const { pixels, biases, difference, method } = evidence(network, image, 7, 1)
 *     // pixels (784) + biases (one for each layer) add up to difference, which is logit of 7 - logit of 1
 *     const parts = strokeOcclusion(network, strokes, { pen, wanted: 7, other: 1 })
 *     // for each stroke, or stretch of a single one: how much `difference` loses without it
 */

import { rasterize } from "../rasterize.js"
import { read } from "../reading.js"
import { DERIVATIVES, backpropagate, difference } from "./gradient.js"
import { parts, stretches, without } from "./strokes.js"
import { traceForward, unitBias } from "./trace.js"

/** @typedef {import("../network.js").Network} Network */
/** @typedef {import("../rasterize.js").Stroke} Stroke */
/** @typedef {import("../reading.js").Reading} Reading */

/**
 * @typedef {object} Evidence
 * @property {Float64Array} pixels 784 numbers: positive ones speak for the first digit, negative ones for the second
 * @property {number[]} biases for each layer, what its biases say
 * @property {number} difference the first digit's logit minus the second one's: the sum of all pixels and biases
 * @property {"gradient times input" | "layer-wise relevance"} method
 */

const SMALLEST = 1e-6 // a smaller pre-activation has no secant that could be told from the tangent

/**
 * Attribute the difference of two logits to the pixels and to the layers' biases, so that nothing is left.
 *
 * With ReLU and leaky ReLU, each pixel's part is its gradient times its value: these activations have f(z) = f'(z) z,
 * so that the parts add up. The others do not; there the secant (f(z) - f(0)) / z takes the derivative's place, which
 * is layer-wise relevance propagation in its plain form (Bach et al. 2015), and adds up too. What sigmoid gives at
 * z = 0, which is 1/2, acts as a bias of the next layer, and is counted with that layer's.
 *
 * @param {Network} network
 * @param {Uint8Array} image 784 pixels, 0 to 255
 * @param {number} wanted a digit, or 10 for the reject class
 * @param {number | null} other another one; null to attribute the first one's logit alone
 * @returns {Evidence}
 */
export function evidence(network, image, wanted, other = null) {
  const trace = traceForward(network, image)
  const atZero = network.activation === "sigmoid" ? 0.5 : 0
  const derivative = DERIVATIVES[network.activation]
  const secant = (z, a) => (Math.abs(z) < SMALLEST ? derivative(z, a) : (a - atZero) / z)
  const gradients = backpropagate(trace, difference(trace, wanted, other), secant)
  const pixels = gradients[0].inputs.map((value, pixel) => value * trace.inputs[pixel])
  const biases = gradients.map(({ preActivations, inputs }, layer) => {
    const own = preActivations.reduce((sum, value, unit) => sum + value * unitBias(trace, layer, unit), 0)
    return layer === 0 ? own : own + atZero * inputs.reduce((sum, value) => sum + value, 0)
  })
  const isPiecewiseLinear = network.activation === "relu" || network.activation === "leaky_relu"
  return {
    pixels,
    biases,
    difference: trace.logits[wanted] - (other === null ? 0 : trace.logits[other]),
    method: isPiecewiseLinear || network.layers.length === 1 ? "gradient times input" : "layer-wise relevance",
  }
}

/**
 * @typedef {import("./strokes.js").Stretch & { effect: number, reading: Reading }} OccludedPart
 * `effect` is how much the difference of the logits loses without the part: positive, and the part speaks for the first
 * digit; `reading` is what is read without it.
 */

/**
 * Leave out each stroke in turn, or each stretch of a single stroke, with all other ink where it is.
 *
 * @param {Network} network
 * @param {Stroke[]} strokes
 * @param {object} options
 * @param {number | null} [options.pen] see rasterize
 * @param {number} options.wanted a digit, or 10 for the reject class
 * @param {number | null} [options.other] another one; null to see the first one's logit alone
 * @param {number} [options.count] stretches of a single stroke
 * @param {boolean} [options.alwaysCut] whether to cut several strokes into stretches too
 * @returns {OccludedPart[]} in the order of drawing; none of blank paper
 */
export function strokeOcclusion(network, strokes, { pen = null, wanted, other = null, count = 12, alwaysCut = false }) {
  const image = rasterize(strokes, pen)
  if (!image) return []
  const balance = (logits) => logits[wanted] - (other === null ? 0 : logits[other])
  const whole = balance(network.forward(image).at(-1).activations)
  return (alwaysCut ? stretches : parts)(strokes, count).map((part) => {
    const rest = rasterize(without(strokes, part), pen, strokes)
    return { ...part, effect: whole - balance(network.forward(rest).at(-1).activations), reading: read(network, rest) }
  })
}
