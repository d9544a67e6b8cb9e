/** The script of an exported page: paper, and the network's answer to what is drawn on it. */

import { detail, digitLikelihood, headline, probabilityBars } from "../browser/answer.js"
import { clipStrokes } from "../browser/clipping.js"
import { parseNetwork } from "../browser/network.js"
import { Paper } from "../browser/paper.js"
import { IMAGE_SIDE, rasterize } from "../browser/rasterize.js"
import { read } from "../browser/reading.js"

const SIZE = 280 // units of the paper's sides
const PEN_WIDTH = 16 // units
const SECONDS_TO_SAY = 0.6 // without a change, before screen readers hear the answer

const find = (selector) => document.querySelector(selector)
const canvas = find(".paper")
const tools = { undo: find("#undo"), redo: find("#redo"), eraser: find("#eraser"), clear: find("#clear") }

let network = null // until it is unpacked
let strokes = [] // what is on the paper, also while the pen is down
let kept = [] // what was on it when the pen was up last
let past = [] // what can be undone: what was on the paper before each change
let future = []
let frame = null // requested
let saying = null // a timer

const paper = new Paper(canvas, {
  size: SIZE,
  reach: PEN_WIDTH,
  onChange: (changed) => {
    strokes = changed
    showSoon(true)
  },
  onLift: (changed) => {
    if (changed.length !== kept.length) remember()
    keep(changed)
  },
})

// ---- What is on the paper

function remember() {
  past.push(kept)
  future = []
}

function keep(changed) {
  strokes = kept = [...changed]
  showSoon(false)
  for (const [tool, isUsable] of [
    [tools.undo, past.length],
    [tools.redo, future.length],
    [tools.clear, kept.length],
  ]) {
    tool.setAttribute("aria-disabled", String(!isUsable))
  }
}

function put(changed) {
  paper.put(changed)
  keep(changed)
}

function undo() {
  if (!past.length) return
  future.push(kept)
  put(past.pop())
}

function redo() {
  if (!future.length) return
  past.push(kept)
  put(future.pop())
}

function clear() {
  if (!kept.length) return
  remember()
  put([])
}

function toggleEraser() {
  paper.isErasing = !paper.isErasing
  tools.eraser.setAttribute("aria-pressed", String(paper.isErasing))
  canvas.classList.toggle("is-erasing", paper.isErasing)
}

// ---- The answer

function showSoon(isUnfinished) {
  cancelAnimationFrame(frame)
  frame = requestAnimationFrame(() => show(isUnfinished))
}

function show(isUnfinished) {
  paint()
  if (!network) return
  const image = rasterize(clipStrokes(strokes, SIZE), PEN_WIDTH)
  const reading = read(network, image)
  fill(find("#headline"), headline(reading, isUnfinished))
  fill(find("#detail"), detail(reading))
  fill(find("#likeness"), digitLikelihood(reading))
  fill(find("#bars"), probabilityBars(reading))
  showImage(image)
  clearTimeout(saying)
  saying = setTimeout(() => (find("#said").textContent = image ? inWords() : ""), 1000 * SECONDS_TO_SAY)
}

function inWords() {
  return `${find("#headline").innerText} ${find("#detail").innerText}`.replace(/\s+/g, " ").trim()
}

/** Put HTML in an element; styles are set afterwards, since the page's policy allows none in HTML. */
function fill(element, html) {
  element.innerHTML = html.replaceAll(' style="', ' data-style="')
  for (const styled of element.querySelectorAll("[data-style]")) styled.style.cssText = styled.dataset.style
}

function showImage(image) {
  const context = find("#image").getContext("2d")
  const picture = context.createImageData(IMAGE_SIDE, IMAGE_SIDE)
  for (let pixel = 0; pixel < IMAGE_SIDE * IMAGE_SIDE; pixel++) {
    picture.data.fill(image?.[pixel] ?? 0, 4 * pixel, 4 * pixel + 3)
    picture.data[4 * pixel + 3] = 255
  }
  context.putImageData(picture, 0, 0)
}

function paint() {
  const pixels = Math.round(canvas.clientWidth * window.devicePixelRatio)
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels
  const context = canvas.getContext("2d")
  context.setTransform(pixels / SIZE, 0, 0, pixels / SIZE, 0, 0)
  context.clearRect(0, 0, SIZE, SIZE)
  context.lineCap = context.lineJoin = "round"
  context.lineWidth = PEN_WIDTH
  context.strokeStyle = getComputedStyle(canvas).getPropertyValue("--pen")
  context.beginPath()
  for (const [first, ...others] of strokes) {
    context.moveTo(...first)
    for (const point of others.length ? others : [first]) context.lineTo(...point)
  }
  context.stroke()
}

// ---- The network: base64 of a file that is compressed

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (byte) => byte.charCodeAt(0))
  const content = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
  return parseNetwork(await new Response(content).arrayBuffer())
}

async function begin() {
  const packed = find("#network")
  try {
    network = await unpack(packed.textContent)
  } catch {
    find("#headline").textContent = "This browser can't unpack the network. A newer one can."
    return
  }
  packed.remove()
  document.body.dataset.reads = ""
  showSoon(false)
}

function onKey(event) {
  if (event.altKey) return
  const key = event.key.toLowerCase()
  const isCommand = event.ctrlKey || event.metaKey
  const command = isCommand
    ? { z: event.shiftKey ? redo : undo, y: redo }[key]
    : { c: clear, e: toggleEraser }[key]
  if (!command) return
  event.preventDefault()
  command()
}

for (const [tool, act] of [
  [tools.undo, undo],
  [tools.redo, redo],
  [tools.eraser, toggleEraser],
  [tools.clear, clear],
]) {
  tool.addEventListener("click", act)
}
document.addEventListener("keydown", onKey)
new ResizeObserver(paint).observe(canvas)
keep([])
begin()
