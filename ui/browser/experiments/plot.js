/** A canvas that is as sharp as the screen, in the colors of the page, and is drawn at most once a frame. */

export const INK = ["text", "in", "out", "best", "rule"]

export class Plot {
  #frame = 0
  #observer

  /**
   * @param {HTMLElement} figure with a canvas in it
   * @param {import("./study_model.js").StudyModel} model
   * @param {(number: number | null) => void} onHover
   * @param {(number: number) => void} onOpen
   */
  constructor(figure, model, onHover, onOpen) {
    this.figure = figure
    this.canvas = figure.querySelector("canvas")
    this.model = model
    this.onHover = onHover
    this.#observer = new ResizeObserver(() => this.draw())
    this.#observer.observe(this.canvas)
    this.canvas.addEventListener("pointerleave", () => onHover(null))
    this.canvas.addEventListener("click", (event) => {
      const found = this.isDragged ? null : this.nearest(...this.at(event))
      if (found) onOpen(found.number)
    })
  }

  disconnect() {
    this.#observer.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  /** Draw before the next frame. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.drawNow()
    })
  }

  drawNow() {
    const { clientWidth: width, clientHeight: height } = this.canvas
    if (!width || !height || !this.model.axes.length) return
    const scale = window.devicePixelRatio || 1
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale)
      this.canvas.height = Math.round(height * scale)
    }
    const pen = this.canvas.getContext("2d")
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, width, height)
    pen.font = `12px ${getComputedStyle(this.canvas).fontFamily}`
    pen.lineJoin = "round"
    this.width = width
    this.height = height
    this.ink = inks(this.canvas)
    this.paint(pen)
  }

  /** The trials from the palest to the one that stands out most, each with its look. */
  *inOrder() {
    const { model } = this
    const shown = [...model.trials.values()]
    const [outside, inside] = [shown.filter((trial) => !model.isIn(trial)), shown.filter((trial) => model.isIn(trial))]
    for (const trial of outside) yield [trial, { color: this.ink.out, alpha: 0.12, width: 1 }]
    for (const trial of inside) if (trial.state === "pruned") yield [trial, { color: this.ink.out, alpha: 0.4, width: 1 }]
    for (const trial of inside) if (trial.state !== "pruned") yield [trial, { color: this.ink.in, alpha: 0.55, width: 1.25 }]
    if (model.best && model.isIn(model.best)) yield [model.best, { color: this.ink.best, alpha: 1, width: 2.5 }]
    const hovered = model.trials.get(model.hovered)
    if (hovered) yield [hovered, { color: this.ink.text, alpha: 1, width: 3 }]
  }

  /** Where a pointer is, in the canvas's pixels. */
  at(event) {
    const box = this.canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  text(pen, words, x, y, align = "left") {
    pen.fillStyle = this.ink.text
    pen.globalAlpha = 0.75
    pen.textAlign = align
    pen.textBaseline = "middle"
    pen.fillText(words, x, y)
    pen.globalAlpha = 1
  }

  rule(pen, x, y, toX, toY) {
    pen.strokeStyle = this.ink.rule
    pen.lineWidth = 1
    pen.globalAlpha = 1
    pen.beginPath()
    pen.moveTo(x, y)
    pen.lineTo(toX, toY)
    pen.stroke()
  }

  line(pen, points, { color, alpha, width }) {
    pen.strokeStyle = color
    pen.globalAlpha = alpha
    pen.lineWidth = width
    pen.beginPath()
    let isDown = false
    for (const [x, y] of points) {
      if (Number.isNaN(y)) isDown = false
      else if (isDown) pen.lineTo(x, y)
      else pen.moveTo(x, y)
      if (!Number.isNaN(y)) isDown = true
    }
    pen.stroke()
    pen.globalAlpha = 1
  }

  /** Follow the pointer while its button is down: `onDrag` gets where it began and where it is. */
  followDrags(onDrag) {
    this.canvas.addEventListener("pointerdown", (event) => {
      const start = this.at(event)
      this.isDragged = false
      this.canvas.setPointerCapture(event.pointerId)
      const moved = (moving) => {
        const here = this.at(moving)
        this.isDragged ||= Math.hypot(here[0] - start[0], here[1] - start[1]) > 4
        if (this.isDragged) onDrag(start, here)
      }
      this.canvas.addEventListener("pointermove", moved)
      const ended = () => this.canvas.removeEventListener("pointermove", moved)
      for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, ended, { once: true })
    })
    this.canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) this.onHover(this.nearest(...this.at(event))?.number ?? null)
    })
  }
}

/** The colors of the page, as the style sheet has them. */
export function inks(element) {
  const style = getComputedStyle(element)
  return Object.fromEntries(INK.map((name) => [name, resolved(element, style.getPropertyValue(`--ink-${name}`))]))
}

const probes = new WeakMap()

/** A color as a canvas understands it. */
function resolved(element, color) {
  const parent = element.parentElement
  if (!probes.has(parent)) {
    const probe = document.createElement("span")
    probe.hidden = true
    parent.append(probe)
    probes.set(parent, probe)
  }
  const probe = probes.get(parent)
  probe.style.color = color.trim()
  return getComputedStyle(probe).color
}
