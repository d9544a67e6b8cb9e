/**
 * What the canvas makes of the pen's places: Fabric.js's PencilBrush joins the middles between them by quadratic curves.
 * The app gets those curves when the pen lifts (ui/draw/fabric.py); here they are known while it moves.
 */

/** @typedef {import("./rasterize.js").Point} Point */
/** @typedef {import("./rasterize.js").Stroke} Stroke */

const NEAREST = 0.4 // canvas pixels: a place that is nearer to the last one is left out
const END_OVERHANG = 0.001 // of the pen's width, by which both ends are longer than drawn
const CURVE_STEP = 4 // canvas pixels between the points of a curve
const CURVE_POINTS = 200 // at most, of each curve

/**
 * Add the pen's place to a stroke's places.
 *
 * @param {Point[]} places in canvas pixels; changed
 * @param {Point} place
 * @param {boolean} isStraight whether the line from the place before goes straight here: the Shift key is down
 */
export function addPlace(places, place, isStraight = false) {
  const last = places.at(-1)
  if (places.length > 1 && last[0] === place[0] && last[1] === place[1]) return
  if (isStraight && places.length > 1) places.pop()
  places.push(place)
}

/**
 * The stroke that the canvas draws through the pen's places, as points on it.
 *
 * @param {Point[]} places in canvas pixels, two or more
 * @param {number} penWidth canvas pixels
 * @returns {Stroke} in canvas pixels
 */
export function strokeThrough(places, penWidth) {
  const kept = thinOut(places)
  const last = kept.length - 1
  const overhang = kept.length > 2 ? penWidth * END_OVERHANG : 0
  const start = shifted(kept[0], kept[1], kept[Math.min(2, last)], -overhang)
  const points = [start]
  let from = start
  for (let index = 0; index < last; index++) {
    const [place, next] = [kept[index], kept[index + 1]]
    if (place[0] === next[0] && place[1] === next[1]) continue
    const middle = [(place[0] + next[0]) / 2, (place[1] + next[1]) / 2]
    addCurve(points, from, place, middle)
    from = middle
  }
  points.push(shifted(kept[last], kept[last - 1], kept[last], overhang))
  return points
}

/** A place, moved along each axis in the direction in which the second of two others lies from the first. */
function shifted([x, y], [fromX, fromY], [toX, toY], by) {
  return [x + by * Math.sign(toX - fromX), y + by * Math.sign(toY - fromY)]
}

function thinOut(places) {
  if (places.length <= 2) return places
  const last = places.length - 1
  const kept = [places[0]]
  for (let index = 1; index < last - 1; index++) {
    const [x, y] = places[index]
    const [lastX, lastY] = kept.at(-1)
    if ((lastX - x) ** 2 + (lastY - y) ** 2 >= NEAREST ** 2) kept.push(places[index])
  }
  kept.push(places[last])
  return kept
}

/** Add points on a quadratic curve, the last of which is its end. */
function addCurve(points, start, control, end) {
  const length = distance(start, control) + distance(control, end)
  const count = Math.min(Math.max(Math.ceil(length / CURVE_STEP), 1), CURVE_POINTS)
  for (let number = 1; number <= count; number++) {
    const t = number / count
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2]
    points.push([a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]])
  }
}

function distance([x, y], [otherX, otherY]) {
  return Math.hypot(x - otherX, y - otherY)
}
