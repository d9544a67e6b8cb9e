/** Parallel coordinates: an axis for each setting that varies and for each objective, a line for each trial. */

import { Plot } from "./plot.js"
import { format, valueAt } from "./study_model.js"

const TOP = 30
const BOTTOM = 26
const SIDE = 34
const REACH = 14
const GRASP = 24 // pixels beside an axis in which a drag is a brush
const KEY_STEP = 0.05

export class ParallelPlot extends Plot {
  #handles
  #onBrush

  constructor(figure, model, onHover, onOpen, onBrush) {
    super(figure, model, onHover, onOpen)
    this.#onBrush = onBrush
    this.#handles = figure.querySelector(".study-handles")
    this.followDrags(([x, y], [, toY]) => {
      const axis = this.nearestAxis(x)
      if (Math.abs(this.x(axis) - x) > GRASP) return
      this.#brush(axis, ...[this.share(y), this.share(toY)].sort((one, other) => one - other))
    })
    this.canvas.addEventListener("dblclick", (event) => {
      if (model.brushes.delete(this.nearestAxis(this.at(event)[0]))) onBrush()
    })
  }

  x(axis) {
    const last = Math.max(1, this.model.axes.length - 1)
    return SIDE + (axis / last) * (this.width - 2 * SIDE)
  }

  y(share) {
    return TOP + (1 - share) * (this.height - TOP - BOTTOM)
  }

  share(y) {
    return Math.min(1, Math.max(0, 1 - (y - TOP) / (this.height - TOP - BOTTOM)))
  }

  nearestAxis(x) {
    const last = Math.max(1, this.model.axes.length - 1)
    return Math.min(last, Math.max(0, Math.round(((x - SIDE) / (this.width - 2 * SIDE)) * last)))
  }

  paint(pen) {
    const { axes } = this.model
    for (const [trial, look] of this.inOrder()) {
      this.line(pen, trial.places.map((at, axis) => [this.x(axis), this.y(at)]), look)
    }
    const room = Math.max(6, Math.floor((this.width - 2 * SIDE) / Math.max(1, axes.length - 1) / 6.4))
    axes.forEach((axis, index) => {
      const x = this.x(index)
      this.rule(pen, x, this.y(0), x, this.y(1))
      const [at, align] = index === 0 ? [2, "left"] : index === axes.length - 1 ? [this.width - 2, "right"] : [x, "center"]
      this.text(pen, shortened(axis.title, room), at, 8, align)
      if (axis.kind === "choice") axis.values.forEach((value, at) => this.#choice(pen, axis, value, at, x, room))
      else {
        this.text(pen, format(axis, axis.high), x, TOP - 9, "center")
        this.text(pen, format(axis, axis.low), x, this.height - 12, "center")
      }
      const brush = this.model.brushes.get(index)
      if (!brush) return
      pen.fillStyle = this.ink.best
      pen.globalAlpha = 0.3
      pen.fillRect(x - 6, this.y(brush[1]), 12, Math.max(2, this.y(brush[0]) - this.y(brush[1])))
      pen.globalAlpha = 1
    })
    this.#placeHandles()
  }

  #choice(pen, axis, value, at, x, room) {
    const share = axis.values.length > 1 ? at / (axis.values.length - 1) : 0.5
    this.text(pen, shortened(value, room), x + 4, this.y(share) - 8)
  }

  nearest(x, y) {
    const { axes, trials } = this.model
    const last = Math.max(1, axes.length - 1)
    const left = Math.min(last - 1, Math.max(0, Math.floor(((x - SIDE) / (this.width - 2 * SIDE)) * last)))
    const share = Math.min(1, Math.max(0, (x - this.x(left)) / (this.x(left + 1) - this.x(left))))
    let [found, distance] = [null, REACH]
    for (const trial of trials.values()) {
      if (!this.model.isIn(trial)) continue
      const height = this.y(trial.places[left] * (1 - share) + trial.places[left + 1] * share)
      if (Math.abs(height - y) < distance) [found, distance] = [trial, Math.abs(height - y)]
    }
    return found
  }

  #brush(axis, low, high) {
    if (low <= 0 && high >= 1) this.model.brushes.delete(axis)
    else this.model.brushes.set(axis, [low, high])
    this.#onBrush()
  }

  // -- By keyboard: each axis has two handles ----------------------------------------------------------------

  #placeHandles() {
    const { axes, brushes } = this.model
    const wanted = axes.map((axis) => axis.title).join("\n")
    if (this.#handles.dataset.axes !== wanted) {
      this.#handles.dataset.axes = wanted
      this.#handles.replaceChildren(...axes.flatMap((_, axis) => [0, 1].map((end) => this.#handle(axis, end))))
    }
    for (const handle of this.#handles.children) {
      const [axis, end] = [Number(handle.dataset.axis), Number(handle.dataset.end)]
      const at = (brushes.get(axis) ?? [0, 1])[end]
      handle.style.left = `${this.x(axis)}px`
      handle.style.top = `${this.y(at)}px`
      handle.setAttribute("aria-valuenow", at.toFixed(2))
      handle.setAttribute("aria-valuetext", format(axes[axis], valueAt(axes[axis], at)))
    }
  }

  #handle(axis, end) {
    const handle = document.createElement("span")
    Object.assign(handle.dataset, { axis, end })
    handle.className = "study-handle"
    handle.tabIndex = 0
    const words = `${this.model.axes[axis].title}, at ${end ? "most" : "least"}`
    const attributes = { role: "slider", "aria-label": words, "aria-valuemin": 0, "aria-valuemax": 1, "aria-orientation": "vertical" }
    for (const [name, value] of Object.entries(attributes)) handle.setAttribute(name, value)
    handle.addEventListener("keydown", (event) => this.#press(event, axis, end))
    return handle
  }

  #press(event, axis, end) {
    const ends = [...(this.model.brushes.get(axis) ?? [0, 1])]
    const moves = { ArrowUp: KEY_STEP, ArrowRight: KEY_STEP, ArrowDown: -KEY_STEP, ArrowLeft: -KEY_STEP }
    if (event.key in moves) ends[end] += moves[event.key]
    else if (event.key === "Home") ends[end] = 0
    else if (event.key === "End") ends[end] = 1
    else if (event.key === "Escape") ends.splice(0, 2, 0, 1)
    else return
    event.preventDefault()
    event.stopPropagation()
    ends[end] = Math.min(end ? 1 : ends[1], Math.max(end ? ends[0] : 0, ends[end]))
    this.#brush(axis, ...ends)
  }
}

function shortened(words, room) {
  return words.length > room ? `${words.slice(0, room - 1)}…` : words
}
