/** An eraser for strokes: what it touches is taken away as a whole. */

/** @typedef {import("./rasterize.js").Point} Point */
/** @typedef {import("./rasterize.js").Stroke} Stroke */

/**
 * Tell whether an eraser touches a stroke on its way from one place to another.
 *
 * @param {Stroke} stroke
 * @param {Point} from
 * @param {Point} to
 * @param {number} reach how near the eraser's middle must come to the stroke's path, in the same unit
 */
export function touches(stroke, from, to, reach) {
  if (stroke.length === 1) return distance(stroke[0], from, to) <= reach
  return stroke.some((end, index) => index > 0 && gap(stroke[index - 1], end, from, to) <= reach)
}

/** How far two segments are apart. */
function gap(start, end, from, to) {
  if (cross(start, end, from, to)) return 0
  return Math.min(distance(start, from, to), distance(end, from, to), distance(from, start, end), distance(to, start, end))
}

function cross(start, end, from, to) {
  return side(start, end, from) * side(start, end, to) < 0 && side(from, to, start) * side(from, to, end) < 0
}

/** On which side of a line through two points a third one lies: the sign. */
function side([x, y], [otherX, otherY], [pointX, pointY]) {
  return (otherX - x) * (pointY - y) - (otherY - y) * (pointX - x)
}

/** How far a point is from a segment. */
function distance([x, y], [fromX, fromY], [toX, toY]) {
  const [alongX, alongY] = [toX - fromX, toY - fromY]
  const squared = alongX ** 2 + alongY ** 2
  const share = squared === 0 ? 0 : Math.min(Math.max(((x - fromX) * alongX + (y - fromY) * alongY) / squared, 0), 1)
  return Math.hypot(x - fromX - share * alongX, y - fromY - share * alongY)
}
