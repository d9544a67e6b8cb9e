/** A trained network: read from a safetensors file, and its forward pass, as model/nn computes it. */

const CLASSES = 10
const NON_DIGIT = 10 // the output of a network with a reject class that stands for all that is no digit
const BATCH_NORM_EPSILON = 1e-5
const LEAKY_RELU_SLOPE = 0.01
const GELU_FACTOR = Math.sqrt(2 / Math.PI)
const GELU_IS_ZERO_BELOW = -4 // it is nearer to 0 than 0.00013 there; inputs that are 0 are skipped in the next layer

/** @type {Record<string, (z: number) => number>} */
const ACTIVATIONS = {
  relu: (z) => (z > 0 ? z : 0),
  leaky_relu: (z) => Math.max(z, LEAKY_RELU_SLOPE * z),
  tanh: Math.tanh,
  sigmoid: (z) => 0.5 * Math.tanh(0.5 * z) + 0.5, // never overflows
  gelu: (z) => (z < GELU_IS_ZERO_BELOW ? 0 : 0.5 * z * (1 + Math.tanh(GELU_FACTOR * (z + 0.044715 * z * z * z)))),
}

/**
 * @typedef {object} Layer
 * @property {Float32Array} weights inputs * outputs, row by row
 * @property {Float32Array} biases
 * @property {Float32Array | null} means of the pre-activations, only with batch normalization
 * @property {Float64Array | null} deviations the standard deviations of the pre-activations
 * @property {Float64Array | null} scales what pre-activations less their means are multiplied by: gamma / deviation
 */

/** A multilayer perceptron that classifies images of digits. */
export class Network {
  /**
   * @param {Layer[]} layers
   * @param {string} activation of the hidden layers
   * @param {{ temperature?: number, rejectBias?: number }} calibration see model/nn/calibration.py
   */
  constructor(layers, activation, { temperature = 1, rejectBias = 0 } = {}) {
    if (!Object.hasOwn(ACTIVATIONS, activation)) throw new Error(`unknown activation ${activation}`)
    this.layers = layers
    this.activation = activation
    this.temperature = temperature
    this.rejectBias = rejectBias
  }

  /** Whether it was trained to tell digits from everything else. */
  get hasRejectClass() {
    return this.layers.at(-1).biases.length > CLASSES
  }

  /**
   * Compute each layer's pre-activations and activations; those of the last layer are the logits.
   *
   * @param {Uint8Array} image 784 pixels, 0 to 255
   * @returns {{ preActivations: Float64Array, activations: Float64Array }[]}
   */
  forward(image) {
    const results = []
    let inputs = Float64Array.from(image, (pixel) => pixel / 255)
    this.layers.forEach((layer, index) => {
      const preActivations = weightedSums(inputs, layer)
      const isLast = index === this.layers.length - 1
      const activations = isLast ? preActivations : preActivations.map(ACTIVATIONS[this.activation])
      results.push({ preActivations, activations })
      inputs = activations
    })
    return results
  }

  /**
   * @param {Uint8Array} image 784 pixels, 0 to 255
   * @returns {{ probabilities: Float64Array, isDigit: number | null }} the probability of each digit, supposing that
   *   the image shows one, and the probability that it shows one; null without a reject class
   */
  predict(image) {
    return this.classify(this.forward(image).at(-1).activations)
  }

  /**
   * @param {Float64Array} logits
   * @returns {{ probabilities: Float64Array, isDigit: number | null }} as of `predict`
   */
  classify(logits) {
    const probabilities = softmax(logits.subarray(0, CLASSES).map((logit) => logit / this.temperature))
    if (!this.hasRejectClass) return { probabilities, isDigit: null }
    const all = logits.slice()
    all[NON_DIGIT] += this.rejectBias
    return { probabilities, isDigit: 1 - softmax(all)[NON_DIGIT] }
  }
}

/** x W + b, with x W normalized before the biases are added where the layer has batch normalization. */
function weightedSums(inputs, { weights, biases, means, scales }) {
  const count = biases.length
  const sums = new Float64Array(count)
  const used = [] // most pixels are 0, and half of ReLU's activations
  for (let input = 0; input < inputs.length; input++) if (inputs[input] !== 0) used.push(input)
  let next = 0
  for (; next + 4 <= used.length; next += 4) {
    // Four inputs at a time take half as long: each sum is loaded and stored once for them.
    const [row0, row1, row2, row3] = [0, 1, 2, 3].map((offset) => used[next + offset] * count)
    const [value0, value1, value2, value3] = [0, 1, 2, 3].map((offset) => inputs[used[next + offset]])
    for (let unit = 0; unit < count; unit++) {
      sums[unit] +=
        value0 * weights[row0 + unit] +
        value1 * weights[row1 + unit] +
        value2 * weights[row2 + unit] +
        value3 * weights[row3 + unit]
    }
  }
  for (; next < used.length; next++) {
    const [value, row] = [inputs[used[next]], used[next] * count]
    for (let unit = 0; unit < count; unit++) sums[unit] += value * weights[row + unit]
  }
  for (let unit = 0; unit < count; unit++) {
    const sum = means ? (sums[unit] - means[unit]) * scales[unit] : sums[unit]
    sums[unit] = sum + biases[unit]
  }
  return sums
}

function softmax(logits) {
  const largest = Math.max(...logits)
  const exponentials = logits.map((logit) => Math.exp(logit - largest))
  const total = exponentials.reduce((sum, value) => sum + value, 0)
  return exponentials.map((value) => value / total)
}

// ---------------------------------------------------------------------------------------------------- safetensors

/**
 * Fetch a network.
 *
 * @param {string | URL} address
 * @returns {Promise<Network>}
 */
export async function fetchNetwork(address) {
  const response = await fetch(address, { priority: "low" }) // the page itself comes first
  if (!response.ok) throw new Error(`the network did not arrive: ${response.status}`)
  return parseNetwork(await response.arrayBuffer())
}

/**
 * Read a network from the content of a safetensors file as model/browser/wire.py writes it.
 *
 * @param {ArrayBuffer} content
 * @returns {Network}
 */
export function parseNetwork(content) {
  const headerLength = Number(new DataView(content).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 8, headerLength)))
  const tensor = (name) => (Object.hasOwn(header, name) ? numbers(content, 8 + headerLength, header[name]) : null)
  const layers = []
  for (let index = 0; Object.hasOwn(header, `layers.${index}.weights`); index++) {
    const gammas = tensor(`layers.${index}.scales`)
    const variances = tensor(`layers.${index}.variance`)
    const deviations = variances && Float64Array.from(variances, (variance) => Math.sqrt(variance + BATCH_NORM_EPSILON))
    layers.push({
      weights: multiplied(tensor(`layers.${index}.weights`), tensor(`layers.${index}.steps`)),
      biases: tensor(`layers.${index}.biases`),
      means: tensor(`layers.${index}.mean`),
      deviations,
      scales: gammas && Float64Array.from(gammas, (gamma, unit) => gamma / deviations[unit]),
    })
  }
  const { activation, temperature, caution } = header.__metadata__
  return new Network(layers, activation, { temperature: Number(temperature), rejectBias: Number(caution) })
}

/** @returns {Float32Array | Int16Array} */
function numbers(content, start, { dtype, data_offsets: [from, to] }) {
  const bytes = content.slice(start + from, start + to) // a copy: views need aligned offsets
  return dtype === "I16" ? new Int16Array(bytes) : new Float32Array(bytes)
}

/** Weights that were sent as whole numbers of steps; each unit has a step of its own. */
function multiplied(weights, steps) {
  if (!steps) return weights
  const result = new Float32Array(weights.length)
  for (let index = 0, unit = 0; index < weights.length; index++, unit++) {
    if (unit === steps.length) unit = 0
    result[index] = weights[index] * steps[unit]
  }
  return result
}
