/** Small pictures: values in a grid, each a pixel of a canvas that CSS enlarges. */

import { largest } from "./palette.js"

const IMAGE_SIDE = 28

/**
 * Paint an image as ink on paper.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels 784, from 0 to 1; none is blank paper
 */
export function paintPixels(canvas, pixels = []) {
  paint(canvas, IMAGE_SIDE, IMAGE_SIDE, (index) => {
    const level = Math.round(255 * (pixels[index] ?? 0))
    return [level, level, level]
  })
}

/**
 * Paint signed values: what is positive in one color, what is negative in the other.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} columns
 * @param {import("./palette.js").Palette} palette
 * @param {number} scale the magnitude of the strongest color
 */
export function paintValues(canvas, values, columns, palette, scale = largest(values)) {
  paint(canvas, columns, Math.ceil(values.length / columns), (index) =>
    index < values.length ? palette.shade(values[index] / scale) : null,
  )
}

function paint(canvas, columns, rows, colorOf) {
  if (canvas.width !== columns) canvas.width = columns
  if (canvas.height !== rows) canvas.height = rows
  const context = canvas.getContext("2d")
  const picture = context.createImageData(columns, rows)
  for (let index = 0; index < columns * rows; index++) {
    const color = colorOf(index)
    if (color) picture.data.set([...color, 255], 4 * index)
  }
  context.putImageData(picture, 0, 0)
}

const SHEET_SIZE = 280 // units of the sheet's sides, as ui/draw/fabric.py has it

/**
 * Draw strokes on black paper, which grows if they go beyond it.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{ points: import("../rasterize.js").Stroke, color: string, width?: number }[]} strokes in units of the sheet;
 *   `width` is a share of the pen's
 * @param {number} penWidth units of the sheet
 */
export function paintInk(canvas, strokes, penWidth) {
  const size = Math.round((canvas.clientWidth || SHEET_SIZE) * (window.devicePixelRatio || 1))
  canvas.width = canvas.height = size
  const context = canvas.getContext("2d")
  const beyond = Math.max(0, ...strokes.flatMap(({ points }) => points.flat().map((place) => overhang(place, penWidth / 2))))
  const scale = size / (SHEET_SIZE + 2 * beyond)
  context.setTransform(scale, 0, 0, scale, scale * beyond, scale * beyond)
  context.lineCap = context.lineJoin = "round"
  for (const { points, color, width = 1 } of strokes) {
    context.lineWidth = width * penWidth
    context.strokeStyle = color
    context.beginPath()
    context.moveTo(...points[0])
    for (const point of points.length > 1 ? points.slice(1) : points) context.lineTo(...point)
    context.stroke()
  }
}

/** How far a place with a margin around it lies beyond the sheet. */
function overhang(place, margin) {
  return Math.max(margin - place, place + margin - SHEET_SIZE)
}
