const PIXELS_PER_SECOND = 210
const HOLD_SECONDS = 1.7
const PAUSE_SECONDS = 0.35
const PAPER_SIZE = 280
const POINT_SPACING = 6 // pixels; ui/draw/sample_digits.py has the same number

const writers = new WeakMap()

export default function (component) {
  const { data, parentElement } = component
  if (!writers.has(parentElement)) writers.set(parentElement, write(parentElement, data))
  return () => {
    writers.get(parentElement)?.()
    writers.delete(parentElement)
  }
}

/** Write the digits one after another; returns the function that stops it. */
function write(parent, { digits, penWidth, penColor }) {
  const paper = parent.querySelector(".writing-paper")
  const show = predictionView(parent)
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches
  const density = window.devicePixelRatio || 1
  paper.width = paper.height = PAPER_SIZE * density
  const context = paper.getContext("2d")
  context.scale(density, density)
  context.lineCap = context.lineJoin = "round"
  context.lineWidth = penWidth
  context.strokeStyle = penColor

  const pause = parent.querySelector(".writing-pause")
  const word = parent.querySelector(".writing-pause-word")
  let current = 0
  let start = null
  let pausedAt = null
  let request = requestAnimationFrame(frame)

  pause.onclick = () => {
    const isPaused = pause.classList.toggle("writing-paused")
    word.textContent = isPaused ? "Play" : "Pause"
    if (isPaused) {
      pausedAt = performance.now()
      cancelAnimationFrame(request)
    } else {
      start += performance.now() - pausedAt // goes on where it was
      request = requestAnimationFrame(frame)
    }
  }

  function frame(now) {
    request = requestAnimationFrame(frame)
    start ??= now
    const { strokes, probabilities, verdicts } = digits[current]
    const points = strokes.reduce((sum, stroke) => sum + stroke.length, 0)
    const writingSeconds = (points * POINT_SPACING) / PIXELS_PER_SECOND
    const seconds = (now - start) / 1000
    if (seconds > PAUSE_SECONDS + writingSeconds + HOLD_SECONDS) {
      current = (current + 1) % digits.length
      start = now
      return
    }
    const share = reducedMotion ? 1 : Math.min(Math.max((seconds - PAUSE_SECONDS) / writingSeconds, 0), 1)
    draw(context, strokes, share * points)
    const stage = share * probabilities.length - 1
    if (share === 0) show(null, null)
    else show(interpolate(probabilities, stage), verdicts[Math.max(Math.round(stage), 0)])
  }

  return () => cancelAnimationFrame(request)
}

/** Draw the strokes up to the first `count` points, a fraction of the last one included. */
function draw(context, strokes, count) {
  context.clearRect(0, 0, PAPER_SIZE, PAPER_SIZE)
  context.beginPath()
  for (const stroke of strokes) {
    if (count <= 0) break
    context.moveTo(...stroke[0])
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
