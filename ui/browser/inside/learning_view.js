/** One step of learning on this image: loss, gradient, update and loss after, at the chosen unit. */

import { learningStep, unitStep } from "../explain/learning_step.js"
import { Choice } from "./choice.js"
import { IMAGE } from "./diagram_layout.js"
import { nameOf, number, outputName, percent, shortNameOf, term } from "./formatting.js"

const NAMED = 4 // weights
const DECIMALS = 5

export class LearningView {
  #root
  #label
  #rate

  /**
   * @param {HTMLElement} root
   * @param {{ redo: () => void }} options
   */
  constructor(root, { redo }) {
    this.#root = root
    const [label, rate] = root.querySelectorAll("select")
    this.#label = new Choice(label, redo)
    this.#rate = new Choice(rate, redo)
  }

  /** @param {import("./sections.js").Question} question */
  showAtRest({ signal, place }) {
    this.#label.offerNoDigit(signal.network.hasRejectClass)
    this.#label.suggest(signal.answer)
    const label = this.#label.value
    const step = learningStep(signal.network, signal.image, label, { learningRate: this.#rate.value })
    const change = (before, after, shown) => `${shown(before)} → ${shown(after)}`
    this.#write(".learning-loss", change(step.loss, step.lossAfter, (loss) => number(loss, DECIMALS)))
    this.#write(
      ".learning-probability",
      change(step.probabilities[label], step.probabilitiesAfter[label], (share) => percent(share)),
    )
    this.#write(".learning-right", outputName(label))
    const unit = place.layer === IMAGE ? { layer: signal.numLayers - 1, unit: label } : place
    this.#showUnit(unitStep(step, unit.layer, unit.unit, NAMED), unit, signal.numLayers)
  }

  #showUnit(found, place, numLayers) {
    this.#write(".learning-unit", nameOf(place, numLayers))
    this.#write(
      ".learning-note",
      `Gradient at its pre-activation: dL/dz = ${term(found.preActivation, DECIMALS)}. ` +
        `The step moves z from ${number(found.preActivationBefore)} to ${number(found.preActivationAfter)}.`,
    )
    const weights = found.weights.map((weight) => ({
      ...weight,
      name: `weight of ${shortNameOf({ layer: place.layer - 1, unit: weight.index }, numLayers)}`,
    }))
    const rows = [{ name: "bias", ...found.bias }, ...weights]
    this.#root.querySelectorAll(".learning-table tbody tr").forEach((row, index) => {
      const parameter = rows[index]
      row.classList.toggle("is-empty", !parameter)
      if (!parameter) return
      row.querySelector("th").textContent = parameter.name
      const { before, gradient, update, after } = parameter
      const values = [number(before, DECIMALS), term(gradient, DECIMALS), term(update, DECIMALS), number(after, DECIMALS)]
      row.querySelectorAll("td").forEach((cell, column) => (cell.textContent = values[column]))
    })
  }

  #write(selector, text) {
    for (const element of this.#root.querySelectorAll(selector)) element.textContent = text
  }
}
