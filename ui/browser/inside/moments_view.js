/** The moment it knew: the probabilities along the ink, from the first touch to the last. */

import { readAlong } from "../explain/moments.js"
import { LEFT, percentOfInk, RIGHT, WIDTH, xOf } from "./ink_axis.js"
import { paintInk } from "./picture.js"
import { TrainingMap } from "./training_map.js"
import { percent } from "./formatting.js"

const COUNT = 41 // moments
const [TOP, BOTTOM] = [10, 190] // units of the chart, as its viewBox has it
const SHOWN = 0.2 // a digit whose probability never is as large gets no line
const APART = 13 // units between the names of two lines

export class MomentsView {
  #root
  #options
  #slider
  #map
  #strokes = null
  #found = { moments: [], settled: null }

  /**
   * @param {HTMLElement} root
   * @param {{ palette: import("./palette.js").Palette, penWidth: number }} options
   */
  constructor(root, options) {
    this.#root = root
    this.#options = options
    this.#slider = root.querySelector("input")
    this.#slider.addEventListener("input", () => this.#showMoment())
    this.#map = new TrainingMap(root.querySelector(".moments-training"), () => this.#moveCursor())
  }

  disconnect() {
    this.#map.disconnect()
  }

  /** @param {import("./sections.js").Question} question */
  showAtRest({ signal, strokes, snapshots }) {
    this.#found = readAlong(signal.network, strokes, { pen: this.#options.penWidth, count: COUNT })
    const { moments, settled } = this.#found
    if (moments.length === 0) return
    this.#root.querySelector(".moments-chart").innerHTML = chartOf(moments, settled)
    this.#root.querySelector(".moments-sentence").textContent = sentenceOf(moments, settled)
    if (strokes !== this.#strokes) this.#slider.value = String(settled)
    this.#strokes = strokes
    this.#map.show({ strokes, moments, digit: moments.at(-1).reading.digit, snapshots })
    this.#showMoment()
  }

  #showMoment() {
    const { moments } = this.#found
    const moment = moments[Number(this.#slider.value)]
    if (!moment) return
    const { penWidth, palette } = this.#options
    const whole = moments.at(-1).strokes.map((points) => ({ points, color: palette.css("pen", 0.22) }))
    const drawn = moment.strokes.map((points) => ({ points, color: palette.css("pen") }))
    paintInk(this.#root.querySelector("canvas"), [...whole, ...drawn], penWidth)
    const text = `${percentOfInk(moment.share)} of the ink: ${inWords(moment)}`
    this.#root.querySelector(".moments-readout").textContent = text
    this.#slider.setAttribute("aria-valuetext", text)
    this.#moveCursor()
  }

  #moveCursor() {
    const { share } = this.#found.moments[Number(this.#slider.value)]
    for (const cursor of this.#root.querySelectorAll(".moments-cursor")) {
      cursor.setAttribute("transform", `translate(${xOf(share)} 0)`)
    }
  }
}

function inWords({ answer, reading: { probabilities, digit } }) {
  return answer === "no digit" ? `no digit yet (closest: ${digit})` : `${digit}, ${percent(probabilities[digit])}`
}

function sentenceOf(moments, settled) {
  const { answer } = moments.at(-1)
  if (settled === 0) return `The answer is ${answer} from the first touch on.`
  const before = moments[settled - 1].answer
  return `From ${percentOfInk(moments[settled].share)} of the ink on, the answer stays ${answer}; just before, it was ${before}.`
}

function yOf(probability) {
  return BOTTOM - probability * (BOTTOM - TOP)
}

/** An SVG with a line for each digit that ever was probable; the last answer's stands out. */
function chartOf(moments, settled) {
  const last = moments.at(-1).reading.digit
  const digits = Array.from({ length: 10 }, (_, digit) => digit).filter(
    (digit) => digit === last || moments.some(({ reading }) => reading.probabilities[digit] >= SHOWN),
  )
  const probabilityOf = (digit) => moments.at(-1).reading.probabilities[digit]
  const labels = spaced(digits.toSorted((one, other) => probabilityOf(other) - probabilityOf(one)), (digit) =>
    yOf(probabilityOf(digit)),
  )
  const lineOf = (digit) => {
    const points = moments.map(({ share, reading }) => `${xOf(share).toFixed(1)},${yOf(reading.probabilities[digit]).toFixed(1)}`)
    return `<polyline class="moments-line${digit === last ? " is-answer" : ""}" points="${points.join(" ")}"/>`
  }
  const grid = [0, 0.5, 1].map((value) => `<path class="moments-grid" d="M${LEFT} ${yOf(value)}H${WIDTH - RIGHT}"/>`)
  const names = labels.map(
    ({ digit, y }) =>
      `<text class="moments-name${digit === last ? " is-answer" : ""}" x="${WIDTH - RIGHT + 8}" y="${y + 4}">${digit}</text>`,
  )
  const from = xOf(moments[settled].share)
  return (
    `<svg viewBox="0 0 ${WIDTH} ${BOTTOM + 26}" role="img" aria-label="Probabilities of the digits along the ink; ${sentenceOf(moments, settled)}">` +
    `<rect class="moments-settled" x="${from}" y="${TOP}" width="${WIDTH - RIGHT - from}" height="${BOTTOM - TOP}"/>` +
    grid.join("") +
    digits.filter((digit) => digit !== last).map(lineOf).join("") +
    lineOf(last) +
    names.join("") +
    refusedOf(moments) +
    `<path class="moments-cursor" d="M0 ${TOP}V${BOTTOM}"/></svg>`
  )
}

/** Marks below the lines where all that was drawn so far is read as no digit, and what they mean. */
function refusedOf(moments) {
  const half = 0.5 / Math.max(moments.length - 1, 1)
  const markOf = (left, right, y) =>
    `<rect class="moments-refused" x="${left.toFixed(1)}" y="${y}" width="${(right - left).toFixed(1)}" height="5"/>`
  const marks = moments
    .filter(({ answer }) => answer === "no digit")
    .map(({ share }) => markOf(xOf(Math.max(share - half, 0)), xOf(Math.min(share + half, 1)) + 0.1, BOTTOM + 4))
  if (!marks.length) return ""
  const meaning = `<text class="moments-name" x="${LEFT + 26}" y="${BOTTOM + 25}">no digit</text>`
  return marks.join("") + markOf(LEFT, LEFT + 20, BOTTOM + 18) + meaning
}

/** Names at their lines' ends, moved apart where they would lie over each other; in order from top to bottom. */
function spaced(digits, placeOf) {
  const labels = digits.map((digit) => ({ digit, y: placeOf(digit) }))
  for (let index = 1; index < labels.length; index++) labels[index].y = Math.max(labels[index].y, labels[index - 1].y + APART)
  let limit = BOTTOM
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, limit)
    limit = label.y - APART
  }
  return labels
}
