/** Strokes of a pen as an image of 28x28 pixels in MNIST's layout: what model/ink/rendering.py does, number by number. */

/** @typedef {[number, number]} Point x to the right and y down, in any unit */
/** @typedef {Point[]} Stroke from pen-down to pen-up; a stroke of one point is a dot */

export const IMAGE_SIDE = 28
const BOX_SIZE = 20 // pixels: the longer side of a digit's ink
const CENTER = 14 // the pixel, counted from 0, that the center of mass falls on in both axes
const PEN_WIDTH = 2.4 // pixels of the image
const EDGE = 1.2 // pixels over which the pen's edge fades from full ink to none

const REACH = (PEN_WIDTH + EDGE) / 2 // how far from its path a pen leaves ink
const MARGIN = REACH - 0.5 // between the path and the box's border: the last pixel with ink is the box's last

/**
 * Render strokes as MNIST would show them.
 *
 * @param {Stroke[]} strokes
 * @param {number | null} pen the pen's width in the strokes' unit: it tells a dot from a small drawing
 * @param {Stroke[]} whole the strokes that size and place follow: those rendered may be a part of them
 * @returns {Uint8Array | null} 784 pixels, row by row; null without a point
 */
export function rasterize(strokes, pen = null, whole = strokes) {
  const drawn = whole.filter((stroke) => stroke.length > 0)
  if (drawn.length === 0) return null
  const box = boundingBox(drawn)
  const length = Math.max(box.width, box.height)
  const isDot = length <= Math.max(pen ?? 0, 1e-9 * box.largest)
  const scale = isDot ? PEN_WIDTH / (pen || 1) : (BOX_SIZE - 2 * MARGIN) / length
  const ink = inkOf(drawn, box, scale)
  if (whole === strokes) return centered(ink, ink)
  const part = strokes.filter((stroke) => stroke.length > 0)
  return centered(inkOf(part, box, scale), ink)
}

/** The ink of strokes in the box. */
function inkOf(strokes, box, scale) {
  const nearest = new Float64Array(BOX_SIZE * BOX_SIZE).fill(Infinity) // squared distance to the path
  for (const stroke of strokes) {
    let [x, y] = place(stroke[0], box, scale)
    if (stroke.length === 1) bringNearer(nearest, x, y, x, y)
    for (let index = 1; index < stroke.length; index++) {
      const [nextX, nextY] = place(stroke[index], box, scale)
      bringNearer(nearest, x, y, nextX, nextY)
      ;[x, y] = [nextX, nextY]
    }
  }
  return Uint8Array.from(nearest, (squared) => {
    const coverage = Math.min(Math.max((REACH - Math.sqrt(squared)) / EDGE, 0), 1)
    return roundHalfToEven(255 * coverage)
  })
}

function boundingBox(strokes) {
  let [left, top, right, bottom, largest] = [Infinity, Infinity, -Infinity, -Infinity, 0]
  for (const stroke of strokes) {
    for (const [x, y] of stroke) {
      left = Math.min(left, x)
      top = Math.min(top, y)
      right = Math.max(right, x)
      bottom = Math.max(bottom, y)
      largest = Math.max(largest, Math.abs(x), Math.abs(y))
    }
  }
  return { left, top, width: right - left, height: bottom - top, largest }
}

function place([x, y], box, scale) {
  return [(x - box.left) * scale + MARGIN, (y - box.top) * scale + MARGIN]
}

/** Note for each pixel near the segment from start to end how near it is, if no other has been nearer. */
function bringNearer(nearest, startX, startY, endX, endY) {
  const alongX = endX - startX
  const alongY = endY - startY
  const squaredLength = alongX * alongX + alongY * alongY || 1 // a segment of no length is its start
  const shareX = alongX / squaredLength
  const shareY = alongY / squaredLength
  const [firstColumn, lastColumn] = pixelsWithin(startX, endX)
  const [firstRow, lastRow] = pixelsWithin(startY, endY)
  for (let row = firstRow; row <= lastRow; row++) {
    const y = row + 0.5 - startY
    for (let column = firstColumn; column <= lastColumn; column++) {
      const x = column + 0.5 - startX
      const t = Math.min(Math.max(y * shareY + x * shareX, 0), 1) // where on the segment the nearest point lies
      const offX = x - t * alongX
      const offY = y - t * alongY
      const squared = offX * offX + offY * offY
      const index = row * BOX_SIZE + column
      if (squared < nearest[index]) nearest[index] = squared
    }
  }
}

/** The first and the last pixel that a pen going from one coordinate to another can reach. */
function pixelsWithin(from, to) {
  const first = Math.floor(Math.min(from, to) - REACH - 0.5)
  const last = Math.ceil(Math.max(from, to) + REACH - 0.5)
  return [Math.max(first, 0), Math.min(last, BOX_SIZE - 1)]
}

/** Place a box of ink in the image by whole pixels, so that the whole's center of mass rounds to 14, with none cut off. */
function centered(ink, whole) {
  const image = new Uint8Array(IMAGE_SIDE * IMAGE_SIDE)
  let [top, left, bottom, right] = [BOX_SIZE, BOX_SIZE, -1, -1]
  let [mass, rowMoment, columnMoment] = [0, 0, 0]
  for (let row = 0; row < BOX_SIZE; row++) {
    for (let column = 0; column < BOX_SIZE; column++) {
      const value = whole[row * BOX_SIZE + column]
      if (value === 0) continue
      top = Math.min(top, row)
      left = Math.min(left, column)
      bottom = Math.max(bottom, row)
      right = Math.max(right, column)
      mass += value
      rowMoment += value * row
      columnMoment += value * column
    }
  }
  if (mass === 0) return image
  const height = bottom - top + 1
  const width = right - left + 1
  const toTop = shift((rowMoment - mass * top) / mass, height)
  const toLeft = shift((columnMoment - mass * left) / mass, width)
  for (let row = 0; row < height; row++) {
    const from = (top + row) * BOX_SIZE + left
    image.set(ink.subarray(from, from + width), (toTop + row) * IMAGE_SIDE + toLeft)
  }
  return image
}

function shift(center, size) {
  return Math.min(Math.max(CENTER - roundHalfToEven(center), 0), IMAGE_SIDE - size)
}

/** Round as Python and NumPy do: symmetrical ink has its center of mass exactly between two pixels. */
function roundHalfToEven(value) {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}
