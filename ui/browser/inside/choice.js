/** A menu that follows what the page finds, until the visitor chooses. */

export class Choice {
  #select
  #isChosen = false

  /**
   * @param {HTMLSelectElement} select
   * @param {() => void} onChange
   */
  constructor(select, onChange) {
    this.#select = select
    select.addEventListener("change", () => {
      this.#isChosen = true
      onChange()
    })
  }

  /** Choose this, unless the visitor has chosen. @param {number} value */
  suggest(value) {
    if (!this.#isChosen) this.#select.value = String(value)
  }

  /** Offer the last option, that it is no digit, or not. @param {boolean} isOffered */
  offerNoDigit(isOffered) {
    const option = [...this.#select.options].find(({ value }) => value === "10")
    option.hidden = option.disabled = !isOffered
    if (!isOffered && this.#select.value === "10") {
      this.#isChosen = false
      this.#select.value = "0"
    }
  }

  get value() {
    return Number(this.#select.value)
  }

  set value(value) {
    this.#select.value = String(value)
  }
}
