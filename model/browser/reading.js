/** What a network reads in an image, and what that is worth, as model/inference/classification.py says. */

// As in model/inference/thresholds.py.
export const ACCEPT_AT_LEAST = 0.5 // an image with a smaller probability of being a digit is rejected
export const CERTAIN_DIGIT_AT_LEAST = 0.65 // with a smaller one, the prediction is only a guess
export const CONFIDENT_AT_LEAST = 0.8 // with a smaller confidence, the prediction is only a guess
export const UNAMBIGUOUS_AT_LEAST = 0.9 // with a smaller confidence, the second most probable digit is worth showing

/** @typedef {"digit" | "perhaps" | "no digit"} Verdict */

/**
 * @typedef {object} Reading
 * @property {number[] | null} probabilities of the ten digits; null of blank paper
 * @property {number | null} isDigit the probability that the image shows a digit; null without a reject class
 * @property {Verdict | null} verdict null of blank paper
 * @property {number | null} digit the most probable one, whatever the verdict
 * @property {[number, number][]} guesses the most probable digit with its probability; if that is low, the second too
 * @property {number | null} second the second most probable digit
 */

/** @type {Reading} */
export const BLANK = { probabilities: null, isDigit: null, verdict: null, digit: null, guesses: [], second: null }

/**
 * Read an image with a network.
 *
 * @param {import("./network.js").Network} network
 * @param {Uint8Array | null} image 784 pixels; null for blank paper
 * @returns {Reading}
 */
export function read(network, image) {
  if (!image) return BLANK
  const { probabilities, isDigit } = network.predict(image)
  return readingOf([...probabilities], isDigit)
}

/**
 * @param {number[]} probabilities of the ten digits
 * @param {number | null} isDigit
 * @returns {Reading}
 */
export function readingOf(probabilities, isDigit) {
  const ranked = probabilities.map((probability, digit) => [digit, probability]).sort(([, a], [, b]) => b - a)
  const [digit, probability] = ranked[0]
  return {
    probabilities,
    isDigit,
    verdict: verdictOn(probability, isDigit),
    digit,
    guesses: ranked.slice(0, probability >= CONFIDENT_AT_LEAST ? 1 : 2),
    second: ranked[1][0],
  }
}

/**
 * @param {number} probability of the most probable digit
 * @param {number | null} isDigit
 * @returns {Verdict}
 */
export function verdictOn(probability, isDigit) {
  const certainty = isDigit ?? 1
  if (certainty < ACCEPT_AT_LEAST) return "no digit"
  return certainty < CERTAIN_DIGIT_AT_LEAST || probability < CONFIDENT_AT_LEAST ? "perhaps" : "digit"
}
