/**
 * Keyboard and screen readers among the pixels and units of a diagram, which is a picture: the chosen one is an element
 * that has the focus; each key makes the element of the next one, so that it is announced as it takes the focus.
 */

import { centerOf, placeAfter } from "./diagram_layout.js"

const LEAST_SIZE = 24 // pixels: a target for a finger

export class NavigableUnits {
  #root
  #options
  #place = null
  #places = null
  #option = null

  /**
   * @param {HTMLElement} root a listbox over the picture
   * @param {object} options
   * @param {(place: import("./diagram_layout.js").Place) => void} options.onSelect
   * @param {(place: import("./diagram_layout.js").Place) => string} options.describe
   */
  constructor(root, options) {
    this.#root = root
    this.#options = options
    root.addEventListener("keydown", (event) => this.#onKey(event))
  }

  /**
   * @param {import("./diagram_layout.js").Places} places
   * @param {import("./diagram_layout.js").Place} place the chosen one
   */
  show(places, place) {
    const isOther = place.layer !== this.#place?.layer || place.unit !== this.#place?.unit
    this.#place = place
    if (isOther || !this.#option) this.#replace()
    if (isOther || places !== this.#places) this.#put(places)
    this.#places = places
    const label = this.#options.describe(place)
    if (this.#option.getAttribute("aria-label") !== label) this.#option.setAttribute("aria-label", label)
  }

  #replace() {
    const hadFocus = document.activeElement === this.#option
    const option = document.createElement("div")
    option.className = "diagram-unit"
    option.tabIndex = 0
    option.setAttribute("role", "option")
    option.setAttribute("aria-selected", "true")
    option.setAttribute("aria-label", this.#options.describe(this.#place))
    this.#root.append(option)
    if (hadFocus) option.focus({ preventScroll: true })
    this.#option?.remove()
    this.#option = option
  }

  #put({ parts }) {
    const part = parts[this.#place.layer + 1]
    if (!part) return
    const [x, y] = centerOf(part, this.#place.unit)
    const { style } = this.#option
    style.left = `${x}px`
    style.top = `${y}px`
    style.setProperty("--size", `${Math.max(part.kind === "outputs" ? 30 : LEAST_SIZE, Math.min(part.pitchX, part.pitchY))}px`)
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const place = this.#places && placeAfter(this.#places, this.#place, event.key)
    if (!place) return
    event.preventDefault() // the page does not scroll
    this.#options.onSelect(place)
  }
}
