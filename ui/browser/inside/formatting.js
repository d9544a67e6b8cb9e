/** What the page says: numbers, names of pixels and units, sentences. Layers and units count from 1 in words. */

/** @typedef {import("./diagram_layout.js").Place} Place */

const NON_DIGIT = 10
const IMAGE_SIDE = 28

/** @type {Record<string, string>} */
const ACTIVATIONS = { relu: "ReLU", leaky_relu: "Leaky ReLU", tanh: "tanh", sigmoid: "sigmoid", gelu: "GELU" }

/** The name of an activation function. @param {string} activation */
export function activationName(activation) {
  return ACTIVATIONS[activation] ?? activation
}

/** A number with a true minus sign. @param {number} value @param {number} decimals */
export function number(value, decimals = 3) {
  const text = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** A number with its sign, as a term of a sum. @param {number} value @param {number} decimals */
export function term(value, decimals = 3) {
  return value < 0 ? number(value, decimals) : `+${number(value, decimals)}`
}

/** A probability, which is never certain. @param {number} probability */
export function percent(probability) {
  if (probability < 0.0005) return "< 0.1 %"
  return probability > 0.9995 ? "> 99.9 %" : `${(100 * probability).toFixed(1)} %`
}

/** A count with commas. @param {number} count */
export function counted(count) {
  return count.toLocaleString("en-US")
}

/** What an output stands for. @param {number} output */
export function outputName(output) {
  return output === NON_DIGIT ? "no digit" : String(output)
}

/**
 * The name of a pixel or a unit.
 *
 * @param {Place} place
 * @param {number} numLayers hidden ones and the outputs
 */
export function nameOf({ layer, unit }, numLayers) {
  if (layer < 0) return `Pixel, row ${Math.floor(unit / IMAGE_SIDE) + 1}, column ${(unit % IMAGE_SIDE) + 1}`
  if (layer === numLayers - 1) return `Output ${outputName(unit)}`
  return `Layer ${layer + 1}, unit ${unit + 1}`
}

/** The same where there is little room. @param {Place} place @param {number} numLayers */
export function shortNameOf({ layer, unit }, numLayers) {
  if (layer < 0) return `pixel ${Math.floor(unit / IMAGE_SIDE) + 1}, ${(unit % IMAGE_SIDE) + 1}`
  if (layer === numLayers - 1) return `output ${outputName(unit)}`
  return `unit ${unit + 1}`
}

/**
 * What the diagram shows, for those who don't see it.
 *
 * @param {import("./signal.js").Signal} signal
 */
export function describeSignal(signal) {
  const { network, trace, answer, isBlank } = signal
  const hidden = network.layers.slice(0, -1).map(({ biases }) => biases.length)
  const layers = hidden.length === 0 ? "no hidden layer" : `hidden layers of ${hidden.map(counted).join(", ")} units`
  const structure = `A network with ${layers} and ${network.layers.at(-1).biases.length} outputs.`
  if (isBlank) return `${structure} Nothing is drawn yet.`
  const carriers = hidden.map((_, layer) => {
    const { unit } = signal.carriers(layer)[0]
    return `in layer ${layer + 1} unit ${unit + 1} (activation ${number(trace.layers[layer].activations[unit], 2)})`
  })
  const carried = carriers.length ? ` Most of it comes through these units: ${carriers.join(", ")}.` : ""
  return `${structure} The strongest output is ${outputName(answer)}, with a logit of ${number(trace.logits[answer], 2)}.${carried}`
}
