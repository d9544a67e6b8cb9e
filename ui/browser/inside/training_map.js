/** A map of ink against training step: how probable the answer was at each moment, by the snapshots of the network's run. */

import { probabilitiesAlong, staysFrom } from "../explain/moments.js"
import { percentOfInk, WIDTH, xOf } from "./ink_axis.js"
import { SnapshotNetworks } from "./snapshot_networks.js"
import { counted } from "./formatting.js"

const ROW = 15 // units of height
const [TOP, BOTTOM] = [18, 24] // margins
const LIKELY = 0.5 // a probability
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact" })

/** @typedef {import("../explain/moments.js").Moment} Moment */
/** @typedef {import("./snapshot_networks.js").Snapshot} Snapshot */

export class TrainingMap {
  #root
  #onDraw
  #networks = new SnapshotNetworks(() => this.#read())
  #rows = new Map() // by address: the probabilities along the ink
  #strokes = null
  #moments = []
  #digit = 0
  #snapshots = []
  #timer = null

  /**
   * @param {HTMLElement} root
   * @param {() => void} onDraw called when there is another picture
   */
  constructor(root, onDraw) {
    this.#root = root
    this.#onDraw = onDraw
  }

  disconnect() {
    this.#networks.disconnect()
    clearTimeout(this.#timer)
  }

  /**
   * @param {object} options
   * @param {import("../rasterize.js").Stroke[]} options.strokes
   * @param {Moment[]} options.moments along them
   * @param {number} options.digit whose probability is shown
   * @param {Snapshot[]} options.snapshots of the run; without any there is no map
   */
  show({ strokes, moments, digit, snapshots }) {
    if (strokes !== this.#strokes) this.#rows.clear()
    this.#strokes = strokes
    this.#moments = moments
    this.#digit = digit
    this.#snapshots = snapshots
    this.#root.hidden = snapshots.length === 0
    this.#networks.want(snapshots)
    this.#draw()
    this.#read()
  }

  /** Read with one snapshot after the other, and leave time between for the pen. */
  #read() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const next = this.#snapshots.find(({ address }) => this.#networks.network(address) && !this.#rows.has(address))
      if (!next) return
      this.#rows.set(next.address, probabilitiesAlong(this.#networks.network(next.address), this.#moments))
      this.#draw()
      this.#read()
    })
  }

  #draw() {
    const kept = this.#snapshots.filter(({ address }) => this.#networks.network(address) !== null)
    if (!kept.length) return
    const rows = kept.map(({ step, address }) => ({
      step,
      values: this.#rows.get(address)?.map((probabilities) => probabilities[this.#digit] || 0) ?? null,
    }))
    const sentence = sentenceOf(rows, this.#moments, this.#digit)
    this.#root.querySelector(".moments-map").innerHTML = mapOf(rows, this.#moments, sentence)
    this.#root.querySelector(".moments-map-digit").textContent = String(this.#digit)
    this.#root.querySelector(".moments-map-sentence").textContent = sentence
    this.#onDraw()
  }
}

function sentenceOf(rows, moments, digit) {
  const read = rows.filter(({ values }) => values)
  if (read.length < rows.length) return `${read.length} of ${rows.length} snapshots of the run are read.`
  const found = rows.map(({ step, values }) => ({ step, from: staysFrom(values, LIKELY) }))
  const [first, last] = [found.find(({ from }) => from !== null), found.at(-1)]
  if (!first) return `At none of these training steps is a ${digit} more probable than 50 % when all is drawn.`
  const begins = `A ${digit} first gets 50 % at training step ${counted(first.step)}, from ${percentOfInk(moments[first.from].share)} of the ink on`
  if (first === last) return `${begins}.`
  const ends = last.from === null ? "no longer" : `from ${percentOfInk(moments[last.from].share)} on`
  return `${begins}; at step ${counted(last.step)}, ${ends}.`
}

/** An SVG with a row of cells for each snapshot, the earliest at the bottom. */
function mapOf(rows, moments, sentence) {
  const height = rows.length * ROW
  const yOf = (index) => TOP + height - (index + 1) * ROW
  const half = 0.5 / Math.max(moments.length - 1, 1)
  const [from, to] = [xOf(0), xOf(1)]
  const cells = rows.flatMap(({ values }, index) =>
    (values ?? []).map((value, at) => {
      const left = Math.max(xOf(moments[at].share - half), from)
      const right = Math.min(xOf(moments[at].share + half), to)
      return `<rect x="${left.toFixed(1)}" y="${yOf(index)}" width="${(right - left + 0.1).toFixed(1)}" height="${ROW}" fill-opacity="${value.toFixed(3)}"/>`
    }),
  )
  const steps = rows.map(
    ({ step }, index) => `<text class="moments-step" x="${to + 6}" y="${yOf(index) + ROW - 3}">${COMPACT.format(step)}</text>`,
  )
  const shares = [0, 0.5, 1].map((share) => {
    const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle"
    return `<text x="${xOf(share)}" y="${TOP + height + 18}" text-anchor="${anchor}">${percentOfInk(share)}${share ? "" : " of the ink"}</text>`
  })
  return (
    `<svg viewBox="0 0 ${WIDTH} ${TOP + height + BOTTOM}" role="img" aria-label="The answer's probability along the ink and over training steps. ${sentence}">` +
    `<rect class="moments-map-ground" x="${from}" y="${TOP}" width="${to - from}" height="${height}"/>` +
    `<g class="moments-cells">${cells.join("")}</g><g>${steps.join("")}</g>${shares.join("")}` +
    `<text x="${WIDTH}" y="12" text-anchor="end">training step</text>` +
    `<path class="moments-cursor" d="M0 ${TOP}V${TOP + height}"/></svg>`
  )
}
