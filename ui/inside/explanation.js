/** Explains the answer to what is on the paper, in the browser; see explanation.py. */

export default mounted(({ parentElement }) => new Explanation(parentElement))

class Explanation {
  #root
  #data
  #modules = null // ui/browser/inside/index.js, once it is there
  #view = null
  #runs = null // RunNetworks: of a run that trains, the newest
  #ink = { strokes: [], isUnfinished: false, isAhead: false }
  #listening = new AbortController()

  constructor(element) {
    this.#root = element.querySelector(".inside")
    const { signal } = this.#listening
    document.addEventListener("ink", ({ detail }) => this.#read(detail), { signal })
  }

  update({ data }) {
    const before = this.#data
    this.#data = data
    if (data.modules !== before?.modules) this.#fetchModules()
    else if (this.#view) {
      if (sourceOf(data) !== sourceOf(before)) this.#useNetwork()
      if (data.photo !== before.photo) this.#read(this.#ink)
    }
  }

  disconnect() {
    this.#listening.abort()
    this.#view?.disconnect()
    this.#runs?.disconnect()
  }

  async #fetchModules() {
    this.#modules = await imported(this.#data.modules)
    if (!this.#modules) this.#fail()
    if (!this.#modules || this.#listening.signal.aborted) return
    const { sizes, penWidth } = this.#data
    this.#view = new this.#modules.Inside(this.#root, { sizes, penWidth })
    this.#runs = new this.#modules.RunNetworks(() => this.#useNetwork())
    document.querySelector(".st-key-canvas")?.dispatchEvent(new Event("ink-wanted"))
    this.#useNetwork()
  }

  async #useNetwork() {
    const { network: address, isInTraining } = this.#data
    this.#followRun()
    try {
      const network = isInTraining
        ? this.#runs.network(address)
        : await this.#modules.keptNetwork(resolved(address))
      if (!network || address !== this.#data.network || this.#listening.signal.aborted) return
      this.#view.use(network, this.#data.snapshots)
    } catch {
      this.#fail()
    }
  }

  /** Have the newest network of a run that trains; with nothing on the paper, one is enough. */
  #followRun() {
    const { network: address, isInTraining, version, photo } = this.#data
    const isBlank = !photo && !this.#ink.strokes.length
    if (!isInTraining) this.#runs?.follow([], false)
    else this.#runs?.follow([{ address, version }], !isBlank || !this.#runs.network(address))
  }

  #fail() {
    this.#root.dataset.state = "failed"
  }

  #read(ink) {
    this.#ink = ink
    const { photo } = this.#data
    const isPhoto = photo && !ink.isUnfinished && !ink.isAhead
    const image = isPhoto ? Uint8Array.from(atob(photo), (byte) => byte.charCodeAt(0)) : null
    this.#view?.read({ strokes: isPhoto ? [] : ink.strokes, isUnfinished: ink.isUnfinished, image })
    this.#followRun()
  }
}

/** What tells whether the network, or what is known of its run, is another one. */
function sourceOf({ network, version, snapshots }) {
  return JSON.stringify([network, version, snapshots])
}
