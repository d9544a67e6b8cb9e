/** The linked charts of an experiment; see study_charts.py. What is new is asked for while the experiment goes on. */

const INTERVAL_MS = 1000
const RETRY_MS = 5000 // after the app could not be reached

export default mounted(({ parentElement }) => new Watch(parentElement))

class Watch {
  #root
  #markup
  #data = {}
  #modules = null
  #study = null
  #version = 0
  #timer = 0
  #component
  #told = ""
  #listening = new AbortController()

  constructor(element) {
    this.#root = element.querySelector(".study")
    this.#markup = this.#root.innerHTML
    document.addEventListener("visibilitychange", () => this.#schedule(0), { signal: this.#listening.signal })
  }

  update(component) {
    const before = this.#data
    this.#component = component
    this.#data = component.data
    if (this.#data.feed !== before.feed) this.#begin()
    else if (this.#data.look !== before.look) this.#schedule(0)
  }

  disconnect() {
    this.#listening.abort()
    clearTimeout(this.#timer)
    this.#study?.disconnect()
  }

  /** Show another experiment. */
  async #begin() {
    this.#study?.disconnect()
    this.#study = null
    this.#version = 0
    this.#told = ""
    this.#root.dataset.state = "loading"
    this.#root.innerHTML = this.#markup
    this.#modules ??= await imported(this.#data.modules)
    if (!this.#modules) this.#root.dataset.state = "failed"
    if (!this.#modules || this.#listening.signal.aborted) return
    this.#study ??= new this.#modules.Study(this.#root, (number) => this.#component.setTriggerValue("opened", number))
    this.#schedule(0)
  }

  #schedule(milliseconds) {
    clearTimeout(this.#timer)
    if (this.#study && !document.hidden) this.#timer = setTimeout(() => this.#ask(), milliseconds)
  }

  async #ask() {
    const { feed } = this.#data
    let answer
    try {
      const response = await fetch(resolved(`${feed}?since=${this.#version}`), { signal: this.#listening.signal })
      if (response.status === 404) return
      answer = await response.json()
    } catch {
      this.#schedule(RETRY_MS)
      return
    }
    if (feed !== this.#data.feed || !this.#study) return
    this.#version = answer.version
    this.#root.querySelector(".study-status").textContent = answer.status
    this.#root.querySelector(".study-outcome").textContent = answer.outcome
    this.#study.update(answer)
    if (answer.signature !== this.#data.signature && answer.signature !== this.#told && !isLeaving()) {
      this.#told = answer.signature
      this.#component.setStateValue("signature", answer.signature)
    }
    if (answer.goes_on || answer.is_thinking) this.#schedule(INTERVAL_MS)
  }
}
