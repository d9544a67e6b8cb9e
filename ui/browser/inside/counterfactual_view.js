/** A counterfactual: the smallest change of the drawing that changes its answer, as a ghost and in words. */

import { findCounterfactual } from "../explain/counterfactual.js"
import { paintInk } from "./picture.js"

const MILLISECONDS = 250 // for which it searches
const OTHERS = 3 // changes of other kinds that are named

export class CounterfactualView {
  #root
  #options
  #wanted

  /**
   * @param {HTMLElement} root
   * @param {{ palette: import("./palette.js").Palette, penWidth: number, redo: () => void }} options
   */
  constructor(root, options) {
    this.#root = root
    this.#options = options
    this.#wanted = root.querySelector("select")
    this.#wanted.addEventListener("change", options.redo)
  }

  /** @param {import("./sections.js").Question} question */
  showAtRest({ signal, strokes }) {
    if (strokes.length === 0) return
    const wanted = this.#wanted.value === "" ? null : Number(this.#wanted.value)
    const { sentence, change, others } = findCounterfactual(signal.network, strokes, {
      pen: this.#options.penWidth,
      wanted,
      milliseconds: MILLISECONDS,
    })
    this.#root.querySelector(".counterfactual-sentence").textContent = sentence
    this.#showGhost(strokes, change)
    const found = change ? others.slice(0, OTHERS) : []
    this.#root.querySelector(".counterfactual-others").classList.toggle("is-empty", found.length === 0)
    const list = this.#root.querySelector(".counterfactual-others ul")
    list.replaceChildren(...found.map((other) => this.#item(other)))
  }

  #item({ clause, reading }) {
    const item = document.createElement("li")
    item.textContent = `if ${clause}: ${reading.digit}`
    return item
  }

  /** The changed drawing, and over it a thin line where the pen really went. */
  #showGhost(strokes, change) {
    const { palette, penWidth } = this.#options
    const canvas = this.#root.querySelector("canvas")
    const ghost = (change?.strokes ?? []).map((points) => ({ points, color: palette.css("positive") }))
    const drawn = strokes.map((points) => ({ points, color: palette.css("pen"), width: change ? 0.3 : 1 }))
    paintInk(canvas, [...ghost, ...drawn], penWidth)
    canvas.setAttribute("aria-label", change ? `The drawing, and the changed one: ${change.clause}` : "The drawing")
  }
}
