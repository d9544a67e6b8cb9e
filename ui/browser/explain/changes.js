/**
 * Ways to draw a digit otherwise: each is a kind of change with a strength from 0, which changes nothing, to 1.
 *
 * A change says how it would be put: "If <clause>, it would be read as a 1."
 */

import { bars, between, corners, ends, gaps } from "./shape.js"
import { cut, pointAt } from "./strokes.js"
import { barName, endName, place, strokeName } from "./part_names.js"

/** @typedef {import("../rasterize.js").Point} Point */
/** @typedef {import("../rasterize.js").Stroke} Stroke */
/** @typedef {import("./shape.js").Shape} Shape */

/**
 * @typedef {"slant" | "width" | "gap" | "end" | "bar" | "omission" | "corner" | "place"} Kind
 */

/**
 * @typedef {object} Change
 * @property {Kind} kind
 * @property {(strength: number) => Stroke[]} apply
 * @property {(strength: number) => number} [share] of a stroke's length by which it becomes longer or shorter
 * @property {(amount: string, answers: (number | string)[]) => string} clause `amount` is "a little ", "much " or
 *   nothing; the answers are those before and after
 * @property {boolean} [isWhole] whether there is nothing between nothing and all, as with a stroke left out
 */

const MOST_SLANT = 0.6 // how far a unit's height moves sideways
const MOST_WIDER = 0.9 // of the width, more
const MOST_NARROWER = 0.5 // of the width, less
const MOST_LONGER = 0.4 // of the size
const MOST_SHORTER = 0.75 // of the stroke
const MOST_MOVED = 0.3 // of the size
const BEND = 0.5 // of the size: how much of a stroke follows its end
const ROUNDED = 0.22 // of the size: how far around a corner it is rounded

/**
 * All changes, those that help most often first.
 *
 * @param {Shape} shape
 * @returns {Change[]}
 */
export function changesOf(shape) {
  return [
    ...omissions(shape),
    ...lengths(shape),
    ...closedGaps(shape),
    ...movedBars(shape),
    ...bentEnds(shape),
    ...roundedCorners(shape),
    ...widths(shape),
    ...slants(shape),
    ...movedStrokes(shape),
  ]
}

function slants({ lines, center }) {
  return [1, -1].map((direction) => ({
    kind: "slant",
    apply: (strength) =>
      lines.map(({ points }) => points.map(([x, y]) => [x + direction * strength * MOST_SLANT * (center[1] - y), y])),
    clause: (amount) => `it leaned ${amount}${amount === "much " ? "more " : ""}to the ${direction > 0 ? "right" : "left"}`,
  }))
}

function widths({ lines, center, width, size }) {
  if (width < 0.05 * size) return []
  return [MOST_WIDER, -MOST_NARROWER].map((most) => ({
    kind: "width",
    apply: (strength) =>
      lines.map(({ points }) => points.map(([x, y]) => [center[0] + (x - center[0]) * (1 + strength * most), y])),
    clause: (amount) => `it were ${amount}${most > 0 ? "wider" : "narrower"}`,
  }))
}

/** An end is bent to the ink that it leaves a gap to. */
function closedGaps(shape) {
  return gaps(shape).map(({ line, isStart, point, target }) => ({
    kind: "gap",
    apply: (strength) => withBentEnd(shape, line, isStart, offset(point, target, strength)),
    clause: (amount) => `the gap ${place(shape, between(point, target, 0.5))} were ${gapWord(amount)}`,
  }))
}

function gapWord(amount) {
  return amount === "" ? "smaller" : amount === "much " ? "closed" : "a little smaller"
}

function lengths(shape) {
  return ends(shape).flatMap((end) => {
    const { lines, size } = shape
    const { points, length } = lines[end.line]
    const longer = (strength) => {
      const [x, y] = end.point
      const reach = strength * MOST_LONGER * size
      return replaced(lines, end.line, added(points, end.isStart, [x + reach * end.direction[0], y + reach * end.direction[1]]))
    }
    const shorter = (strength) => {
      const rest = length * (1 - strength * MOST_SHORTER)
      return replaced(lines, end.line, end.isStart ? cut(points, length - rest, length) : cut(points, 0, rest))
    }
    return [
      {
        kind: "end",
        apply: longer,
        share: (strength) => (strength * MOST_LONGER * size) / length,
        clause: (amount, answers) => `${endName(shape, end, answers)} were ${amount}longer`,
      },
      {
        kind: "end",
        apply: shorter,
        share: (strength) => strength * MOST_SHORTER,
        clause: (amount, answers) => `${endName(shape, end, answers)} were ${amount}shorter`,
      },
    ]
  })
}

function movedBars(shape) {
  const { lines, size } = shape
  return bars(shape).flatMap((bar) =>
    [-1, 1].map((direction) => ({
      kind: "bar",
      apply: (strength) => {
        const move = [0, direction * strength * MOST_MOVED * size]
        return bent(shape, bar.line, (along) => follow(along, bar.from, bar.to, bar.isWhole ? Infinity : 0.3 * size), move)
      },
      clause: (amount) => `${barName(shape, bar)} were ${amount}${direction > 0 ? "lower" : "higher"}`,
    })),
  )
}

function omissions(shape) {
  const { lines } = shape
  if (lines.length < 2) return []
  return lines.map((_, index) => ({
    kind: "omission",
    isWhole: true,
    apply: (strength) => lines.filter((_, other) => strength < 1 || other !== index).map(({ points }) => points),
    clause: () => `${strokeName(shape, index)} were left out`,
  }))
}

/** A corner's surroundings move towards the arc that cuts it off. */
function roundedCorners(shape) {
  const { lines, size } = shape
  return corners(shape).map((corner) => {
    const { points, along, length } = lines[corner.line]
    const reach = Math.min(ROUNDED * size, corner.at, length - corner.at)
    const [start, end] = [pointAt(points, corner.at - reach), pointAt(points, corner.at + reach)]
    return {
      kind: "corner",
      apply: (strength) => {
        const rounded = points.map((point, index) => {
          const t = (along[index] - corner.at + reach) / (2 * reach)
          if (t <= 0 || t >= 1) return point
          const chord = between(start, end, t)
          return between(point, chord, strength * Math.sin(Math.PI * t))
        })
        return replaced(lines, corner.line, rounded)
      },
      clause: (amount) => `the corner ${place(shape, corner.point)} were ${amount}rounder`,
    }
  })
}

function bentEnds(shape) {
  const { size } = shape
  return ends(shape).flatMap((end) =>
    DIRECTIONS.map(([x, y, word]) => ({
      kind: "end",
      apply: (strength) => {
        const reach = strength * MOST_MOVED * size
        return withBentEnd(shape, end.line, end.isStart, [x * reach, y * reach])
      },
      clause: (amount, answers) => `${endName(shape, end, answers)} were ${amount}${word}`,
    })),
  )
}

const DIRECTIONS = [
  [1, 0, "further to the right"],
  [-1, 0, "further to the left"],
  [0, 1, "lower"],
  [0, -1, "higher"],
]

function movedStrokes(shape) {
  const { lines, size } = shape
  if (lines.length < 2) return []
  return lines.flatMap((_, index) =>
    DIRECTIONS.map(([x, y, word]) => ({
      kind: "place",
      apply: (strength) => {
        const reach = strength * MOST_MOVED * size
        return bent(shape, index, () => 1, [x * reach, y * reach])
      },
      clause: (amount) => `${strokeName(shape, index)} were ${amount}${word}`,
    })),
  )
}

// ------------------------------------------------------------------------------------------------ how strokes change

function offset([x, y], [targetX, targetY], share) {
  return [share * (targetX - x), share * (targetY - y)]
}

function withBentEnd(shape, line, isStart, move) {
  const { length } = shape.lines[line]
  const reach = Math.min(BEND * shape.size, length)
  return bent(shape, line, (along) => smooth(1 - (isStart ? along : length - along) / reach), move)
}

/** Move a line's points, each by a share of the whole way that depends on how far along it lies. */
function bent({ lines }, line, shareAt, [x, y]) {
  const { points, along } = lines[line]
  const moved = points.map(([oldX, oldY], index) => {
    const share = shareAt(along[index])
    return [oldX + share * x, oldY + share * y]
  })
  return replaced(lines, line, moved)
}

/** 1 from one length to another, fading to 0 outside. */
function follow(along, from, to, fade) {
  const outside = Math.max(from - along, along - to, 0)
  return fade === Infinity ? 1 : smooth(1 - outside / fade)
}

function smooth(share) {
  const t = Math.min(Math.max(share, 0), 1)
  return t * t * (3 - 2 * t)
}

function added(points, atStart, point) {
  return atStart ? [point, ...points] : [...points, point]
}

function replaced(lines, line, points) {
  return lines.map((other, index) => (index === line ? points : other.points))
}
