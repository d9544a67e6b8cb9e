/** What is aimed at first, against time, the second objective or a setting; with the Pareto front where there is one. */

import { Plot } from "./plot.js"
import { format, isReached, place } from "./study_model.js"

const LEFT = 62
const RIGHT = 14
const TOP = 10
const BOTTOM = 24
const REACH = 14

export class ScatterPlot extends Plot {
  #menu

  constructor(figure, model, onHover, onOpen) {
    super(figure, model, onHover, onOpen)
    this.#menu = figure.querySelector("select")
    this.#menu.addEventListener("change", () => this.draw())
    this.followDrags(() => {})
  }

  /** What may stand on the x axis; time or the second objective first. */
  offer() {
    const { axes, numParams, timeAxis } = this.model
    const others = axes.map((axis, index) => [index, axis.title]).filter(([index]) => index !== numParams)
    others.sort(([one], [other]) => (other > numParams) - (one > numParams))
    const second = others.filter(([index]) => index > numParams)
    const options = [...second, [-1, timeAxis.title], ...others.filter(([index]) => index < numParams)]
    const wanted = options.map(([, title]) => title).join("\n")
    if (this.#menu.dataset.options === wanted) return
    this.#menu.dataset.options = wanted
    this.#menu.replaceChildren(...options.map(([value, title]) => new Option(title, value)))
  }

  get #x() {
    return Number(this.#menu.value)
  }

  get #axis() {
    return this.#x < 0 ? this.model.timeAxis : this.model.axes[this.#x]
  }

  #places(trial) {
    const value = this.#x < 0 ? trial.seconds : this.model.value(trial, this.#x)
    return [
      LEFT + place(this.#axis, value) * (this.width - LEFT - RIGHT),
      TOP + (1 - trial.places[this.model.numParams]) * (this.height - TOP - BOTTOM),
    ]
  }

  paint(pen) {
    this.offer()
    const { goal, numParams } = this.model
    const axis = this.#axis
    for (const share of [0, 0.5, 1]) {
      const y = TOP + (1 - share) * (this.height - TOP - BOTTOM)
      this.rule(pen, LEFT, y, this.width - RIGHT, y)
      this.text(pen, format(goal, goal.low + share * (goal.high - goal.low)), LEFT - 6, y, "right")
    }
    if (axis.kind === "choice") {
      for (const value of axis.values) this.text(pen, value, LEFT + place(axis, value) * (this.width - LEFT - RIGHT), this.height - 10, "center")
    } else {
      this.text(pen, format(axis, axis.low), LEFT, this.height - 10)
      this.text(pen, format(axis, axis.high), this.width - RIGHT, this.height - 10, "right")
    }
    if (this.#x < 0 || this.#x > numParams) {
      const sign = axis.more ? -1 : 1
      const losses = (trial) => [
        sign * (this.#x < 0 ? trial.seconds : this.model.value(trial, this.#x)),
        (goal.more ? -1 : 1) * trial.values[0],
      ]
      const front = this.model.front(losses).map((trial) => this.#places(trial))
      this.line(pen, steps(front), { color: this.ink.best, alpha: 0.8, width: 1.5 })
    }
    for (const [trial, look] of this.inOrder()) {
      if (!isReached(trial)) continue
      const [x, y] = this.#places(trial)
      pen.fillStyle = look.color
      pen.globalAlpha = look.alpha
      pen.beginPath()
      pen.arc(x, y, 2.5 + look.width, 0, 2 * Math.PI)
      pen.fill()
      pen.globalAlpha = 1
    }
  }

  nearest(x, y) {
    let [found, distance] = [null, REACH]
    for (const trial of this.model.trials.values()) {
      if (!isReached(trial) || !this.model.isIn(trial)) continue
      const [atX, atY] = this.#places(trial)
      const away = Math.hypot(atX - x, atY - y)
      if (away < distance) [found, distance] = [trial, away]
    }
    return found
  }
}

/** A front is a staircase: from each trial to the height of the next. */
function steps(points) {
  return points.flatMap(([x, y], index) => (index ? [[x, points[index - 1][1]], [x, y]] : [[x, y]]))
}
