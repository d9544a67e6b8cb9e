/** The axis along the ink, which the pictures of the moments share: in units of their viewBox. */

export const WIDTH = 560
export const [LEFT, RIGHT] = [4, 34] // margins; what is named at the right has its place there

/** @param {number} share of the ink, 0 to 1 */
export function xOf(share) {
  return LEFT + share * (WIDTH - LEFT - RIGHT)
}

/** @param {number} share of the ink, 0 to 1 */
export function percentOfInk(share) {
  return `${Math.round(100 * share)} %`
}
