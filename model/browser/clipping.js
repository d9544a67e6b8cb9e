/** Ink that runs beyond the sheet's border is cut off there, as ui/draw/clipping.py does. */

/** @typedef {import("./rasterize.js").Stroke} Stroke */

/**
 * Cut strokes at the border of a square sheet, from 0 to `size`; a stroke that leaves it and comes back becomes two.
 *
 * @param {Stroke[]} strokes
 * @param {number} size
 * @returns {Stroke[]}
 */
export function clipStrokes(strokes, size) {
  return strokes.flatMap((stroke) => clip(stroke, size))
}

function clip(stroke, size) {
  const isInside = ([x, y]) => x >= 0 && x <= size && y >= 0 && y <= size
  if (stroke.every(isInside)) return [stroke]
  const parts = []
  for (let index = 1; index < stroke.length; index++) {
    const [start, end] = [stroke[index - 1], stroke[index]]
    const [enter, leave] = insideShares(start, end, size)
    if (enter >= leave) continue
    const first = at(start, end, enter)
    const part = parts.at(-1)
    const last = leave === 1 ? end : at(start, end, leave)
    if (part && isSame(part.at(-1), first)) part.push(last)
    else parts.push([first, last])
  }
  const limit = (coordinate) => Math.min(Math.max(coordinate, 0), size)
  return parts
    .filter((part) => part.some((point) => !isSame(point, part[0])))
    .map((part) => part.map(([x, y]) => [limit(x), limit(y)]))
}

/** From which share of a segment to which it lies within the sheet (Liang and Barsky, 1984). */
function insideShares(start, end, size) {
  let [enter, leave] = [0, 1]
  for (const axis of [0, 1]) {
    const move = end[axis] - start[axis]
    if (move === 0) {
      if (start[axis] < 0 || start[axis] > size) return [1, 0]
      continue
    }
    const shares = [-start[axis] / move, (size - start[axis]) / move]
    enter = Math.max(enter, Math.min(...shares))
    leave = Math.min(leave, Math.max(...shares))
  }
  return [enter, leave]
}

function at(start, end, share) {
  return share === 0 ? start : [start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])]
}

function isSame([x, y], [otherX, otherY]) {
  return x === otherX && y === otherY
}
