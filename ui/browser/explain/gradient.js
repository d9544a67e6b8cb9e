/**
 * Backpropagation through a traced network: what each number on the way does to the logits.
 *
 *     const coefficients = difference(trace, 7, 1)            // logit of 7 minus logit of 1; or one per logit
 *     inputGradient(network, trace, coefficients)             // d/dx for each of the 784 pixels, x from 0 to 1
 *     backpropagate(trace, coefficients)                      // the same, for every layer's sums and inputs
 *     strongestConnections(trace, 1, 40, coefficients)        // the lines of a diagram that carry most of the answer
 */

/** @typedef {import("../network.js").Network} Network */
/** @typedef {import("./trace.js").Trace} Trace */

const LEAKY_RELU_SLOPE = 0.01
const GELU_FACTOR = Math.sqrt(2 / Math.PI)
const GELU_CUBE = 0.044715

/**
 * da/dz of each activation function a = f(z), as model/nn/activations.py has it.
 *
 * @type {Record<string, (z: number, a: number) => number>}
 */
export const DERIVATIVES = {
  relu: (z) => (z > 0 ? 1 : 0),
  leaky_relu: (z) => (z > 0 ? 1 : LEAKY_RELU_SLOPE),
  tanh: (_, a) => 1 - a * a,
  sigmoid: (_, a) => a * (1 - a),
  gelu: (z) => {
    const gate = Math.tanh(GELU_FACTOR * (z + GELU_CUBE * z * z * z))
    return 0.5 * (1 + gate) + 0.5 * z * (1 - gate * gate) * GELU_FACTOR * (1 + 3 * GELU_CUBE * z * z)
  },
}

/**
 * @typedef {object} LayerGradient
 * @property {Float64Array} preActivations d/dz for each unit
 * @property {Float64Array} products d/d(x w), before batch normalization; without it, the same as of the pre-activations
 * @property {Float64Array} inputs d/dx for each input of the layer
 */

/**
 * The coefficients of one logit minus another; of a single logit with `other` null.
 *
 * @param {Trace} trace
 * @param {number} wanted 0 to 9, or 10 for the reject class
 * @param {number | null} other
 * @returns {Float64Array}
 */
export function difference(trace, wanted, other = null) {
  const coefficients = new Float64Array(trace.logits.length)
  coefficients[wanted] += 1
  if (other !== null) coefficients[other] -= 1
  return coefficients
}

/**
 * The gradient of a weighted sum of the logits with regard to every pixel.
 *
 * @param {Network} network
 * @param {Trace} trace of this network
 * @param {ArrayLike<number>} coefficients one for each logit
 * @returns {Float64Array} 784 numbers; a pixel that is 0.1 darker changes the sum by about a tenth of its number
 */
export function inputGradient(network, trace, coefficients) {
  return backpropagate({ ...trace, network }, coefficients)[0].inputs
}

/**
 * The gradient of a weighted sum of the logits with regard to everything on the way.
 *
 * @param {Trace} trace
 * @param {ArrayLike<number>} coefficients one for each logit
 * @param {(z: number, a: number) => number} slope what stands for da/dz: the derivative, unless told otherwise
 * @returns {LayerGradient[]} in the order of the layers
 */
export function backpropagate(trace, coefficients, slope = DERIVATIVES[trace.network.activation]) {
  const gradients = []
  let activations = Float64Array.from(coefficients)
  for (let index = trace.layers.length - 1; index >= 0; index--) {
    const { inputs, isOutput, ...layer } = trace.layers[index]
    const { weights, scales } = trace.network.layers[index]
    const preActivations = isOutput
      ? activations
      : activations.map((value, unit) => value * slope(layer.preActivations[unit], layer.activations[unit]))
    const products = scales ? preActivations.map((value, unit) => value * scales[unit]) : preActivations
    const below = new Float64Array(inputs.length)
    const units = unitsWith(products)
    for (let input = 0; input < below.length; input++) {
      const row = input * products.length
      let sum = 0
      for (const unit of units) sum += weights[row + unit] * products[unit]
      below[input] = sum
    }
    gradients.unshift({ preActivations, products, inputs: below })
    activations = below
  }
  return gradients
}

/**
 * @typedef {object} Connection
 * @property {number} input a pixel of the first layer, else a unit of the layer before
 * @property {number} unit
 * @property {number} weight
 * @property {number} product weight * input: what flows through the connection
 * @property {number} contribution to the weighted sum of the logits, to first order: product * d/dz of the unit
 */

/**
 * The connections into a layer that carry most of the answer.
 *
 * @param {Trace} trace
 * @param {number} layer
 * @param {number} count
 * @param {ArrayLike<number>} coefficients one for each logit: the answer that is meant
 * @param {LayerGradient[]} gradients if they are at hand
 * @returns {Connection[]} those with the largest contributions in magnitude first
 */
export function strongestConnections(trace, layer, count, coefficients, gradients = backpropagate(trace, coefficients)) {
  const { inputs } = trace.layers[layer]
  const { weights, scales } = trace.network.layers[layer]
  const { products, preActivations } = gradients[layer]
  const kept = new Strongest(count)
  const units = products.length
  const active = unitsWith(products)
  for (let input = 0; input < inputs.length; input++) {
    if (inputs[input] === 0) continue
    for (const unit of active) {
      kept.offer(Math.abs(inputs[input] * weights[input * units + unit] * products[unit]), input * units + unit)
    }
  }
  return kept.positions().map((position) => {
    const [input, unit] = [Math.floor(position / units), position % units]
    const weight = weights[position] * (scales?.[unit] ?? 1)
    const product = weight * inputs[input]
    return { input, unit, weight, product, contribution: product * preActivations[unit] }
  })
}

/** The units whose gradient is not 0: with ReLU often one in ten. @param {Float64Array} gradient */
function unitsWith(gradient) {
  const units = []
  for (let unit = 0; unit < gradient.length; unit++) if (gradient[unit] !== 0) units.push(unit)
  return Int32Array.from(units)
}

/** The positions of the largest of many values, without sorting them all. */
class Strongest {
  #count
  #kept = [] // [value, position], the largest first

  /** @param {number} count */
  constructor(count) {
    this.#count = count
  }

  offer(value, position) {
    const isFull = this.#kept.length >= this.#count
    if (value === 0 || this.#count === 0 || (isFull && value <= this.#kept.at(-1)[0])) return
    if (isFull) this.#kept.pop()
    let place = this.#kept.length
    while (place > 0 && this.#kept[place - 1][0] < value) place--
    this.#kept.splice(place, 0, [value, position])
  }

  positions() {
    return this.#kept.map(([, position]) => position)
  }
}
