/** Tabs with what else is asked about an answer; only the open one computes anything. */

import { CounterfactualView } from "./counterfactual_view.js"
import { EvidenceView } from "./evidence_view.js"
import { LearningView } from "./learning_view.js"
import { MomentsView } from "./moments_view.js"

const REST = 150 // milliseconds without a move of the pen, after which what takes longer is computed
const REST_WHILE_LEARNING = 1500 // the same, from one state of a network that trains to the next
const PACE = 100 // milliseconds from one picture to the next while the pen moves: the diagram comes first

/**
 * @typedef {object} Question what is explained
 * @property {import("./signal.js").Signal} signal
 * @property {import("../rasterize.js").Stroke[]} strokes none of a photo
 * @property {boolean} isUnfinished whether the pen is still drawing
 * @property {import("./diagram_layout.js").Place} place the chosen pixel or unit
 * @property {import("./snapshot_networks.js").Snapshot[]} snapshots of the run that the network comes from
 */

/**
 * @typedef {object} View of one tab
 * @property {(question: Question) => void} [show] is called as the pen moves
 * @property {(question: Question) => void} [showAtRest] is called when the pen has lifted
 */

export class Sections {
  #root
  #tabs
  #question = null
  #timer = null // for what takes longer
  #pacing = null // a timer for the next picture
  /** @type {Record<string, View>} */
  #views

  /**
   * @param {HTMLElement} root `.why`
   * @param {import("./palette.js").Palette} palette
   * @param {number} penWidth units of the sheet
   */
  constructor(root, palette, penWidth) {
    this.#root = root
    const redo = () => this.#question && this.show(this.#question)
    const viewOf = (View, name) => new View(root.querySelector(`#why-${name}`), { palette, penWidth, redo })
    this.#views = {
      evidence: viewOf(EvidenceView, "evidence"),
      counterfactual: viewOf(CounterfactualView, "counterfactual"),
      moments: viewOf(MomentsView, "moments"),
      learning: viewOf(LearningView, "learning"),
    }
    this.#tabs = [...root.querySelectorAll("[role=tab]")]
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.#open(tab))
    root.querySelector("[role=tablist]").addEventListener("keydown", (event) => this.#onKey(event))
  }

  disconnect() {
    clearTimeout(this.#timer)
    clearTimeout(this.#pacing)
    this.#views.moments.disconnect()
  }

  /** @param {Question} question */
  show(question) {
    const before = this.#question
    this.#question = question
    this.#root.classList.toggle("is-blank", question.signal.isBlank)
    this.#root.classList.toggle("is-photo", !question.signal.isBlank && question.strokes.length === 0)
    this.#pacing ??= setTimeout(() => {
      this.#pacing = null
      this.#showOpen("show")
    }, PACE)
    const isOnlyLearning = before?.strokes === question.strokes && before.signal.network !== question.signal.network
    if (isOnlyLearning && this.#timer !== null) return
    clearTimeout(this.#timer)
    this.#timer = question.isUnfinished
      ? null
      : setTimeout(
          () => {
            this.#timer = null
            this.#showOpen("showAtRest")
          },
          isOnlyLearning ? REST_WHILE_LEARNING : REST,
        )
  }

  #showOpen(method) {
    if (this.#question.signal.isBlank) return
    this.#views[this.#openTab.dataset.name][method]?.(this.#question)
  }

  get #openTab() {
    return this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true")
  }

  #open(opened) {
    for (const tab of this.#tabs) {
      const isOpen = tab === opened
      tab.setAttribute("aria-selected", String(isOpen))
      tab.tabIndex = isOpen ? 0 : -1
      this.#root.querySelector(`#${tab.getAttribute("aria-controls")}`).hidden = !isOpen
    }
    if (this.#question) this.show(this.#question)
  }

  #onKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = this.#tabs.at((this.#tabs.indexOf(this.#openTab) + step) % this.#tabs.length)
    this.#open(next)
    next.focus()
  }
}
