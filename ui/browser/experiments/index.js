/** A study that is looked at: its trials in four linked charts and a table; one hovers in one of them, all show it. */

import { CurvesPlot } from "./curves_plot.js"
import { ParallelPlot } from "./parallel_plot.js"
import { ScatterPlot } from "./scatter_plot.js"
import { StudyModel, format } from "./study_model.js"
import { TrialTable } from "./trial_table.js"

const TABLE_DELAY_MS = 120 // the table follows when a brush rests

export class Study {
  #root
  #plots
  #table
  #model = new StudyModel()
  #timer = 0
  #theme = ""
  #themeTimer

  /**
   * @param {HTMLElement} root
   * @param {(number: number) => void} onOpen
   */
  constructor(root, onOpen) {
    this.#root = root
    const hover = (number) => this.#hover(number)
    const brush = () => this.#filter()
    const figure = (name) => root.querySelector(`.study-${name}`)
    const model = this.#model
    this.#plots = {
      curves: new CurvesPlot(figure("curves"), model, hover, onOpen, brush),
      parallel: new ParallelPlot(figure("parallel"), model, hover, onOpen, brush),
      scatter: new ScatterPlot(figure("scatter"), model, hover, onOpen),
    }
    this.#table = new TrialTable(root.querySelector("table"), model, hover, onOpen)
    root.querySelector(".study-clear").addEventListener("click", () => {
      model.clear()
      this.#filter()
    })
    this.#themeTimer = setInterval(() => this.#followTheme(), 1000)
  }

  disconnect() {
    clearInterval(this.#themeTimer)
    clearTimeout(this.#timer)
    for (const plot of Object.values(this.#plots)) plot.disconnect()
  }

  /** Show what the app has told: all at first, then what is new. */
  update(answer) {
    this.#model.update(answer)
    this.#table.update(answer.trials)
    this.#root.dataset.state = this.#model.trials.size ? "shown" : "empty"
    this.#showImportance(answer.importance)
    this.#describe()
    this.#draw()
  }

  #draw() {
    for (const plot of Object.values(this.#plots)) plot.draw()
  }

  #hover(number) {
    if (number === this.#model.hovered) return
    this.#model.hovered = number
    this.#table.highlight()
    this.#root.querySelector(".study-trial").textContent = this.#words(this.#model.trials.get(number))
    this.#draw()
  }

  #words(trial) {
    if (!trial) return "Point at a trial: it stands out in all charts. Drag along an axis or over curves to filter."
    const values = this.#model.axes.map((axis, index) => `${axis.title.toLowerCase()} ${format(axis, this.#model.value(trial, index))}`)
    return `Trial ${trial.number}, ${trial.state}: ${values.join(", ")}${trial.note ? `. ${trial.note}` : ""}`
  }

  #filter() {
    this.#draw()
    this.#root.querySelector(".study-clear").disabled = !this.#model.isFiltered
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (!this.#model.axes.length) return
      this.#table.filter()
      this.#describe()
    }, TABLE_DELAY_MS)
  }

  /** Say in words what the charts show. */
  #describe() {
    const model = this.#model
    const all = [...model.trials.values()]
    const shown = all.filter((trial) => model.isIn(trial)).length
    const count = (state) => all.filter((trial) => trial.state === state).length
    const best = model.best ? `the best is trial ${model.best.number} with ${format(model.goal, model.best.values[0])}` : "none has ended yet"
    this.#root.querySelector(".study-count").textContent = model.isFiltered ? `${shown} of ${all.length} trials` : `${all.length} trials`
    this.#root.querySelector(".study-clear").disabled = !model.isFiltered
    const labels = {
      curves: `Learning curves of ${shown} trials, ${count("pruned")} of them pruned; ${best}. The table below has all figures.`,
      parallel: `Parallel coordinates of ${shown} trials: ${model.axes.map((axis) => axis.title).join(", ")}; ${best}.`,
      scatter: `${model.goal.title} of ${count("finished")} trials as points; ${best}.`,
    }
    for (const [name, label] of Object.entries(labels)) this.#plots[name].canvas.setAttribute("aria-label", label)
    if (model.hovered === null) this.#root.querySelector(".study-trial").textContent = this.#words(null)
  }

  #showImportance(importance) {
    const list = this.#root.querySelector(".study-importance dl")
    list.replaceChildren(
      ...importance.flatMap(([title, share]) => {
        const [term, value, bar] = ["dt", "dd", "span"].map((name) => document.createElement(name))
        term.textContent = title
        value.textContent = `${Math.round(100 * share)} %`
        bar.style.width = `${Math.round(100 * share)}%`
        value.prepend(bar)
        return [term, value]
      }),
    )
    this.#root.querySelector(".study-importance").classList.toggle("study-unknown", !importance.length)
  }

  #followTheme() {
    const theme = getComputedStyle(this.#root).color
    if (theme !== this.#theme) this.#draw()
    this.#theme = theme
  }
}
