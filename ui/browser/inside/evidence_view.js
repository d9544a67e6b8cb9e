/** Why one digit and not another: what each pixel and each stroke says for the one and for the other. */

import { evidence, strokeOcclusion } from "../explain/evidence.js"
import { Choice } from "./choice.js"
import { paintInk, paintValues } from "./picture.js"
import { largest } from "./palette.js"
import { outputName, term } from "./formatting.js"

const IMAGE_SIDE = 28
const NON_DIGIT = 10

export class EvidenceView {
  #root
  #options
  #wanted
  #other

  /**
   * @param {HTMLElement} root
   * @param {{ palette: import("./palette.js").Palette, penWidth: number, redo: () => void }} options
   */
  constructor(root, options) {
    this.#root = root
    this.#options = options
    const [wanted, other] = root.querySelectorAll("select")
    this.#wanted = new Choice(wanted, options.redo)
    this.#other = new Choice(other, options.redo)
  }

  /** @param {import("./sections.js").Question} question */
  show({ signal }) {
    for (const choice of [this.#wanted, this.#other]) choice.offerNoDigit(signal.network.hasRejectClass)
    const { digit, second } = signal.reading
    this.#wanted.suggest(signal.answer)
    this.#other.suggest(signal.answer === NON_DIGIT ? digit : second)
    const [wanted, other] = [this.#wanted.value, this.#other.value]
    const found = evidence(signal.network, signal.image, wanted, other)
    paintValues(this.#picture(0), found.pixels, IMAGE_SIDE, this.#options.palette)
    this.#showSum(found, outputName(wanted), outputName(other))
  }

  /** @param {import("./sections.js").Question} question */
  showAtRest({ signal, strokes }) {
    const { palette, penWidth } = this.#options
    const [wanted, other] = [this.#wanted.value, this.#other.value]
    const parts = strokeOcclusion(signal.network, strokes, { pen: penWidth, wanted, other })
    const scale = largest(parts.map(({ effect }) => effect))
    const colored = parts.map(({ points, effect }) => ({ points, color: palette.inkCss(effect / scale) }))
    paintInk(this.#picture(1), colored, penWidth)
    const strongest = parts.toSorted((one, next) => Math.abs(next.effect) - Math.abs(one.effect))[0]
    if (!strongest) return
    const verb = strongest.effect < 0 ? `speaks for ${outputName(other)}` : `speaks for ${outputName(wanted)}`
    const kind = strokes.length > 1 ? `Stroke ${strongest.stroke + 1}` : "The strongest stretch"
    this.#root.querySelector(".evidence-ink").textContent =
      `${kind} ${verb}: without it, the difference would change by ${term(-strongest.effect)}.`
  }

  #picture(index) {
    return this.#root.querySelectorAll("canvas")[index]
  }

  #showSum({ pixels, biases, difference, method }, wanted, other) {
    const parts = [0, 0]
    for (const value of pixels) parts[value > 0 ? 0 : 1] += value
    const bias = biases.reduce((sum, value) => sum + value, 0)
    const rows = [
      [`pixels for ${wanted}`, parts[0]],
      [`pixels for ${other}`, parts[1]],
      ["biases", bias],
      [`logit of ${wanted} minus logit of ${other}`, difference],
    ]
    this.#root.querySelectorAll(".evidence-sum tr").forEach((row, index) => {
      row.querySelector("th").textContent = rows[index][0]
      row.querySelector("td").textContent = term(rows[index][1])
    })
    this.#root.querySelector(".evidence-method").textContent =
      method === "gradient times input"
        ? "Each pixel: its gradient times its value. Nothing is left over."
        : "Each pixel: its relevance, propagated layer by layer. Nothing is left over."
    const more = parts[0] + parts[1] < 0 ? other : wanted
    this.#picture(0).setAttribute("aria-label", `The pixels of the image; all together they speak for ${more}`)
  }
}
