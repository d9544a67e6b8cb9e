/** The network as a picture: pixels, units and outputs by their activations, and the connections that carry the answer. */

import { NavigableUnits } from "./navigable_units.js"
import { paintPixels } from "./picture.js"
import { centerOf, IMAGE, placeAt, placeParts } from "./diagram_layout.js"
import { largest } from "./palette.js"
import { counted, describeSignal, outputName, percent } from "./formatting.js"

/** @typedef {import("./diagram_layout.js").Place} Place */
/** @typedef {import("./diagram_layout.js").Part} Part */
/** @typedef {import("./signal.js").Signal} Signal */

const CONNECTIONS = 36 // drawn into each layer
const FAN = 11 // units of either side that faint lines join, whatever the answer
const UPRIGHT_BELOW = 560 // pixels of width
const NON_DIGIT = 10

export class Diagram {
  #root
  #canvas
  #context
  #labels
  #sentence
  #palette
  #units
  #places = null
  #sizes
  #signal = null
  #selected = null
  #pixels = document.createElement("canvas") // the image, a pixel for a pixel
  #outputs = [] // elements of each output: the bar and its percentage
  #resizing
  #timer = null
  #listening = new AbortController()

  /**
   * @param {HTMLElement} root `.diagram`
   * @param {object} options
   * @param {number[]} options.sizes pixels, units of each hidden layer, outputs
   * @param {import("./palette.js").Palette} options.palette
   * @param {(place: Place) => void} options.onSelect
   * @param {(place: Place | null) => void} options.onHover
   * @param {(place: Place) => string} options.describe says what a place is, and its value
   */
  constructor(root, { sizes, palette, onSelect, onHover, describe }) {
    this.#root = root
    this.#canvas = root.querySelector("canvas")
    this.#context = this.#canvas.getContext("2d")
    this.#labels = root.querySelector(".diagram-labels")
    this.#sentence = root.querySelector(".diagram-sentence")
    this.#palette = palette
    this.#sizes = sizes
    this.#units = new NavigableUnits(root.querySelector(".diagram-units"), { onSelect, describe })
    const listen = (name, handler) => root.addEventListener(name, handler, { signal: this.#listening.signal })
    listen("click", (event) => {
      const place = this.#placeOf(event)
      if (place) onSelect(place)
    })
    listen("pointermove", (event) => onHover(event.pointerType === "touch" ? null : this.#placeOf(event)))
    listen("pointerleave", () => onHover(null))
    this.#resizing = new ResizeObserver(() => this.#arrange())
    this.#resizing.observe(root)
    this.#arrange()
  }

  disconnect() {
    this.#resizing.disconnect()
    this.#listening.abort()
    clearTimeout(this.#timer)
  }

  /** Show other layers: of another network, or of none yet. @param {number[]} sizes */
  set sizes(sizes) {
    if (String(sizes) === String(this.#sizes)) return
    this.#sizes = sizes
    this.#signal = null
    this.#places = null
    this.#arrange()
  }

  /**
   * @param {Signal} signal
   * @param {Place} selected
   */
  show(signal, selected) {
    this.#signal = signal
    this.#selected = selected
    this.#units.show(this.#places, selected)
    this.#draw()
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#sentence.textContent = describeSignal(this.#signal)
    }, 300)
  }

  #placeOf({ clientX, clientY }) {
    const { left, top } = this.#root.getBoundingClientRect()
    return this.#places && placeAt(this.#places, clientX - left, clientY - top)
  }

  // ---- Where everything is

  #arrange() {
    const width = this.#root.clientWidth
    if (!width) return
    if (this.#places?.width !== width) {
      this.#places = placeParts(this.#sizes, width, width < UPRIGHT_BELOW)
      this.#root.style.height = `${this.#places.height}px`
      this.#root.classList.toggle("diagram-upright", this.#places.isUpright)
      const density = Math.max(window.devicePixelRatio || 1, 1)
      this.#canvas.width = Math.round(width * density)
      this.#canvas.height = Math.round(this.#places.height * density)
      this.#context.setTransform(density, 0, 0, density, 0, 0)
      this.#label()
    }
    this.#draw()
    if (this.#selected && this.#signal) this.#units.show(this.#places, this.#selected)
  }

  #label() {
    const { parts, isUpright } = this.#places
    this.#labels.replaceChildren(...parts.map((part, index) => headingOf(part, parts[index - 1], isUpright)))
    const outputs = parts.at(-1)
    this.#outputs = Array.from({ length: outputs.count }, (_, output) => {
      const label = element("span", `output${output === NON_DIGIT ? " output-none" : ""}`)
      const [x, y] = centerOf(outputs, output)
      label.style.left = `${x}px`
      label.style.top = `${y}px`
      const fill = element("span", "output-fill")
      const track = element("span", "output-track")
      track.append(fill)
      const share = element("span", "output-percent")
      label.append(element("span", "output-name", output === NON_DIGIT ? "none" : outputName(output)), track, share)
      this.#labels.append(label)
      return { label, fill, share }
    })
  }

  // ---- The picture

  #draw() {
    if (!this.#places) return
    const context = this.#context
    const { parts, width, height } = this.#places
    context.clearRect(0, 0, width, height)
    for (let layer = 0; layer < parts.length - 1; layer++) this.#drawFan(parts[layer], parts[layer + 1])
    if (this.#signal && !this.#signal.isBlank) for (const part of parts.slice(1)) this.#drawConnections(part)
    for (const part of parts) {
      if (part.kind === "image") this.#drawImage(part)
      else if (part.kind === "tiles") this.#drawTiles(part)
      else this.#drawNodes(part)
    }
    this.#showOutputs()
  }

  /** Faint lines: each layer is fully connected with the next one. */
  #drawFan(from, to) {
    const context = this.#context
    context.strokeStyle = this.#palette.css("text", 0.05)
    context.lineWidth = 1
    context.beginPath()
    for (const start of spread(from)) for (const end of spread(to)) this.#curve(centerOf(from, start), centerOf(to, end))
    context.stroke()
  }

  #drawConnections(part) {
    const context = this.#context
    const from = this.#places.parts[part.layer]
    const connections = this.#signal.connections(part.layer, CONNECTIONS)
    const strongest = largest(connections.map(({ contribution }) => contribution))
    for (const { input, unit, contribution } of connections.toReversed()) {
      const strength = Math.abs(contribution) / strongest
      context.strokeStyle = this.#palette.css(contribution > 0 ? "positive" : "negative", 0.12 + 0.6 * strength)
      context.lineWidth = 0.6 + 2.4 * strength
      context.beginPath()
      this.#curve(centerOf(from, input), centerOf(part, unit))
      context.stroke()
    }
  }

  #curve([x, y], [toX, toY]) {
    this.#context.moveTo(x, y)
    if (this.#places.isUpright) this.#context.bezierCurveTo(x, (y + toY) / 2, toX, (y + toY) / 2, toX, toY)
    else this.#context.bezierCurveTo((x + toX) / 2, y, (x + toX) / 2, toY, toX, toY)
  }

  #drawImage({ left, top, columns, rows, pitchX, pitchY }) {
    const context = this.#context
    paintPixels(this.#pixels, this.#signal?.trace.inputs)
    context.imageSmoothingEnabled = false
    const [width, height] = [columns * pitchX, rows * pitchY]
    context.globalAlpha = 0.9 // the lines that begin here shine through
    context.fillStyle = this.#palette.css("paper")
    context.drawImage(this.#pixels, left, top, width, height)
    context.globalAlpha = 1
    context.strokeStyle = this.#palette.css("text", 0.25)
    context.lineWidth = 1
    context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1)
    const from = this.#signal && !this.#signal.isBlank ? this.#signal.connections(0, CONNECTIONS) : []
    for (const { input, contribution } of from) {
      const [x, y] = centerOf({ columns, rows, pitchX, pitchY, left, top }, input)
      context.fillStyle = this.#palette.css(contribution > 0 ? "positive" : "negative")
      context.beginPath()
      context.arc(x, y, Math.min(pitchX * 0.3, 2.2), 0, 2 * Math.PI)
      context.fill()
    }
  }

  #drawTiles(part) {
    const context = this.#context
    const { count, pitchX, pitchY, layer, left, top, columns, rows } = part
    const values = this.#signal?.valuesOf(layer)
    const scale = values ? largest(values) : 1
    const gap = pitchX >= 4 ? 1 : 0.5
    context.fillStyle = this.#palette.css("page")
    context.fillRect(left, top, columns * pitchX, rows * pitchY)
    for (let unit = 0; unit < count; unit++) {
      const [x, y] = centerOf(part, unit)
      context.fillStyle = this.#palette.shadeCss(values ? values[unit] / scale : 0)
      context.fillRect(x - pitchX / 2, y - pitchY / 2, pitchX - gap, pitchY - gap)
    }
    context.strokeStyle = this.#palette.css("text", 0.85)
    context.lineWidth = 1
    for (const unit of this.#carriersOf(layer)) {
      const [x, y] = centerOf(part, unit)
      context.strokeRect(x - pitchX / 2 - gap / 2, y - pitchY / 2 - gap / 2, pitchX, pitchY)
    }
  }

  /** The units of a hidden layer at which the lines of the answer end. */
  #carriersOf(layer) {
    if (!this.#signal || this.#signal.isBlank) return []
    return new Set(this.#signal.connections(layer + 1, CONNECTIONS).map(({ input }) => input))
  }

  #drawNodes(part) {
    const context = this.#context
    const { count, kind, layer, pitchX, pitchY } = part
    const values = this.#signal?.valuesOf(layer)
    const scale = values ? largest(values) : 1
    const pitch = this.#places.isUpright ? pitchX : pitchY
    const radius = Math.max(Math.min(kind === "outputs" ? 11 : 9, 0.43 * pitch), 2)
    for (let unit = 0; unit < count; unit++) {
      const [x, y] = centerOf(part, unit)
      context.beginPath()
      context.arc(x, y, radius, 0, 2 * Math.PI)
      context.fillStyle = this.#palette.css("page")
      context.fill()
      context.fillStyle = this.#palette.shadeCss(values ? values[unit] / scale : 0)
      context.fill()
      const isAnswer = kind === "outputs" && !this.#signal?.isBlank && unit === this.#signal?.answer
      context.strokeStyle = this.#palette.css("text", isAnswer ? 1 : 0.45)
      context.lineWidth = isAnswer ? 2 : 1
      context.stroke()
    }
  }

  #showOutputs() {
    const signal = this.#signal
    const isKnown = signal && !signal.isBlank
    const { probabilities, isDigit } = signal?.trace ?? {}
    this.#outputs.forEach(({ label, fill, share }, output) => {
      const probability = !isKnown ? 0 : output === NON_DIGIT ? 1 - isDigit : probabilities[output]
      fill.style.setProperty("--share", String(probability))
      share.textContent = isKnown && probability >= 0.0005 ? percent(probability) : ""
      label.classList.toggle("output-answer", Boolean(isKnown) && output === signal.answer)
    })
  }
}

/** Units of a part, evenly spread over it. */
function spread({ kind, count, columns }) {
  if (kind === "image") return Array.from({ length: FAN }, (_, index) => (2 + 2 * index + 1) * columns + columns - 1)
  const shown = Math.min(count, FAN)
  return Array.from({ length: shown }, (_, index) => Math.floor(((index + 0.5) * count) / shown))
}

function headingOf({ layer, kind, count, left, top, columns, pitchX }, before, isUpright) {
  const heading = element("span", "diagram-heading")
  const [name, size] = {
    image: ["Image", "28 × 28"],
    outputs: ["Outputs", ""],
  }[kind] ?? [`Layer ${layer + 1}`, `${counted(count)} ${count === 1 ? "unit" : "units"}`]
  heading.append(element("b", "", name), element("span", "", size))
  if (!isUpright) {
    heading.style.left = `${layer === IMAGE || kind === "outputs" ? left : left + (columns * pitchX) / 2}px`
    if (layer !== IMAGE && kind !== "outputs") heading.classList.add("diagram-heading-middle")
    return heading
  }
  heading.style.left = "0"
  heading.style.top = before ? `${top - 26}px` : "0"
  return heading
}

function element(name, className, text = "") {
  const made = document.createElement(name)
  if (className) made.className = className
  made.textContent = text
  return made
}
