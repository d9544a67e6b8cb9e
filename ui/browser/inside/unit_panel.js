/** One unit: its weights as an image, the sum that it computes as numbers, and what it passes on. */

import { outgoingProducts, unitSum, unitWeights } from "../explain/trace.js"
import { largest } from "./palette.js"
import { paintPixels, paintValues } from "./picture.js"
import { IMAGE } from "./diagram_layout.js"
import { ProductList } from "./product_list.js"
import { activationName, nameOf, number, outputName, percent, term } from "./formatting.js"

/** @typedef {import("./diagram_layout.js").Place} Place */
/** @typedef {import("./signal.js").Signal} Signal */

const NON_DIGIT = 10
const IMAGE_SIDE = 28
const NAMED = 6 // products of a sum that are named one by one
const LISTED = 5 // of what a unit adds to others, on either side

export class UnitPanel {
  #root
  #palette
  #sum
  #lists

  /**
   * @param {HTMLElement} root `.unit`
   * @param {import("./palette.js").Palette} palette
   * @param {(place: Place) => void} onSelect
   */
  constructor(root, palette, onSelect) {
    this.#root = root
    this.#palette = palette
    this.#sum = new ProductList(root.querySelector(".unit-sum tbody"), NAMED + 4, onSelect)
    this.#lists = [...root.querySelectorAll(".unit-list tbody")].map((list) => new ProductList(list, LISTED, onSelect))
  }

  /**
   * @param {Signal} signal
   * @param {Place} place
   */
  show(signal, place) {
    const { numLayers } = signal
    this.#write(".unit-title", nameOf(place, numLayers))
    if (place.layer === IMAGE) this.#showPixel(signal, place)
    else this.#showUnit(signal, place)
  }

  #showUnit(signal, place) {
    const { trace, network, numLayers, answer } = signal
    const { layer, unit } = place
    const isOutput = layer === numLayers - 1
    const sum = unitSum(trace, layer, unit, NAMED)
    this.#write(".unit-summary", isOutput ? outputSummary(signal, unit) : unitSummary(signal, place))

    const weights = unitWeights(trace, layer, unit)
    const { inputs } = trace.layers[layer]
    const isFirst = layer === 0
    const columns = Math.ceil(Math.sqrt(inputs.length)) // 28 of the image
    const from = isFirst ? "pixels" : `units of layer ${layer}`
    this.#picture(0, "Weights w", `${weights.length} weights, one for each of the ${from}`, (canvas) =>
      paintValues(canvas, weights, columns, this.#palette),
    )
    this.#picture(1, "Inputs x", `The inputs: the ${from}`, (canvas) =>
      isFirst ? paintPixels(canvas, inputs) : paintValues(canvas, inputs, columns, this.#palette),
    )
    const products = weights.map((weight, index) => weight * inputs[index])
    this.#picture(2, "Products w x", "Each weight times its input: what is added up", (canvas) =>
      paintValues(canvas, products, columns, this.#palette),
    )

    const scale = largest([sum.bias, sum.rest, ...sum.products.map(({ product }) => product)])
    const blank = { name: "", detail: "", value: "" }
    const named = sum.products.map(({ index, weight, input, product }) => ({
      place: { layer: layer - 1, unit: index },
      detail: `${number(weight)} × ${number(input)}`,
      value: term(product),
      share: product / scale,
    }))
    this.#write(".unit-sum caption", "The sum")
    this.#sum.show(numLayers, [
      { name: network.layers[layer].scales ? "bias, normalized" : "bias", value: term(sum.bias), share: sum.bias / scale },
      ...named,
      ...Array(NAMED - named.length).fill(blank),
      { name: `${sum.restCount} ${sum.restCount === 1 ? "other" : "others"}`, value: term(sum.rest), share: sum.rest / scale },
      { name: isOutput ? "logit z" : "pre-activation z", value: number(sum.preActivation), isTotal: true },
      isOutput
        ? { name: unit === NON_DIGIT ? "probability" : "probability, by softmax", value: probabilityOf(signal, unit) }
        : { name: `${activationName(network.activation)}(z), its activation`, value: number(sum.activation), isTotal: true },
    ])

    if (isOutput) {
      const all = Array.from(products, (product, index) => ({ index, product }))
      const sides = [`Speak for ${outputName(unit)}`, `Speak against ${outputName(unit)}`]
      this.#showSides(numLayers, sides, layer - 1, all)
    } else {
      const next = outgoingProducts(trace, layer, unit, Infinity)
      this.#showSides(numLayers, ["Raises", "Lowers"], layer + 1, next)
    }
    this.#root.dataset.kind = isOutput ? "output" : "unit"
    this.#write(".unit-note", noteOn(signal, place, answer))
  }

  #showPixel(signal, place) {
    const { trace, network, numLayers, answer } = signal
    const { unit } = place
    const gradient = signal.gradients[0].inputs
    const value = trace.inputs[unit]
    const name = outputName(answer)
    this.#write(".unit-summary", `Value ${Math.round(255 * value)} of 255: x = ${number(value)}.`)
    this.#picture(0, "Image x", "The image", (canvas) => paintPixels(canvas, trace.inputs))
    this.#picture(1, `Gradient for ${name}`, `The gradient of the logit of ${name}: what ink would do at each pixel`, (canvas) =>
      paintValues(canvas, gradient, IMAGE_SIDE, this.#palette),
    )
    const products = gradient.map((slope, index) => slope * trace.inputs[index])
    this.#picture(2, "Gradient times x", "The gradient times the pixels: what the ink says", (canvas) =>
      paintValues(canvas, products, IMAGE_SIDE, this.#palette),
    )
    this.#write(".unit-sum caption", "What it does to the answer")
    this.#sum.show(numLayers, [
      { name: "x, from 0 to 1", value: number(value) },
      { name: `gradient of the logit of ${name}`, value: term(gradient[unit]) },
      { name: "gradient times x", value: term(gradient[unit] * value), isTotal: true },
    ])
    const { weights, biases } = network.layers[0]
    const next = Array.from(biases, (_, index) => ({
      index,
      product: weights[unit * biases.length + index] * (network.layers[0].scales?.[index] ?? 1) * value,
    }))
    this.#showSides(numLayers, ["Raises", "Lowers"], 0, next)
    this.#root.dataset.kind = "pixel"
    this.#write(".unit-note", `More ink here ${gradient[unit] < 0 ? "lowers" : "raises"} the logit of ${name}.`)
  }

  /** Two lists: what is raised or speaks for, and what is lowered or speaks against. */
  #showSides(numLayers, titles, layer, products) {
    const scale = largest(products.map(({ product }) => product))
    const sides = [products.filter(({ product }) => product > 0), products.filter(({ product }) => product < 0)]
    sides.forEach((side, index) => {
      const ordered = side.sort((one, other) => Math.abs(other.product) - Math.abs(one.product)).slice(0, LISTED)
      this.#lists[index].show(
        numLayers,
        ordered.map(({ index: unit, product }) => ({ place: { layer, unit }, value: term(product), share: product / scale })),
      )
      this.#root.querySelectorAll(".unit-list caption")[index].textContent = titles[index]
    })
  }

  #picture(index, caption, description, paint) {
    const figure = this.#root.querySelectorAll(".unit-pictures figure")[index]
    const canvas = figure.querySelector("canvas")
    paint(canvas)
    if (canvas.getAttribute("aria-label") !== description) canvas.setAttribute("aria-label", description)
    setText(figure.querySelector("figcaption"), caption)
  }

  #write(selector, text) {
    setText(this.#root.querySelector(selector), text)
  }
}

function unitSummary(signal, { layer, unit }) {
  const { activations } = signal.trace.layers[layer]
  return `Activation ${number(activations[unit])}.`
}

function outputSummary(signal, unit) {
  return `Logit ${number(signal.trace.logits[unit])}${signal.isBlank ? " for blank paper" : ""}.`
}

function probabilityOf({ trace, isBlank }, unit) {
  if (isBlank) return ""
  return percent(unit === NON_DIGIT ? 1 - trace.isDigit : trace.probabilities[unit])
}

function noteOn(signal, { layer, unit }, answer) {
  const gradient = signal.gradientOf({ layer, unit })
  if (gradient === null) return unit === answer && !signal.isBlank ? "It is the answer." : ""
  const adds = gradient * signal.valuesOf(layer)[unit]
  return `To the logit of ${outputName(answer)} it adds ${term(adds)}: activation times gradient, ${term(gradient)}.`
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}
