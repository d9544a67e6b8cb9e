/**
 * One step of learning, number by number: gradient descent on this image and its right label.
 *
 *     const step = learningStep(network, image, 7, { learningRate: 0.01 })
 *     step.loss, step.probabilities                          // before: cross-entropy, and softmax of the logits
 *     unitStep(step, 1, 17, 5)                               // dL/dz, dL/db, the 5 weights that move most, and how far
 *     step.lossAfter, step.after                             // the network after the step, which can read
 *
 * The loss is the training's own: cross-entropy of the softmax over all outputs, the reject class too, without the
 * temperature, with label smoothing if wanted. With batch normalization the step is made in inference mode: the running
 * means and variances stay as they are, for a single image has no variance. Training takes those of its batch.
 */

import { Network } from "../network.js"
import { backpropagate } from "./gradient.js"
import { traceForward } from "./trace.js"

/** @typedef {import("./gradient.js").LayerGradient} LayerGradient */
/** @typedef {import("./trace.js").Trace} Trace */

/**
 * @typedef {object} Step
 * @property {number} learningRate
 * @property {number} loss
 * @property {Float64Array} probabilities of all outputs, without temperature: what training compares with the targets
 * @property {Float64Array} targets
 * @property {Trace} trace before the step
 * @property {LayerGradient[]} gradients dL/dz, dL/d(x w) and dL/dx of each layer
 * @property {Network} after
 * @property {Trace} traceAfter
 * @property {number} lossAfter
 * @property {Float64Array} probabilitiesAfter
 */

/**
 * Make one step of stochastic gradient descent with a batch of one image: parameter - learningRate * gradient.
 *
 * @param {Network} network it stays as it is
 * @param {Uint8Array} image 784 pixels, 0 to 255
 * @param {number} label 0 to 9, or 10 for the reject class
 * @param {object} options
 * @param {number} options.learningRate
 * @param {number} [options.smoothing] label smoothing, 0 to 1
 * @returns {Step}
 */
export function learningStep(network, image, label, { learningRate, smoothing = 0 }) {
  const trace = traceForward(network, image)
  const classes = trace.logits.length
  const targets = new Float64Array(classes).fill(smoothing / classes)
  targets[label] += 1 - smoothing
  const { loss, probabilities } = crossEntropy(trace.logits, targets)
  const gradients = backpropagate(
    trace,
    probabilities.map((probability, output) => probability - targets[output]),
  )
  const layers = network.layers.map((_, layer) => stepped(trace, gradients[layer], layer, learningRate))
  const { activation, temperature, rejectBias } = network
  const after = new Network(layers, activation, { temperature, rejectBias })
  const traceAfter = traceForward(after, image)
  const { loss: lossAfter, probabilities: probabilitiesAfter } = crossEntropy(traceAfter.logits, targets)
  return {
    ...{ learningRate, loss, probabilities, targets, trace, gradients },
    ...{ after, traceAfter, lossAfter, probabilitiesAfter },
  }
}

/**
 * @typedef {object} ParameterStep
 * @property {number} before
 * @property {number} gradient dL/dparameter
 * @property {number} update -learningRate * gradient
 * @property {number} after before + update, as a float32 keeps it
 */

/**
 * What the step does at one unit.
 *
 * @param {Step} step
 * @param {number} layer
 * @param {number} unit
 * @param {number} count how many weights to name, those that move most first
 * @returns {{ preActivation: number, bias: ParameterStep, gamma: ParameterStep | null,
 *   weights: (ParameterStep & { index: number, input: number })[], gradientNorm: number, preActivationBefore: number,
 *   preActivationAfter: number }} `preActivation` is dL/dz; `gradientNorm` is of all of the unit's weights; `gamma` is
 *   batch normalization's factor, null without it
 */
export function unitStep(step, layer, unit, count) {
  const { trace, traceAfter, gradients, learningRate, after } = step
  const [old, stepped] = [trace.network.layers[layer], after.layers[layer]]
  const { preActivations, products } = gradients[layer]
  const moved = (before, gradient, result) => ({ before, gradient, update: -learningRate * gradient, after: result })
  const weights = Array.from(trace.layers[layer].inputs, (input, index) => {
    const place = index * old.biases.length + unit
    return { index, input, ...moved(old.weights[place], input * products[unit], stepped.weights[place]) }
  })
  return {
    preActivation: preActivations[unit],
    bias: moved(old.biases[unit], preActivations[unit], stepped.biases[unit]),
    gamma:
      old.scales &&
      moved(
        old.scales[unit] * old.deviations[unit],
        gammaGradient(trace, gradients[layer], layer, unit),
        stepped.scales[unit] * old.deviations[unit],
      ),
    gradientNorm: Math.hypot(...weights.map(({ gradient }) => gradient)),
    weights: weights.sort((one, other) => Math.abs(other.gradient) - Math.abs(one.gradient)).slice(0, count),
    preActivationBefore: trace.layers[layer].preActivations[unit],
    preActivationAfter: traceAfter.layers[layer].preActivations[unit],
  }
}

/** A layer after the step. */
function stepped(trace, gradient, layer, learningRate) {
  const old = trace.network.layers[layer]
  const units = old.biases.length
  const weights = old.weights.slice()
  trace.layers[layer].inputs.forEach((input, index) => {
    if (input === 0) return // no gradient either
    const row = index * units
    for (let unit = 0; unit < units; unit++) weights[row + unit] -= learningRate * input * gradient.products[unit]
  })
  const biases = old.biases.map((bias, unit) => bias - learningRate * gradient.preActivations[unit])
  const scales = old.scales?.map((scale, unit) => {
    const change = learningRate * gammaGradient(trace, gradient, layer, unit)
    return scale - change / old.deviations[unit]
  })
  return { ...old, weights, biases, scales: scales ?? null }
}

/** dL/dgamma of a unit: dL/dz times what gamma multiplies, (x w - mean) / deviation. */
function gammaGradient(trace, gradient, layer, unit) {
  const { biases, weights, means, deviations } = trace.network.layers[layer]
  const { inputs } = trace.layers[layer]
  let sum = 0
  for (let input = 0; input < inputs.length; input++) sum += inputs[input] * weights[input * biases.length + unit]
  return (gradient.preActivations[unit] * (sum - means[unit])) / deviations[unit]
}

/** The cross-entropy of the logits' softmax with the targets, computed as model/nn/losses.py does. */
function crossEntropy(logits, targets) {
  const largest = Math.max(...logits)
  const exponentials = logits.map((logit) => Math.exp(logit - largest))
  const total = exponentials.reduce((sum, value) => sum + value, 0)
  const loss = targets.reduce((sum, target, output) => sum + target * (Math.log(total) + largest - logits[output]), 0)
  return { loss, probabilities: exponentials.map((value) => value / total) }
}
