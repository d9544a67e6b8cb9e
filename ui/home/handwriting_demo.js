/** Digits that write themselves, and a paper that the visitor takes over; see handwriting_demo.py. */

const PIXELS_PER_SECOND = 210
const HOLD_SECONDS = 1.7
const PAUSE_SECONDS = 0.35
const PAPER_SIZE = 280 // as ui/draw/fabric.py has it
const POINT_SPACING = 6 // pixels; ui/draw/sample_digits.py has the same number

export default mounted(({ data, parentElement }) => new Demo(parentElement, data))

/** Writes the digits one after another, until the visitor writes. */
class Demo {
  #root
  #data
  #context
  #show // shows probabilities and a verdict
  #word // of the button that pauses and plays
  #current = 0 // the digit that is being written
  #start = null // since when; null if it is about to begin
  #pausedAt = null
  #request = null // for the next picture
  #paper = null // hears the visitor's pen, once the browser can read
  #isDisconnected = false

  constructor(parent, data) {
    this.#data = data
    this.#root = parent.querySelector(".writing")
    this.#context = prepare(parent.querySelector(".writing-paper"), data)
    this.#show = predictionView(parent)
    this.#word = parent.querySelector(".writing-pause-word")
    parent.querySelector(".writing-pause").onclick = () => this.#toggle()
    parent.querySelector(".writing-clear").onclick = () => this.#clear()
    this.#play()
    this.#listen()
  }

  disconnect() {
    this.#isDisconnected = true
    this.#paper?.disconnect()
    cancelAnimationFrame(this.#request)
  }

  get #foot() {
    return this.#root.nextElementSibling
  }

  // ---- The digits that write themselves

  #play() {
    this.#foot.classList.remove("writing-paused", "writing-own")
    this.#word.textContent = "Pause"
    if (this.#pausedAt !== null && this.#start !== null) this.#start += performance.now() - this.#pausedAt // goes on
    this.#pausedAt = null
    this.#request = requestAnimationFrame((now) => this.#frame(now))
  }

  #stop() {
    this.#foot.classList.add("writing-paused")
    this.#word.textContent = "Play"
    this.#pausedAt = performance.now()
    cancelAnimationFrame(this.#request)
    this.#request = null
  }

  #toggle() {
    if (this.#pausedAt === null) {
      this.#stop()
      return
    }
    if (this.#foot.classList.contains("writing-own")) {
      this.#clear()
      this.#start = null
    }
    this.#play()
  }

  #frame(now) {
    this.#request = requestAnimationFrame((next) => this.#frame(next))
    this.#start ??= now
    const { strokes, probabilities, verdicts } = this.#data.digits[this.#current]
    const points = strokes.reduce((sum, stroke) => sum + stroke.length, 0)
    const writingSeconds = (points * POINT_SPACING) / PIXELS_PER_SECOND
    const seconds = (now - this.#start) / 1000
    if (seconds > PAUSE_SECONDS + writingSeconds + HOLD_SECONDS) {
      this.#current = (this.#current + 1) % this.#data.digits.length
      this.#start = now
      return
    }
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches
    const share = isStill ? 1 : Math.min(Math.max((seconds - PAUSE_SECONDS) / writingSeconds, 0), 1)
    draw(this.#context, strokes, share * points)
    const stage = share * probabilities.length - 1
    if (share === 0) this.#show(null, null)
    else this.#show(interpolate(probabilities, stage), verdicts[Math.max(Math.round(stage), 0)])
  }

  // ---- The visitor's own pen: once the network is here, the browser reads what it writes.

  async #listen() {
    if (!this.#data.network || navigator.connection?.saveData) return
    const modules = await imported(this.#data.modules)
    const network = await modules?.keptNetwork(resolved(this.#data.network)).catch(() => null)
    if (!network || this.#isDisconnected) return // the digits go on writing themselves
    const { rasterize, clipStrokes, read, Paper } = modules
    const answer = (strokes) => {
      draw(this.#context, strokes, Infinity)
      const image = rasterize(clipStrokes(strokes, PAPER_SIZE), this.#data.penWidth)
      const { probabilities, verdict } = read(network, image)
      this.#show(probabilities, verdict)
    }
    this.#paper = new Paper(this.#context.canvas, {
      size: PAPER_SIZE,
      onChange: (strokes) => {
        if (this.#pausedAt === null) this.#stop()
        this.#foot.classList.add("writing-own")
        this.#request ??= requestAnimationFrame(() => {
          this.#request = null
          answer(strokes)
        })
      },
    })
    for (const part of [this.#root, this.#foot]) part.classList.add("writing-live")
  }

  #clear() {
    cancelAnimationFrame(this.#request)
    this.#request = null
    this.#paper.clear()
    draw(this.#context, [], 0)
    this.#show(null, null)
  }
}

/** Make the canvas as fine as the screen, and give it a pen. */
function prepare(canvas, { penWidth, penColor }) {
  const density = window.devicePixelRatio || 1
  canvas.width = canvas.height = PAPER_SIZE * density
  const context = canvas.getContext("2d")
  context.scale(density, density)
  context.lineCap = context.lineJoin = "round"
  context.lineWidth = penWidth
  context.strokeStyle = penColor
  return context
}

/** Draw the strokes up to the first `count` points, a fraction of the last one included. */
function draw(context, strokes, count) {
  context.clearRect(0, 0, PAPER_SIZE, PAPER_SIZE)
  context.beginPath()
  for (const stroke of strokes) {
    if (count <= 0) break
    context.moveTo(...stroke[0])
    if (stroke.length === 1) context.lineTo(...stroke[0]) // a dot
    for (let index = 1; index < Math.min(count, stroke.length); index++) {
      const [[fromX, fromY], [toX, toY]] = [stroke[index - 1], stroke[index]]
      const part = Math.min(count - index, 1)
      context.lineTo(fromX + part * (toX - fromX), fromY + part * (toY - fromY))
    }
    count -= stroke.length
  }
  context.stroke()
}

/** Interpolate the probabilities at a fractional index between two stages. */
function interpolate(stages, index) {
  const before = stages[Math.max(Math.floor(index), 0)]
  const after = stages[Math.min(Math.max(Math.ceil(index), 0), stages.length - 1)]
  const part = index - Math.floor(index)
  return before.map((value, digit) => value + part * (after[digit] - value))
}

/** Make the function that shows ten probabilities and their verdict, or nothing. */
function predictionView(parent) {
  const headline = parent.querySelector(".answer")
  const all = parent.querySelector(".bars")
  const digit = parent.querySelector(".answer-digit")
  const percent = parent.querySelector(".answer-percent")
  const bars = [...parent.querySelectorAll(".bar")].map((bar) => ({
    bar,
    fill: bar.querySelector(".bar-fill"),
    text: bar.querySelector(".bar-percent"),
  }))
  return (probabilities, verdict) => {
    const best = probabilities?.indexOf(Math.max(...probabilities))
    const none = verdict === "no digit"
    headline.classList.toggle("answer-words", none)
    digit.hidden = none
    digit.textContent = best ?? ""
    digit.classList.toggle("answer-guess", verdict === "perhaps")
    percent.textContent = none ? "no digit yet" : probabilities ? formatPercent(probabilities[best]) : ""
    all.classList.toggle("bars-dimmed", none)
    bars.forEach(({ bar, fill, text }, index) => {
      const value = probabilities?.[index] ?? 0
      bar.classList.toggle("bar-best", index === best)
      fill.style.height = `${100 * value}%`
      text.textContent = formatPercent(value)
    })
  }
}

function formatPercent(probability) {
  if (probability < 0.005) return ""
  return probability > 0.994 ? "> 99 %" : `${Math.round(100 * probability)} %`
}
