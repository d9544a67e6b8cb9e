/** Plain words for the parts of a drawing. */

import { bars, corners } from "./shape.js"
import { pointAt } from "./strokes.js"

/** @typedef {import("../rasterize.js").Point} Point */
/** @typedef {import("./shape.js").Shape} Shape */

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]

/**
 * Where a point lies in the drawing: "at the top", "at the lower left", "in the middle".
 *
 * @param {Shape} shape
 * @param {Point} point
 */
export function place({ left, top, width, height, size }, [x, y]) {
  const across = third((x - left) / width, width / size)
  const down = third((y - top) / height, height / size)
  const side = ["left", "", "right"][across]
  if (down === 1) return side ? `on the ${side}` : "in the middle"
  if (!side) return down === 0 ? "at the top" : "at the bottom"
  return `at the ${down === 0 ? "upper" : "lower"} ${side}`
}

/** Which third a share lies in: 0, 1 or 2; the middle one of a drawing that is narrow in this direction. */
function third(share, narrowness) {
  if (narrowness < 0.15) return 1
  return share < 0.36 ? 0 : share > 0.64 ? 2 : 1
}

/**
 * An end of a stroke.
 *
 * @param {Shape} shape
 * @param {{ line: number, isStart: boolean, point: Point }} end
 * @param {(number | string)[]} answers before and after: only a 1 has a flag
 */
export function endName(shape, end, answers) {
  if (answers.includes(1) && isFlag(shape, end)) return "the flag"
  const bar = bars(shape).find(({ line, isWhole }) => line === end.line && isWhole)
  if (bar) return barName(shape, bar)
  return `the end ${place(shape, end.point)}`
}

/** Whether a stroke begins with a short line up to a corner at the top, like many a 1. */
function isFlag(shape, { line, isStart, point }) {
  if (!isStart) return false
  const corner = corners(shape).find((one) => one.line === line)
  if (!corner || corner.at > 0.45 * shape.lines[line].length) return false
  const isAtTop = corner.point[1] < shape.top + 0.25 * shape.height
  return isAtTop && corner.turn > 1.2 && point[0] < corner.point[0] && point[1] > corner.point[1] + 0.05 * shape.size
}

/**
 * A level stretch.
 *
 * @param {Shape} shape
 * @param {{ line: number, from: number, to: number }} bar
 */
export function barName(shape, bar) {
  if (bars(shape).length < 2) return "the bar"
  const middle = pointAt(shape.lines[bar.line].points, (bar.from + bar.to) / 2)
  const where = place(shape, [shape.center[0], middle[1]])
  return `the ${{ "at the top": "upper", "at the bottom": "lower" }[where] ?? "middle"} bar`
}

/**
 * A stroke of several.
 *
 * @param {Shape} shape
 * @param {number} index
 */
export function strokeName(shape, index) {
  const level = bars(shape)
  if (level.length === 1 && level[0].line === index && level[0].isWhole) return "the bar"
  if (shape.lines[index].length < 0.08 * shape.size) return "the dot"
  if (index === shape.lines.length - 1 && index > 1) return "the last stroke"
  return `the ${ORDINALS[index] ?? `${index + 1}th`} stroke`
}

/** A digit with its article. @param {number} digit */
export function aDigit(digit) {
  return `${digit === 8 ? "an" : "a"} ${digit}`
}
