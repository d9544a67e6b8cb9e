/**
 * The moment it knew: what a network reads while the ink goes from the first touch to the last.
 *
 *     const { moments, settled } = readAlong(network, strokes, { pen, count: 60 })
 *     moments[0]        // { share, strokes, reading, answer } at the first touch; the last one is of the whole drawing
 *     moments[settled]  // from here on the answer stays
 *     probabilitiesAlong(earlier, moments)  // the same by another network, as a snapshot of the run is
 */

import { rasterize } from "../rasterize.js"
import { read } from "../reading.js"
import { cut, lengthOf } from "./strokes.js"

/** @typedef {import("../network.js").Network} Network */
/** @typedef {import("../rasterize.js").Stroke} Stroke */
/** @typedef {import("../reading.js").Reading} Reading */

/**
 * @typedef {object} Moment
 * @property {number} share of the ink's length that is drawn, 0 to 1
 * @property {Stroke[]} strokes drawn until then
 * @property {Uint8Array | null} image of them
 * @property {Reading} reading of them, as they would be read if the pen stopped here
 * @property {number | "no digit"} answer
 */

/**
 * Read a drawing at equally long steps along its ink.
 *
 * @param {Network} network
 * @param {Stroke[]} strokes
 * @param {object} options
 * @param {number | null} [options.pen] see rasterize
 * @param {number} [options.count] of moments, 2 at least
 * @returns {{ moments: Moment[], settled: number | null }} none, and null, of blank paper
 */
export function readAlong(network, strokes, { pen = null, count = 60 } = {}) {
  const drawn = strokes.filter((stroke) => stroke.length > 0)
  if (drawn.length === 0) return { moments: [], settled: null }
  const total = drawn.reduce((sum, stroke) => sum + lengthOf(stroke), 0)
  const moments = Array.from({ length: count }, (_, index) => {
    const share = index / (count - 1)
    const isWhole = index === count - 1
    const until = isWhole ? drawn : inkUntil(drawn, share * total)
    const image = rasterize(until, pen)
    const reading = read(network, image)
    return { share, strokes: until, image, reading, answer: answerOf(reading) }
  })
  let settled = moments.length - 1
  while (settled > 0 && moments[settled - 1].answer === moments.at(-1).answer) settled--
  return { moments, settled }
}

/**
 * What another network makes of the same moments.
 *
 * @param {Network} network
 * @param {Moment[]} moments
 * @returns {number[][]} the probabilities of the ten digits at each moment
 */
export function probabilitiesAlong(network, moments) {
  return moments.map(({ image }) => read(network, image).probabilities)
}

/**
 * From where on values stay at least as large as a limit.
 *
 * @param {number[]} values
 * @param {number} limit
 * @returns {number | null} an index; null if the last value is smaller
 */
export function staysFrom(values, limit) {
  const from = values.findLastIndex((value) => !(value >= limit)) + 1
  return from < values.length ? from : null
}

/**
 * What a reading says in one word: the digit, be it a guess, or that it is none.
 *
 * @param {Reading} reading
 * @returns {number | "no digit" | null} null of blank paper
 */
export function answerOf({ verdict, digit }) {
  return verdict === "no digit" ? verdict : digit
}

/**
 * The strokes until the pen has gone a length.
 *
 * @param {Stroke[]} strokes
 * @param {number} length
 * @returns {Stroke[]}
 */
export function inkUntil(strokes, length) {
  const until = []
  let left = length
  for (const stroke of strokes) {
    if (left < 0 || (left === 0 && until.length > 0)) break
    const own = lengthOf(stroke)
    until.push(own <= left ? stroke : cut(stroke, 0, left))
    left -= own
  }
  return until
}
