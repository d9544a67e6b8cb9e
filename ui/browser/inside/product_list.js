/** Rows of numbers with bars, in a table whose rows stay: nothing moves while the numbers change. */

import { shortNameOf } from "./formatting.js"

/**
 * @typedef {object} Row
 * @property {import("./diagram_layout.js").Place} [place] what the row is about: it leads there
 * @property {string} [name] instead of a place's
 * @property {string} [detail]
 * @property {string} value
 * @property {number} [share] the length of its bar, from -1 to 1
 * @property {boolean} [isTotal]
 */

export class ProductList {
  #rows

  /**
   * @param {HTMLElement} body of a table
   * @param {number} count rows
   * @param {(place: import("./diagram_layout.js").Place) => void} onSelect
   */
  constructor(body, count, onSelect) {
    this.#rows = Array.from({ length: count }, () => {
      const row = document.createElement("tr")
      row.className = "is-empty"
      row.innerHTML =
        '<th scope="row"><button type="button" class="unit-link"></button><span></span></th>' +
        '<td class="product-detail"></td><td class="product-value"></td><td class="product-bar"><i></i></td>'
      const [button, name, detail, value, bar] = row.querySelectorAll("button, span, .product-detail, .product-value, i")
      const made = { row, button, name, detail, value, bar, place: null }
      button.addEventListener("click", () => onSelect(made.place))
      body.append(row)
      return made
    })
  }

  /**
   * @param {number} numLayers of the network
   * @param {Row[]} rows
   */
  show(numLayers, rows) {
    this.#rows.forEach((made, index) => {
      const { place = null, name = "", detail = "", value = "", share = 0, isTotal = false } = rows[index] ?? {}
      made.place = place
      made.row.classList.toggle("is-empty", value === "")
      made.row.classList.toggle("is-total", isTotal)
      setText(made.button, place ? shortNameOf(place, numLayers) : "")
      made.button.hidden = !place
      setText(made.name, place ? "" : name)
      setText(made.detail, detail)
      setText(made.value, value)
      made.bar.style.setProperty("--share", Math.abs(share).toFixed(3))
      made.bar.classList.toggle("is-negative", share < 0)
    })
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}
