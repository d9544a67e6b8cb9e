/** The page that explains one answer: the signal through the network, one unit of it, and why it is this answer. */

import { keptNetwork } from "../kept_networks.js"
import { rasterize } from "../rasterize.js"
import { RunNetworks } from "../run_networks.js"
import { detail, headline } from "../answer.js"
import { Diagram } from "./diagram.js"
import { Palette } from "./palette.js"
import { IMAGE } from "./diagram_layout.js"
import { Sections } from "./sections.js"
import { Signal } from "./signal.js"
import { UnitPanel } from "./unit_panel.js"
import { nameOf, number, outputName, percent, term } from "./formatting.js"

/** @typedef {import("../rasterize.js").Stroke} Stroke */
/** @typedef {import("./diagram_layout.js").Place} Place */

/**
 * @typedef {object} Ink
 * @property {Stroke[]} strokes in units of the sheet
 * @property {boolean} isUnfinished whether the pen is still drawing
 * @property {Uint8Array | null} image of a photo, which takes the place of the strokes
 */

export { keptNetwork, RunNetworks }

export class Inside {
  #root
  #penWidth
  #palette
  #diagram
  #panel
  #sections
  #network = null
  #snapshots = []
  #ink = { strokes: [], isUnfinished: false, image: null }
  #signal = null
  #chosen = null // by the visitor; until then it is the answer
  #hovered = null

  /**
   * @param {HTMLElement} root `.inside`
   * @param {object} options
   * @param {number[]} options.sizes pixels, units of each hidden layer, outputs
   * @param {number} options.penWidth units of the sheet
   */
  constructor(root, { sizes, penWidth }) {
    this.#root = root
    this.#penWidth = penWidth
    this.#palette = new Palette(root, () => this.#show())
    this.#diagram = new Diagram(root.querySelector(".diagram"), {
      sizes,
      palette: this.#palette,
      onSelect: (place) => this.#select(place),
      onHover: (place) => this.#hover(place),
      describe: (place) => this.#describe(place),
    })
    this.#panel = new UnitPanel(root.querySelector(".unit"), this.#palette, (place) => this.#select(place))
    this.#sections = new Sections(root.querySelector(".why"), this.#palette, penWidth)
  }

  disconnect() {
    this.#diagram.disconnect()
    this.#sections.disconnect()
  }

  /**
   * @param {import("../network.js").Network} network
   * @param {import("./snapshot_networks.js").Snapshot[]} snapshots of the run that it comes from
   */
  use(network, snapshots) {
    this.#network = network
    this.#snapshots = snapshots
    this.#diagram.sizes = [network.layers[0].weights.length / network.layers[0].biases.length].concat(
      network.layers.map(({ biases }) => biases.length),
    )
    const count = this.#chosen && network.layers[this.#chosen.layer]?.biases.length
    if (this.#chosen && this.#chosen.layer !== IMAGE && !(this.#chosen.unit < count)) this.#chosen = null
    this.#root.dataset.state = "ready"
    this.read(this.#ink)
  }

  /** Explain the answer to other ink. @param {Ink} ink */
  read(ink) {
    this.#ink = ink
    if (!this.#network) return
    const image = ink.image ?? rasterize(ink.strokes, this.#penWidth)
    this.#signal = new Signal(this.#network, image)
    this.#show()
  }

  get #selected() {
    return this.#chosen ?? { layer: this.#signal.numLayers - 1, unit: this.#signal.answer }
  }

  #select(place) {
    this.#chosen = place
    if (this.#signal) this.#show()
  }

  #hover(place) {
    if (place?.layer === this.#hovered?.layer && place?.unit === this.#hovered?.unit) return
    this.#hovered = place
    this.#showReadout()
  }

  #show() {
    if (!this.#signal) return
    const { reading } = this.#signal
    this.#root.querySelector(".inside-answer").innerHTML = headline(reading, this.#ink.isUnfinished) + detail(reading)
    this.#diagram.show(this.#signal, this.#selected)
    this.#panel.show(this.#signal, this.#selected)
    const { strokes, isUnfinished } = this.#ink
    const [signal, snapshots] = [this.#signal, this.#snapshots]
    this.#sections.show({ signal, strokes, isUnfinished, place: this.#selected, snapshots })
    this.#showReadout()
  }

  #showReadout() {
    if (!this.#signal) return
    const readout = this.#root.querySelector(".inside-readout")
    readout.textContent = this.#hovered
      ? this.#describe(this.#hovered)
      : "Point at a pixel or a unit to read its value; click it to see where that comes from."
  }

  /** What a place is, with its value and what that does to the answer. @param {Place} place */
  #describe(place) {
    const signal = this.#signal
    if (!signal) return "Nothing is chosen yet"
    const name = nameOf(place, signal.numLayers)
    const value = signal.valuesOf(place.layer)[place.unit]
    const answer = outputName(signal.answer)
    if (place.layer === signal.numLayers - 1) {
      const { probabilities, isDigit } = signal.trace
      const probability = place.unit < probabilities.length ? probabilities[place.unit] : 1 - isDigit
      return `${name}: logit ${number(value)}${signal.isBlank ? "" : `, probability ${percent(probability)}`}`
    }
    const gradient = signal.gradientOf(place)
    if (place.layer === IMAGE) {
      const effect = gradient < 0 ? "lowers" : "raises"
      return `${name}: value ${number(value)}; ink here ${effect} the logit of ${answer}, gradient ${term(gradient)}`
    }
    return `${name}: activation ${number(value)}, adds ${term(value * gradient)} to the logit of ${answer}`
  }
}
