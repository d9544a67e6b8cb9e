/** Strokes as lines with a length: measured, cut and laid out. */

/** @typedef {import("../rasterize.js").Point} Point */
/** @typedef {import("../rasterize.js").Stroke} Stroke */

/**
 * @typedef {object} Stretch a part of a drawing's ink
 * @property {number} stroke its index in the drawing
 * @property {number} from where it begins, as a share of the stroke's length
 * @property {number} to where it ends
 * @property {Stroke} points
 */

/** @param {Stroke} stroke */
export function lengthOf(stroke) {
  let length = 0
  for (let index = 1; index < stroke.length; index++) length += distance(stroke[index - 1], stroke[index])
  return length
}

/** @param {Point} one @param {Point} other */
export function distance([x, y], [otherX, otherY]) {
  return Math.hypot(x - otherX, y - otherY)
}

/**
 * The part of a stroke between two lengths along it.
 *
 * @param {Stroke} stroke
 * @param {number} from
 * @param {number} to
 * @returns {Stroke} one point at least, if the stroke has any
 */
export function cut(stroke, from, to) {
  if (stroke.length < 2) return stroke.slice()
  const points = [pointAt(stroke, from)]
  let passed = 0
  for (let index = 1; index < stroke.length; index++) {
    passed += distance(stroke[index - 1], stroke[index])
    if (passed >= to) break
    if (passed > from) points.push(stroke[index])
  }
  if (to > from) points.push(pointAt(stroke, to))
  return points
}

/**
 * The point at a length along a stroke.
 *
 * @param {Stroke} stroke
 * @param {number} length
 * @returns {Point}
 */
export function pointAt(stroke, length) {
  let passed = 0
  for (let index = 1; index < stroke.length; index++) {
    const step = distance(stroke[index - 1], stroke[index])
    if (step > 0 && passed + step >= length) {
      const share = Math.max((length - passed) / step, 0)
      const [[x, y], [nextX, nextY]] = [stroke[index - 1], stroke[index]]
      return [x + share * (nextX - x), y + share * (nextY - y)]
    }
    passed += step
  }
  return stroke.at(-1)
}

/**
 * Cut a drawing into parts to speak of: its strokes, or if there is only one, stretches of it, all equally long.
 *
 * @param {Stroke[]} strokes
 * @param {number} count stretches of a single stroke
 * @returns {Stretch[]}
 */
export function parts(strokes, count) {
  const drawn = strokes.flatMap((points, stroke) => (points.length > 0 ? [{ stroke, points }] : []))
  if (drawn.length !== 1) return drawn.map(({ stroke, points }) => ({ stroke, from: 0, to: 1, points }))
  return stretches(strokes, count)
}

/**
 * Cut every stroke of a drawing into equally long stretches, about so many in all.
 *
 * @param {Stroke[]} strokes
 * @param {number} count
 * @returns {Stretch[]}
 */
export function stretches(strokes, count) {
  const lengths = strokes.map(lengthOf)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  return strokes.flatMap((points, stroke) => {
    if (points.length === 0) return []
    const length = lengths[stroke]
    const pieces = length > 0 ? Math.max(Math.round((count * length) / total), 1) : 1
    return Array.from({ length: pieces }, (_, index) => {
      const [from, to] = [index / pieces, (index + 1) / pieces]
      return { stroke, from, to, points: cut(points, from * length, to * length) }
    })
  })
}

/**
 * The drawing without a stretch of it.
 *
 * @param {Stroke[]} strokes
 * @param {Stretch} stretch
 * @returns {Stroke[]} a stroke that loses its middle becomes two
 */
export function without(strokes, { stroke, from, to }) {
  return strokes.flatMap((points, index) => {
    if (index !== stroke) return [points]
    const length = lengthOf(points)
    const rest = []
    if (from > 0) rest.push(cut(points, 0, from * length))
    if (to < 1) rest.push(cut(points, to * length, length))
    return rest
  })
}
