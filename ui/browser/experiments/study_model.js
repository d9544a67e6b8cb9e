/** The trials of a study, where each lies on each axis, and which of them are filtered out. */

/**
 * @typedef {object} Axis
 * @property {string} title
 * @property {"number" | "choice"} kind
 * @property {boolean} [log]
 * @property {number} [low] of a number: where the axis begins
 * @property {number} [high]
 * @property {string[]} [values] of a choice
 * @property {"percent" | "seconds" | "number"} format
 * @property {boolean} [more] of an objective: whether more is better
 */

/**
 * @typedef {object} Trial
 * @property {number} number
 * @property {"waiting" | "running" | "finished" | "pruned" | "failed" | "lost"} state
 * @property {(number | string)[]} params in the order of the study's axes
 * @property {(number | null)[] | null} values of the objectives
 * @property {[number[], number[]]} curve epochs, and the validation accuracy after each
 * @property {number} seconds
 * @property {string} note
 * @property {boolean} kept whether its network was kept
 */

const TIME = { title: "Seconds", kind: "number", format: "seconds", log: false, more: false }

export class StudyModel {
  /** @type {Map<number, Trial>} */
  trials = new Map()
  /** @type {Axis[]} what varies, then what is aimed at */
  axes = []
  numParams = 0
  lastEpoch = 1
  best = null // the trial
  /** @type {Map<number, [number, number]>} by axis: which part of it is looked at, from 0 to 1 */
  brushes = new Map()
  /** @type {[number, number, number, number] | null} which part of the curves: two epochs, two accuracies */
  curveBrush = null
  hovered = null // the number of a trial

  /** Take what is new. */
  update({ params, objectives, trials }) {
    this.numParams = params.length
    for (const trial of trials) this.trials.set(trial.number, trial)
    this.axes = [...params, ...objectives.map((one, index) => this.#fitted(one, (trial) => trial.values?.[index]))]
    this.timeAxis = this.#fitted(TIME, (trial) => trial.seconds)
    for (const trial of this.trials.values()) trial.places = this.axes.map((axis, index) => place(axis, this.value(trial, index)))
    this.lastEpoch = 1
    this.best = null
    for (const trial of this.trials.values()) {
      this.lastEpoch = Math.max(this.lastEpoch, trial.curve[0].at(-1) ?? 0)
      if (this.#isBetter(trial, this.best)) this.best = trial
    }
  }

  /** @returns {number | string | null | undefined} the value of a trial on an axis */
  value(trial, axis) {
    return axis < this.numParams ? trial.params[axis] : trial.values?.[axis - this.numParams]
  }

  /** @returns {Axis} of the objective that counts first */
  get goal() {
    return this.axes[this.numParams]
  }

  get isFiltered() {
    return this.brushes.size > 0 || this.curveBrush !== null
  }

  clear() {
    this.brushes.clear()
    this.curveBrush = null
  }

  /** @param {Trial} trial */
  isIn(trial) {
    for (const [axis, [low, high]] of this.brushes) {
      const at = trial.places[axis]
      if (!(at >= low - 1e-6 && at <= high + 1e-6)) return false
    }
    if (!this.curveBrush) return true
    const [fromEpoch, toEpoch, low, high] = this.curveBrush
    const [epochs, accuracies] = trial.curve
    return epochs.some((epoch, index) => epoch >= fromEpoch && epoch <= toEpoch && accuracies[index] >= low && accuracies[index] <= high)
  }

  /**
   * The trials that none beats in one of two values without being worse in the other.
   *
   * @param {(trial: Trial) => [number, number]} losses less is better
   */
  front(losses) {
    const reached = [...this.trials.values()].filter((trial) => isReached(trial))
    reached.sort((one, other) => losses(one)[0] - losses(other)[0] || losses(one)[1] - losses(other)[1])
    const front = []
    for (const trial of reached) if (!front.length || losses(trial)[1] < losses(front.at(-1))[1]) front.push(trial)
    return front
  }

  #isBetter(trial, other) {
    if (!isReached(trial)) return false
    if (!other) return true
    return this.goal.more ? trial.values[0] > other.values[0] : trial.values[0] < other.values[0]
  }

  /** An axis that spans the values that there are. */
  #fitted(axis, valueOf) {
    const values = [...this.trials.values()].map(valueOf).filter((value) => Number.isFinite(value))
    let [low, high] = [Math.min(...values), Math.max(...values)]
    if (!values.length) [low, high] = [0, 1]
    if (low === high) [low, high] = [low - Math.abs(low) * 0.01 - 1e-6, high + Math.abs(high) * 0.01 + 1e-6]
    return { ...axis, kind: "number", low, high }
  }
}

/** Whether a trial came to an end and reached all that it aimed at. */
export function isReached(trial) {
  return trial.state === "finished" && trial.values !== null && !trial.values.includes(null)
}

/** Where a value lies on an axis, from 0 to 1; NaN without one. */
export function place(axis, value) {
  if (value === null || value === undefined) return NaN
  if (axis.kind === "choice") {
    const index = axis.values.indexOf(String(value))
    return index < 0 ? NaN : axis.values.length > 1 ? index / (axis.values.length - 1) : 0.5
  }
  const scale = axis.log ? Math.log : (number) => number
  return (scale(value) - scale(axis.low)) / (scale(axis.high) - scale(axis.low))
}

/** The value at a place of an axis of numbers, or the nearest choice. */
export function valueAt(axis, at) {
  if (axis.kind === "choice") return axis.values[Math.round(at * (axis.values.length - 1))]
  if (axis.log) return axis.low * (axis.high / axis.low) ** at
  return axis.low + at * (axis.high - axis.low)
}

/** A value in words. */
export function format(axis, value) {
  if (value === null || value === undefined) return "–"
  if (axis.format === "percent") return `${(100 * value).toFixed(2)} %`
  if (axis.format === "seconds") return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`
  if (typeof value !== "number") return String(value)
  if (Number.isInteger(value)) return value.toLocaleString("en-US")
  return String(Number(value.toPrecision(3)))
}
