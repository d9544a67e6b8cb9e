/** The theme's colors as a canvas needs them, and shades between them; they follow a change from light to dark. */

const NAMES = ["positive", "negative", "page", "text", "paper", "pen"]
const STEPS = 48 // shades on either side of zero
const NEUTRAL = 0.07 // share of the text's color in the shade of zero

export class Palette {
  #probes = {}
  #colors = {}
  #shades = []

  /**
   * @param {Element} root in which the style sheet's custom properties hold
   * @param {() => void} onChange called when the colors have become others
   */
  constructor(root, onChange) {
    for (const name of NAMES) {
      const probe = document.createElement("i")
      probe.className = "color-probe"
      probe.style.color = `var(--${name})`
      root.append(probe)
      this.#probes[name] = probe
    }
    this.#probes.text.addEventListener("transitionend", () => {
      this.#read()
      onChange()
    })
    this.#read()
  }

  #read() {
    for (const name of NAMES) this.#colors[name] = getComputedStyle(this.#probes[name]).color.match(/[\d.]+/g).map(Number)
    const { positive, negative, page, text } = this.#colors
    const neutral = mixed(page, text, NEUTRAL)
    this.#shades = Array.from({ length: 2 * STEPS + 1 }, (_, index) => {
      const strength = Math.abs(index - STEPS) / STEPS
      return mixed(neutral, index > STEPS ? positive : negative, strength)
    })
  }

  /**
   * A color of the theme, as CSS writes it.
   *
   * @param {string} name
   * @param {number} opacity
   */
  css(name, opacity = 1) {
    return `rgb(${this.#colors[name].slice(0, 3).join(" ")} / ${opacity})`
  }

  /**
   * The shade of a value from -1, negative, to 1, positive: red, green and blue.
   *
   * @param {number} value
   * @returns {number[]}
   */
  shade(value) {
    const limited = Math.min(Math.max(value || 0, -1), 1)
    return this.#shades[STEPS + Math.round(Math.sign(limited) * Math.sqrt(Math.abs(limited)) * STEPS)]
  }

  /**
   * The color of ink that says so much, from -1 to 1: the pen's own for nothing.
   *
   * @param {number} value
   */
  inkCss(value) {
    const { pen, positive, negative } = this.#colors
    return `rgb(${mixed(pen, value > 0 ? positive : negative, Math.min(Math.abs(value), 1)).join(" ")})`
  }

  /** The same as `shade`, as CSS writes it. @param {number} value */
  shadeCss(value) {
    return `rgb(${this.shade(value).join(" ")})`
  }
}

function mixed(from, to, share) {
  return [0, 1, 2].map((part) => Math.round(from[part] + share * (to[part] - from[part])))
}

/** The largest magnitude among values, at least a little. @param {ArrayLike<number>} values */
export function largest(values) {
  let found = 1e-12
  for (let index = 0; index < values.length; index++) found = Math.max(found, Math.abs(values[index]))
  return found
}
