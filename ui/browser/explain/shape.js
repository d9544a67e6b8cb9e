/** What the strokes of a drawing have that one can speak of: ends, gaps, bars, corners. */

import { distance, pointAt } from "./strokes.js"

/** @typedef {import("../rasterize.js").Point} Point */
/** @typedef {import("../rasterize.js").Stroke} Stroke */

const FINEST = 1 / 150 // of the drawing's size: nearer points are one
const COARSEST = 1 / 24 // longer segments get points in between, so that they can bend
const CORNER_REACH = 0.1 // of the size: how far before and after a corner its directions are looked at
const SHARPEST_TURN = (50 * Math.PI) / 180 // a smaller turn is no corner
const LEVEL = (35 * Math.PI) / 180 // a steeper line is no bar
const SHORTEST_BAR = 0.2 // of the size
const SHORTEST_GAP = 0.02
const WIDEST_GAP = 0.45

/**
 * @typedef {object} Line a stroke with what its changes need
 * @property {Stroke} points at most 1/24 of the drawing's size apart
 * @property {number[]} along the length from the start to each point
 * @property {number} length
 */

/**
 * @typedef {object} Shape
 * @property {Line[]} lines the strokes; those without a point are left out
 * @property {Point} center of the box around them
 * @property {number} size the longer side of that box
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/** @param {Stroke[]} strokes @returns {Shape} */
export function shapeOf(strokes) {
  const drawn = strokes.filter((stroke) => stroke.length > 0)
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of drawn.flat()) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  const [width, height] = [right - left, bottom - top]
  const size = Math.max(width, height)
  const center = [(left + right) / 2, (top + bottom) / 2]
  return { lines: drawn.map((stroke) => lineOf(stroke, size)), center, size, left, top, width, height }
}

/** @param {Stroke} stroke @param {number} size @returns {Line} */
export function lineOf(stroke, size) {
  const points = [stroke[0]]
  for (const point of stroke.slice(1)) {
    const last = points.at(-1)
    const step = distance(last, point)
    if (step < FINEST * size && point !== stroke.at(-1)) continue
    const pieces = Math.ceil(step / (COARSEST * size)) || 1
    for (let piece = 1; piece < pieces; piece++) points.push(between(last, point, piece / pieces))
    points.push(point)
  }
  const along = [0]
  for (let index = 1; index < points.length; index++) {
    along.push(along[index - 1] + distance(points[index - 1], points[index]))
  }
  return { points, along, length: along.at(-1) }
}

/** @param {Point} one @param {Point} other @param {number} share @returns {Point} */
export function between([x, y], [otherX, otherY], share) {
  return [x + share * (otherX - x), y + share * (otherY - y)]
}

/**
 * Both ends of each stroke.
 *
 * @param {Shape} shape
 * @returns {{ line: number, isStart: boolean, point: Point, direction: Point }[]} `direction` goes on outwards
 */
export function ends({ lines, size }) {
  return lines.flatMap((line, index) => {
    if (line.length < 0.05 * size) return []
    const reach = Math.min(0.12 * size, line.length)
    return [true, false].map((isStart) => {
      const point = isStart ? line.points[0] : line.points.at(-1)
      const before = pointAt(line.points, isStart ? reach : line.length - reach)
      return { line: index, isStart, point, direction: unit(before, point) }
    })
  })
}

/**
 * The nearest ink that each end could be joined to; with its own stroke, what lies well before it.
 *
 * @param {Shape} shape
 * @returns {{ line: number, isStart: boolean, point: Point, target: Point }[]}
 */
export function gaps(shape) {
  return ends(shape).flatMap((end) => {
    const { lines, size } = shape
    let [nearest, target] = [WIDEST_GAP * size, null]
    lines.forEach((line, index) => {
      line.points.forEach((point, place) => {
        const away = end.isStart ? line.along[place] : line.length - line.along[place]
        const gap = distance(end.point, point)
        if (index === end.line && away < 2.5 * gap + 0.15 * size) return
        if (gap < nearest) [nearest, target] = [gap, point]
      })
    })
    return target && nearest > SHORTEST_GAP * size ? [{ ...end, target }] : []
  })
}

/**
 * Level stretches.
 *
 * @param {Shape} shape
 * @returns {{ line: number, from: number, to: number, isWhole: boolean }[]} lengths along the line
 */
export function bars({ lines, size }) {
  return lines.flatMap(({ points, along, length }, line) => {
    const found = []
    let start = null
    for (let index = 1; index <= points.length; index++) {
      const isLevel = index < points.length && isNearlyLevel(points, along, index, size)
      if (isLevel && start === null) start = index - 1
      if (isLevel || start === null) continue
      const [from, to] = [along[start], along[index - 1]]
      const across = Math.abs(points[index - 1][0] - points[start][0])
      if (across >= SHORTEST_BAR * size) found.push({ line, from, to, isWhole: to - from > 0.85 * length })
      start = null
    }
    return found
  })
}

function isNearlyLevel(points, along, index, size) {
  let [first, last] = [index - 1, index]
  while (first > 0 && along[index] - along[first] < 0.04 * size) first--
  while (last < points.length - 1 && along[last] - along[index - 1] < 0.04 * size) last++
  const [x, y] = unit(points[first], points[last])
  return Math.abs(y) <= Math.sin(LEVEL) && x !== 0
}

/**
 * Sharp turns.
 *
 * @param {Shape} shape
 * @returns {{ line: number, at: number, point: Point, turn: number }[]} `at` is a length along the line, `turn` in radians
 */
export function corners({ lines, size }) {
  const reach = CORNER_REACH * size
  return lines.flatMap(({ points, along, length }, line) => {
    const turns = points.map((point, index) => {
      const at = along[index]
      if (at < 0.4 * reach || length - at < 0.4 * reach) return 0
      const into = unit(pointAt(points, Math.max(at - reach, 0)), point)
      const out = unit(point, pointAt(points, Math.min(at + reach, length)))
      return Math.acos(Math.min(Math.max(into[0] * out[0] + into[1] * out[1], -1), 1))
    })
    const found = []
    turns.forEach((turn, index) => {
      const isLargest = turns.every((other, near) => Math.abs(along[near] - along[index]) > reach || other <= turn)
      const isFirst = !found.length || along[index] - found.at(-1).at > reach
      if (turn >= SHARPEST_TURN && isLargest && isFirst) found.push({ line, at: along[index], point: points[index], turn })
    })
    return found
  })
}

/** The direction from one point to another, of length 1; of no length if they coincide. */
export function unit([x, y], [otherX, otherY]) {
  const length = Math.hypot(otherX - x, otherY - y) || 1
  return [(otherX - x) / length, (otherY - y) / length]
}

/**
 * How far the ink of two drawings is apart on average, both ways: from each bit of ink to the nearest of the other.
 *
 * @param {Float64Array} one as `bitsOf` gives it
 * @param {Float64Array} other
 */
export function displacement(one, other) {
  if (one.length === 0 || other.length === 0) return Infinity
  return (meanDistance(one, other) + meanDistance(other, one)) / 2
}

/**
 * Points along the strokes, a step apart.
 *
 * @param {Stroke[]} strokes
 * @param {number} step
 * @returns {Float64Array} x, y, x, y
 */
export function bitsOf(strokes, step) {
  const bits = []
  for (const stroke of strokes) {
    if (stroke.length === 0) continue
    bits.push(stroke[0][0], stroke[0][1])
    let next = step
    let passed = 0
    for (let index = 1; index < stroke.length; index++) {
      const [[x, y], [nextX, nextY]] = [stroke[index - 1], stroke[index]]
      const length = Math.hypot(nextX - x, nextY - y)
      for (; next <= passed + length; next += step) {
        const share = (next - passed) / length
        bits.push(x + share * (nextX - x), y + share * (nextY - y))
      }
      passed += length
    }
  }
  return Float64Array.from(bits)
}

function meanDistance(from, to) {
  let sum = 0
  for (let index = 0; index < from.length; index += 2) {
    let nearest = Infinity
    for (let other = 0; other < to.length; other += 2) {
      const x = from[index] - to[other]
      const y = from[index + 1] - to[other + 1]
      const squared = x * x + y * y
      if (squared < nearest) nearest = squared
    }
    sum += Math.sqrt(nearest)
  }
  return sum / (from.length / 2)
}

