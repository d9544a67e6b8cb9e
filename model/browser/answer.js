/** A reading as HTML, with the same words and the same markup as ui/draw/prediction.py. */

import { UNAMBIGUOUS_AT_LEAST } from "./reading.js"

/** @typedef {import("./reading.js").Reading} Reading */

const LIKELIHOOD_HELP = "The network was also trained to reject scribbles and letters."
const NEVER_CERTAIN = 1e-9 // how far from 0 and from 1 a probability is at least said to be

/**
 * The answer in large type: the digit and its probability, or a guess, or that it is not a digit.
 *
 * @param {Reading} reading
 * @param {boolean} isUnfinished whether the pen is still drawing: what is no digit may become one
 */
export function headline({ verdict, guesses }, isUnfinished = false) {
  if (verdict === null) return heading("answer-words answer-blank", "Draw a digit")
  if (verdict === "no digit" && isUnfinished) return heading("answer-words answer-blank", "No digit yet")
  if (verdict === "no digit") return heading("answer-words", "That doesn't look like a digit")
  if (verdict === "perhaps") {
    const named = guesses.map(([digit]) => `${article(digit)} <span class="answer-digit answer-guess">${digit}</span>`)
    return heading("answer-perhaps", `perhaps ${named.join(", or ")}`)
  }
  const [[digit, probability]] = guesses
  return heading(
    "",
    `<span class="answer-digit">${digit}</span> <span class="answer-percent">${percent(probability)}</span>`,
  )
}

function heading(cssClass, content) {
  return `<div class="answer ${cssClass}">${content}</div>`
}

/**
 * One more line about the answer: an alternative, and how probable the guesses are; blank where it is sure.
 *
 * @param {Reading} reading
 */
export function detail(reading) {
  return `<div class="answer-detail">${detailWords(reading) || "&nbsp;"}</div>`
}

function detailWords({ probabilities, verdict, digit, guesses, second }) {
  if (verdict === null) return ""
  if (verdict === "no digit") return `closest match: ${digit}`
  if (verdict === "perhaps") {
    const listed = guesses.map(([guess, probability]) => `${guess}: ${percent(probability)}`).join(", ")
    return guesses.length > 1 ? listed : `${listed}, if a digit at all`
  }
  if (probabilities[digit] >= UNAMBIGUOUS_AT_LEAST) return ""
  return `or ${article(second)} ${second}, ${percent(probabilities[second])}`
}

function article(digit) {
  return digit === 8 ? "an" : "a"
}

/**
 * A meter of the probability that the image shows a digit at all; empty where the network can't tell.
 *
 * @param {Reading} reading
 */
export function digitLikelihood({ isDigit }) {
  if (isDigit === null) return '<div class="likeness"></div>'
  return (
    `<div class="likeness" title="${LIKELIHOOD_HELP}">Is it a digit?<span class="likeness-track">` +
    `<span class="likeness-fill" style="width: ${(100 * isDigit).toFixed(1)}%"></span></span>` +
    `<span class="likeness-percent">${percent(isDigit, 0)}</span></div>`
  )
}

/**
 * A bar for each digit, as high as its probability; dimmed for a rejection, empty where nothing is drawn.
 *
 * @param {Reading} reading
 */
export function probabilityBars({ probabilities, digit, verdict }) {
  const bars = (probabilities ?? Array(10).fill(0)).map((probability, index) => {
    const height = `${(100 * probability).toFixed(2)}%`
    return (
      `<div class="bar${index === digit ? " bar-best" : ""}" title="${index}: ${height}">` +
      `<span class="bar-percent">${wholePercent(probability)}</span>` +
      `<span class="bar-track"><span class="bar-fill" style="height: ${height}"></span></span>` +
      `<span class="bar-digit">${index}</span></div>`
    )
  })
  return `<div class="bars${verdict === "no digit" ? " bars-dimmed" : ""}">${bars.join("")}</div>`
}

/** The text above a bar. */
function wholePercent(probability) {
  if (probability < 0.005) return ""
  return probability > 0.994 ? "&gt; 99 %" : `${(100 * probability).toFixed(0)} %`
}

/** A probability as text that is never certain, not even where it rounds to 0 or 1. */
function percent(probability, decimals = 1) {
  const share = Math.min(Math.max(probability, NEVER_CERTAIN), 1 - NEVER_CERTAIN)
  const smallest = 10 ** -decimals
  if (share < smallest / 200) return `&lt; ${smallest.toFixed(decimals)} %`
  if (1 - smallest / 200 <= share) return `&gt; ${(100 - smallest).toFixed(decimals)} %`
  return `${(100 * share).toFixed(decimals)} %`
}
