/**
 * Everything that a network computes for one image, and where each number comes from.
 *
 *     const trace = traceForward(network, image)             // image: Uint8Array of 784, as rasterize() gives it
 *     trace.layers[0].preActivations, trace.layers[0].activations, trace.logits, trace.probabilities
 *     unitSum(trace, 1, 17, 5)                               // bias + 5 products + rest = pre-activation -> activation
 *     outgoingProducts(trace, 1, 17, 5)                      // what unit 17 of layer 1 adds to units of layer 2
 *     unitWeights(trace, 0, 17)                              // 784 weights, to be shown as an image
 *
 * Layers count from 0; the last one is the output layer, whose pre-activations are the logits. With batch normalization
 * in inference mode, a unit computes (x w - mean) * scale + bias, which is linear: here each weight is w * scale and the
 * bias is bias - mean * scale, so that products and bias still add up to the pre-activation.
 */

/** @typedef {import("../network.js").Network} Network */

/**
 * @typedef {object} TracedLayer
 * @property {Float64Array} inputs the pixels from 0 to 1, or the activations of the layer before
 * @property {Float64Array} preActivations
 * @property {Float64Array} activations of the output layer: the same as its pre-activations
 * @property {boolean} isOutput
 */

/**
 * @typedef {object} Trace
 * @property {Network} network
 * @property {Float64Array} inputs 784 pixels from 0 to 1
 * @property {TracedLayer[]} layers
 * @property {Float64Array} logits 10, or 11 with a reject class
 * @property {Float64Array} probabilities of the ten digits
 * @property {number | null} isDigit the probability that the image shows a digit; null without a reject class
 */

/**
 * @typedef {object} Product one term of a unit's sum
 * @property {number} index of the input: a pixel of the first layer, else a unit of the layer before
 * @property {number} weight
 * @property {number} input
 * @property {number} product weight * input
 */

/**
 * Compute the network's answer to an image, and keep all numbers on the way.
 *
 * @param {Network} network
 * @param {Uint8Array} image 784 pixels, 0 to 255
 * @returns {Trace}
 */
export function traceForward(network, image) {
  const pixels = Float64Array.from(image, (pixel) => pixel / 255)
  const results = network.forward(image)
  const layers = results.map((result, index) => ({
    inputs: index === 0 ? pixels : results[index - 1].activations,
    ...result,
    isOutput: index === results.length - 1,
  }))
  const logits = layers.at(-1).activations
  return { network, inputs: pixels, layers, logits, ...network.classify(logits) }
}

/**
 * The sum that a unit computes. bias + products + rest = preActivation, and its activation function makes activation.
 *
 * @param {Trace} trace
 * @param {number} layer
 * @param {number} unit
 * @param {number} count how many products to name, the largest in magnitude first
 * @returns {{ bias: number, products: Product[], rest: number, restCount: number, preActivation: number,
 *   activation: number }} `rest` is the sum of the `restCount` other products that are not 0
 */
export function unitSum(trace, layer, unit, count) {
  const { inputs, preActivations, activations } = trace.layers[layer]
  const weights = unitWeights(trace, layer, unit)
  const all = []
  inputs.forEach((input, index) => {
    const weight = weights[index]
    if (weight * input !== 0) all.push({ index, weight, input, product: weight * input })
  })
  const ordered = largestFirst(all)
  return {
    bias: unitBias(trace, layer, unit),
    products: ordered.slice(0, count),
    rest: ordered.slice(count).reduce((sum, { product }) => sum + product, 0),
    restCount: Math.max(ordered.length - count, 0),
    preActivation: preActivations[unit],
    activation: activations[unit],
  }
}

/**
 * What a unit adds to the pre-activations of the next layer, the largest in magnitude first; nothing of an output.
 *
 * @param {Trace} trace
 * @param {number} layer
 * @param {number} unit
 * @param {number} count
 * @returns {Product[]} `index` is the unit of the next layer
 */
export function outgoingProducts(trace, layer, unit, count) {
  if (trace.layers[layer].isOutput) return []
  const input = trace.layers[layer].activations[unit]
  const { biases, weights, scales } = trace.network.layers[layer + 1]
  const all = Array.from(biases, (_, index) => {
    const weight = weights[unit * biases.length + index] * (scales?.[index] ?? 1)
    return { index, weight, input, product: weight * input }
  })
  return largestFirst(all).slice(0, count)
}

/**
 * The weights of a unit, one for each input, with batch normalization's scale multiplied in.
 *
 * @param {{ network: Network }} trace
 * @param {number} layer
 * @param {number} unit
 * @returns {Float64Array}
 */
export function unitWeights({ network }, layer, unit) {
  const { biases, weights, scales } = network.layers[layer]
  const scale = scales?.[unit] ?? 1
  const result = new Float64Array(weights.length / biases.length)
  for (let input = 0; input < result.length; input++) result[input] = weights[input * biases.length + unit] * scale
  return result
}

/**
 * The bias of a unit, with batch normalization's mean taken off.
 *
 * @param {{ network: Network }} trace
 * @param {number} layer
 * @param {number} unit
 * @returns {number}
 */
export function unitBias({ network }, layer, unit) {
  const { biases, means, scales } = network.layers[layer]
  return means ? biases[unit] - means[unit] * scales[unit] : biases[unit]
}

/** @param {Product[]} products */
function largestFirst(products) {
  return products.sort((one, other) => Math.abs(other.product) - Math.abs(one.product))
}
