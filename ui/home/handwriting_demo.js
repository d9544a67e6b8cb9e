const PIXELS_PER_SECOND = 210
const HOLD_SECONDS = 1.7
const PAUSE_SECONDS = 0.35
const PAPER_SIZE = 280
const STEP = 6 // pixels from point to point

const writers = new WeakMap()

export default function (component) {
  const { data, parentElement } = component
  if (!writers.has(parentElement)) writers.set(parentElement, write(parentElement, data))
  return () => {
    writers.get(parentElement)?.()
    writers.delete(parentElement)
  }
}

/** Write the digits in turn until the function that this returns is called. */
function write(parent, { digits, pen }) {
  const paper = parent.querySelector(".writing-paper")
  const show = answer(parent)
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  const density = window.devicePixelRatio || 1
  paper.width = paper.height = PAPER_SIZE * density
  const context = paper.getContext("2d")
  context.scale(density, density)
  context.lineCap = context.lineJoin = "round"
  context.lineWidth = pen
  context.strokeStyle = getComputedStyle(paper).getPropertyValue("--pen")

  let turn = 0
  let start = null
  let request = requestAnimationFrame(frame)

  function frame(now) {
    request = requestAnimationFrame(frame)
    start ??= now
    const { strokes, probabilities, verdicts } = digits[turn]
    const points = strokes.reduce((sum, stroke) => sum + stroke.length, 0)
    const writing = (points * STEP) / PIXELS_PER_SECOND
    const seconds = (now - start) / 1000
    if (seconds > PAUSE_SECONDS + writing + HOLD_SECONDS) {
      turn = (turn + 1) % digits.length
      start = now
      return
    }
    const share = calm ? 1 : Math.min(Math.max((seconds - PAUSE_SECONDS) / writing, 0), 1)
    draw(context, strokes, share * points)
    const place = share * probabilities.length - 1
    if (share === 0) show(null, null)
    else show(between(probabilities, place), verdicts[Math.max(Math.round(place), 0)])
  }

  return () => cancelAnimationFrame(request)
}

/** The strokes as far as the first `count` points, the last of them in part. */
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

/** Probabilities at a place between two stages. */
function between(stages, place) {
  const before = stages[Math.max(Math.floor(place), 0)]
  const after = stages[Math.min(Math.max(Math.ceil(place), 0), stages.length - 1)]
  const part = place - Math.floor(place)
  return before.map((value, digit) => value + part * (after[digit] - value))
}

/** A function that shows ten probabilities and what they are worth, or nothing. */
function answer(parent) {
  const said = parent.querySelector(".answer")
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
    said.classList.toggle("answer-words", none)
    digit.hidden = none
    digit.textContent = best ?? ""
    digit.classList.toggle("answer-guess", verdict === "perhaps")
    percent.textContent = none ? "no digit yet" : probabilities ? words(probabilities[best]) : ""
    all.classList.toggle("bars-dimmed", none)
    bars.forEach(({ bar, fill, text }, index) => {
      const value = probabilities?.[index] ?? 0
      bar.classList.toggle("bar-best", index === best)
      fill.style.height = `${100 * value}%`
      text.textContent = words(value)
    })
  }
}

function words(probability) {
  if (probability < 0.005) return ""
  return probability > 0.994 ? "> 99 %" : `${Math.round(100 * probability)} %`
}
