/** The learning curves of all trials: a drag over them filters those that pass through. */

import { Plot } from "./plot.js"

const LEFT = 44
const RIGHT = 10
const TOP = 8
const BOTTOM = 24
const TICKS = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]
const REACH = 14 // pixels from a curve that is meant
const BEST = 0.999 // better accuracies are drawn here

export class CurvesPlot extends Plot {
  constructor(figure, model, onHover, onOpen, onBrush) {
    super(figure, model, onHover, onOpen)
    this.followDrags(([x, y], [toX, toY]) => {
      const epochs = [this.epoch(x), this.epoch(toX)].sort((one, other) => one - other)
      const accuracies = [this.accuracy(y), this.accuracy(toY)].sort((one, other) => one - other)
      model.curveBrush = [...epochs, ...accuracies]
      onBrush()
    })
  }

  x(epoch) {
    return LEFT + (epoch / this.model.lastEpoch) * (this.width - LEFT - RIGHT)
  }

  /** The axis is one of the error, whose powers of ten are equally far apart. */
  y(accuracy) {
    return TOP + (1 - depth(accuracy) / this.deepest) * (this.height - TOP - BOTTOM)
  }

  epoch(x) {
    return ((x - LEFT) / (this.width - LEFT - RIGHT)) * this.model.lastEpoch
  }

  accuracy(y) {
    return 1 - 10 ** (-(1 - (y - TOP) / (this.height - TOP - BOTTOM)) * this.deepest)
  }

  paint(pen) {
    let best = 0.9
    for (const { curve } of this.model.trials.values()) for (const accuracy of curve[1]) if (accuracy > best) best = accuracy
    this.deepest = depth(1 - (1 - Math.min(best, BEST)) / 1.3)
    for (const tick of TICKS.filter((accuracy) => depth(accuracy) <= this.deepest)) {
      this.rule(pen, LEFT, this.y(tick), this.width - RIGHT, this.y(tick))
      this.text(pen, `${Number((100 * tick).toFixed(1))}%`, LEFT - 6, this.y(tick), "right")
    }
    const step = niceStep(this.model.lastEpoch, Math.max(2, Math.floor(this.width / 90)))
    for (let epoch = 0; epoch <= this.model.lastEpoch; epoch += step) this.text(pen, `${epoch}`, this.x(epoch), this.height - 12, "center")
    for (const [trial, look] of this.inOrder()) {
      const [epochs, accuracies] = trial.curve
      this.line(pen, epochs.map((epoch, index) => [this.x(epoch), this.y(accuracies[index])]), look)
    }
    if (this.model.curveBrush) {
      const [from, to, low, high] = this.model.curveBrush
      pen.strokeStyle = this.ink.text
      pen.lineWidth = 1
      pen.setLineDash([4, 3])
      pen.strokeRect(this.x(from), this.y(high), this.x(to) - this.x(from), this.y(low) - this.y(high))
      pen.setLineDash([])
    }
  }

  nearest(x, y) {
    const epoch = this.epoch(x)
    let [found, distance] = [null, REACH]
    for (const trial of this.model.trials.values()) {
      const [epochs, accuracies] = trial.curve
      const after = epochs.findIndex((one) => one >= epoch)
      if (after < 0 || !this.model.isIn(trial)) continue
      const before = Math.max(0, after - 1)
      const share = after > before ? (epoch - epochs[before]) / (epochs[after] - epochs[before]) : 0
      const height = this.y(accuracies[before]) * (1 - share) + this.y(accuracies[after]) * share
      if (Math.abs(height - y) < distance) [found, distance] = [trial, Math.abs(height - y)]
    }
    return found
  }
}

function depth(accuracy) {
  return -Math.log10(1 - Math.min(accuracy, BEST))
}

/** A round distance of ticks, so that there are about so many. */
export function niceStep(span, count) {
  const raw = Math.max(span / count, 1)
  const decade = 10 ** Math.floor(Math.log10(raw))
  return [1, 2, 5, 10].map((factor) => factor * decade).find((step) => step >= raw)
}
