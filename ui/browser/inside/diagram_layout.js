/**
 * Where the diagram of a network has its parts: pure geometry, in CSS pixels.
 *
 * From left to right, or on upright paper from top to bottom: the image, each hidden layer, the outputs. Each part is a
 * grid of cells. Layers count from 0, as in explain/trace.js; the image, whose pixels are the first one's inputs, is -1.
 */

/**
 * @typedef {object} Place a pixel or a unit
 * @property {number} layer
 * @property {number} unit
 */

/**
 * @typedef {object} Part
 * @property {number} layer
 * @property {"image" | "nodes" | "tiles" | "outputs"} kind
 * @property {number} count of cells
 * @property {number} columns
 * @property {number} rows
 * @property {number} left
 * @property {number} top
 * @property {number} pitchX from cell to cell
 * @property {number} pitchY
 */

/** @typedef {{ parts: Part[], width: number, height: number, isUpright: boolean }} Places */

export const IMAGE = -1
const IMAGE_SIDE = 28
const MOST_NODES = 32 // of a layer that is drawn unit by unit; a larger one is drawn as tiles
const LARGEST_TILE = 16
const [HEADING, BODY] = [44, 404] // heights, from left to right: of the headings, and of what is below them
const [NODES_WIDTH, OUTPUTS_WIDTH] = [22, 128]
const [TILES_WIDTH, GAP, LEAST_GAP] = [176, 84, 30]
const [UPRIGHT_GAP, UPRIGHT_TILES, UPRIGHT_NODES, UPRIGHT_OUTPUTS] = [68, 96, 22, 66]
const TOUCH = 14 // how far from a part a finger still means it

/**
 * @param {number[]} sizes pixels, units of each hidden layer, outputs
 * @param {number} width
 * @param {boolean} isUpright
 * @returns {Places}
 */
export function placeParts(sizes, width, isUpright) {
  return isUpright ? placeDown(sizes, width) : placeAcross(sizes, width)
}

function placeAcross(sizes, width) {
  const hidden = sizes.slice(1, -1)
  const imageWidth = Math.floor(Math.min(224, 0.26 * width) / IMAGE_SIDE) * IMAGE_SIDE
  const numTiles = hidden.filter((size) => size > MOST_NODES).length
  const gaps = hidden.length + 1
  const free = width - imageWidth - OUTPUTS_WIDTH - NODES_WIDTH * (hidden.length - numTiles)
  const tileWidth = (gap) => Math.min((free - gaps * gap) / (numTiles || 1), TILES_WIDTH)
  const tilesWidth = tileWidth(GAP) >= 64 ? tileWidth(GAP) : tileWidth(LEAST_GAP)
  const grids = hidden.map((size) => (size > MOST_NODES ? gridIn(size, tilesWidth, BODY) : column(size)))
  const used = grids.reduce((sum, { columns, pitchX }) => sum + columns * pitchX, imageWidth + OUTPUTS_WIDTH)
  const gap = (width - used) / gaps
  const image = { columns: IMAGE_SIDE, rows: IMAGE_SIDE, pitchX: imageWidth / IMAGE_SIDE, pitchY: imageWidth / IMAGE_SIDE }
  const outputs = { columns: 1, rows: sizes.at(-1), pitchX: 26, pitchY: BODY / sizes.at(-1) }
  let left = 0
  const parts = [image, ...grids, outputs].map((grid, index) => {
    const part = { ...described(sizes, index), ...grid, left, top: HEADING + (BODY - grid.rows * grid.pitchY) / 2 }
    left += grid.columns * grid.pitchX + gap
    return part
  })
  return { parts, width, height: HEADING + BODY, isUpright: false }
}

function placeDown(sizes, width) {
  let top = 0
  const side = Math.floor(Math.min(196, 0.5 * width) / IMAGE_SIDE) * IMAGE_SIDE
  const parts = sizes.map((size, index) => {
    const part = described(sizes, index)
    const grid =
      part.kind === "image"
        ? { columns: IMAGE_SIDE, rows: IMAGE_SIDE, pitchX: side / IMAGE_SIDE, pitchY: side / IMAGE_SIDE }
        : part.kind === "tiles"
          ? gridIn(size, width, UPRIGHT_TILES)
          : { columns: size, rows: 1, pitchX: Math.min(width / size, 40), pitchY: UPRIGHT_NODES }
    const placed = { ...part, ...grid, left: (width - grid.columns * grid.pitchX) / 2, top }
    top += grid.rows * grid.pitchY + UPRIGHT_GAP
    return placed
  })
  return { parts, width, height: top - UPRIGHT_GAP + UPRIGHT_OUTPUTS, isUpright: true }
}

function described(sizes, index) {
  const count = sizes[index]
  const layer = index - 1
  if (index === 0) return { layer, kind: "image", count }
  if (index === sizes.length - 1) return { layer, kind: "outputs", count }
  return { layer, kind: count > MOST_NODES ? "tiles" : "nodes", count }
}

function column(size) {
  return { columns: 1, rows: size, pitchX: NODES_WIDTH, pitchY: Math.min(BODY / size, 40) }
}

/** The grid of square cells that fills a box best. */
function gridIn(count, width, height) {
  let best = { pitchX: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const pitch = Math.min(Math.floor(4 * Math.min(width / columns, height / rows)) / 4, LARGEST_TILE)
    if (pitch > best.pitchX) best = { columns, rows, pitchX: pitch, pitchY: pitch }
  }
  return best
}

/**
 * The middle of a cell.
 *
 * @param {Part} part
 * @param {number} unit
 * @returns {[number, number]}
 */
export function centerOf(part, unit) {
  const [column, row] = [unit % part.columns, Math.floor(unit / part.columns)]
  return [part.left + (column + 0.5) * part.pitchX, part.top + (row + 0.5) * part.pitchY]
}

/**
 * What lies at a point; null between the parts.
 *
 * @param {Places} places
 * @param {number} x
 * @param {number} y
 * @returns {Place | null}
 */
export function placeAt({ parts }, x, y) {
  const distances = parts.map(({ left, top, columns, rows, pitchX, pitchY }) =>
    Math.max(left - x, x - left - columns * pitchX, top - y, y - top - rows * pitchY, 0),
  )
  const nearest = Math.min(...distances)
  if (nearest > TOUCH) return null
  const part = parts[distances.indexOf(nearest)]
  return { layer: part.layer, unit: nearestUnit(part, x, y) }
}

function nearestUnit(part, x, y) {
  const index = (place, start, pitch, count) => Math.min(Math.max(Math.floor((place - start) / pitch), 0), count - 1)
  const column = index(x, part.left, part.pitchX, part.columns)
  const row = index(y, part.top, part.pitchY, part.rows)
  return Math.min(row * part.columns + column, part.count - 1)
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/**
 * Where a key leads from a place: arrows to the cell beside it, and over a part's border to the part beside it; Home and
 * End to the first and the last cell, Page Up and Page Down to the part before and after it. Null for other keys.
 *
 * @param {Places} places
 * @param {Place} place
 * @param {string} key
 * @returns {Place | null}
 */
export function placeAfter(places, place, key) {
  const { parts, isUpright } = places
  const part = parts[place.layer + 1]
  const inPart = (unit) => ({ layer: place.layer, unit })
  const beside = (by) => {
    const other = parts[place.layer + 1 + by]
    return other ? { layer: other.layer, unit: nearestUnit(other, ...facing(part, place.unit, other, isUpright)) } : place
  }
  if (key === "Home") return inPart(0)
  if (key === "End") return inPart(part.count - 1)
  if (key === "PageUp") return beside(-1)
  if (key === "PageDown") return beside(1)
  if (!Object.hasOwn(STEPS, key)) return null
  const [right, down] = STEPS[key]
  const column = (place.unit % part.columns) + right
  const row = Math.floor(place.unit / part.columns) + down
  const unit = row * part.columns + column
  if (column >= 0 && column < part.columns && row >= 0 && unit < part.count) return inPart(unit)
  const forward = isUpright ? down : right
  return forward ? beside(forward) : place
}

/** The point of another part that lies as far along the parts' common side as a unit does, relative to the parts' sizes. */
function facing(part, unit, other, isUpright) {
  const [x, y] = centerOf(part, unit)
  if (isUpright) return [other.left + ((x - part.left) * other.columns * other.pitchX) / (part.columns * part.pitchX), y]
  return [x, other.top + ((y - part.top) * other.rows * other.pitchY) / (part.rows * part.pitchY)]
}
