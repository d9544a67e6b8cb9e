/** All trials as a table, which is sorted by a column; it says in words what the charts show. */

import { format, isReached } from "./study_model.js"

const WORDS = { waiting: "waiting", running: "running", finished: "finished", pruned: "pruned", failed: "failed", lost: "lost" }

export class TrialTable {
  #table
  #model
  #rows = new Map() // by trial
  #sortedBy = null // a column; null: by the first objective
  #isDown = false
  #columns = ""
  #hovered = null

  constructor(table, model, onHover, onOpen) {
    this.#table = table
    this.#model = model
    const body = table.tBodies[0]
    const numberAt = (event) => {
      const row = event.target.closest("tr")
      return row ? Number(row.dataset.number) : null
    }
    body.addEventListener("pointerover", (event) => onHover(numberAt(event)))
    body.addEventListener("pointerleave", () => onHover(null))
    body.addEventListener("focusin", (event) => onHover(numberAt(event)))
    body.addEventListener("focusout", () => onHover(null))
    body.addEventListener("click", (event) => {
      const number = numberAt(event)
      if (number !== null) onOpen(number)
    })
  }

  /** Take over the trials that are new or have changed. */
  update(changed) {
    this.#makeHead()
    for (const { number } of changed) {
      const row = this.#rows.get(number) ?? document.createElement("tr")
      this.#rows.set(number, row)
      this.#fill(row, this.#model.trials.get(number))
    }
    this.#sort()
  }

  /** Show the trials that are not filtered out. */
  filter() {
    for (const [number, row] of this.#rows) {
      const isHidden = !this.#model.isIn(this.#model.trials.get(number))
      if (row.hidden !== isHidden) row.hidden = isHidden
    }
  }

  highlight() {
    const { hovered } = this.#model
    if (hovered === this.#hovered) return
    this.#rows.get(this.#hovered)?.classList.remove("study-hovered")
    this.#rows.get(hovered)?.classList.add("study-hovered")
    this.#hovered = hovered
  }

  #makeHead() {
    const titles = ["Trial", "State", ...this.#model.axes.map((axis) => axis.title), "Seconds"]
    if (titles.join("\n") === this.#columns) return
    this.#columns = titles.join("\n")
    this.#table.tHead.rows[0].replaceChildren(
      ...titles.map((title, column) => {
        const cell = document.createElement("th")
        const button = document.createElement("button")
        cell.scope = "col"
        button.type = "button"
        button.textContent = title
        button.addEventListener("click", () => {
          this.#isDown = this.#sortedBy === column && !this.#isDown
          this.#sortedBy = column
          this.#sort()
        })
        cell.append(button)
        return cell
      }),
    )
  }

  #fill(row, trial) {
    row.dataset.number = trial.number
    row.classList.toggle("study-best-row", trial === this.#model.best)
    const { axes } = this.#model
    const texts = [WORDS[trial.state], ...axes.map((axis, index) => format(axis, this.#model.value(trial, index))), trial.seconds ? trial.seconds.toFixed(1) : "–"]
    if (!row.cells.length) {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = trial.number
      button.setAttribute("aria-label", `Open trial ${trial.number}`)
      row.insertCell().append(button)
      for (const _ of texts) row.insertCell()
    }
    texts.forEach((text, index) => {
      const cell = row.cells[index + 1]
      if (cell.textContent !== text) cell.textContent = text
    })
    row.cells[1].title = trial.note
  }

  #sort() {
    const column = this.#sortedBy
    const keys = new Map([...this.#rows.keys()].map((number) => [number, this.#key(this.#model.trials.get(number), column)]))
    const sign = this.#isDown ? -1 : 1
    const order = [...this.#rows.keys()].sort((one, other) => {
      const [left, right] = [keys.get(one), keys.get(other)]
      return sign * (left < right ? -1 : left > right ? 1 : 0) || one - other
    })
    for (const [index, cell] of [...this.#table.tHead.rows[0].cells].entries()) {
      if (index === column) cell.setAttribute("aria-sort", this.#isDown ? "descending" : "ascending")
      else cell.removeAttribute("aria-sort")
    }
    const rows = order.map((number) => this.#rows.get(number))
    const body = this.#table.tBodies[0]
    const isSame = rows.length === body.rows.length && rows.every((row, index) => row === body.rows[index])
    if (!isSame && !body.contains(document.activeElement)) body.replaceChildren(...rows)
    for (const [number, row] of this.#rows) {
      row.classList.toggle("study-best-row", number === this.#model.best?.number)
      if (!row.isConnected) body.append(row)
    }
    this.filter()
  }

  #key(trial, column) {
    const { axes, goal } = this.#model
    if (column === null) return isReached(trial) ? (goal.more ? -1 : 1) * trial.values[0] : Infinity
    if (column === 0) return trial.number
    if (column === 1) return WORDS[trial.state]
    if (column > axes.length + 1) return trial.seconds
    const at = trial.places[column - 2]
    return Number.isNaN(at) ? Infinity : at
  }
}
