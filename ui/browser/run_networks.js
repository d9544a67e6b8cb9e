/**
 * The networks of runs as they are now: asked for again and again while their runs train, and once for each state in which
 * they rest. An unchanged network is not sent again; see ui/browser/run_networks.py.
 */

import { parseNetwork } from "./network.js"

const MILLISECONDS_BETWEEN = 350 // a worker writes its network so often at most
const BYTES_PER_MILLISECOND = 2_000
const MILLISECONDS_TO_RETRY = 5_000 // after the app could not be reached
const REFUSED = [404, 413] // the run is gone, or its network is too large

/** @typedef {import("./network.js").Network} Network */

/**
 * @typedef {object} Run
 * @property {string} address of its network
 * @property {string | null} version of the network, where it rests; null while it trains
 */

export class RunNetworks {
  #onArrival
  #runs = new Map() // by address: what is wanted and known of it
  #isWanted = false
  #timer = null
  #listening = new AbortController()

  /** @param {() => void} onArrival called when a network is there that is another one than before */
  constructor(onArrival) {
    this.#onArrival = onArrival
    document.addEventListener("visibilitychange", () => this.#schedule(), { signal: this.#listening.signal })
  }

  disconnect() {
    this.#listening.abort()
    clearTimeout(this.#timer)
    this.#runs.clear()
  }

  /**
   * @param {Run[]} runs all whose networks are needed
   * @param {boolean} isWanted whether they are needed now
   */
  follow(runs, isWanted) {
    const before = this.#runs
    this.#runs = new Map(
      runs.map(({ address, version }) => {
        const run = before.get(address) ?? { address, network: null, tag: "", bytes: 0, due: 0, rested: undefined }
        return [address, Object.assign(run, { version })]
      }),
    )
    this.#isWanted = isWanted
    this.#schedule()
  }

  /** @returns {Network | null} the newest network that has come from an address */
  network(address) {
    return this.#runs.get(address)?.network ?? null
  }

  #schedule() {
    clearTimeout(this.#timer)
    if (!this.#isWanted || document.visibilityState === "hidden") return
    const open = [...this.#runs.values()].filter((run) => !run.isAsking && !isAtRest(run))
    if (!open.length) return
    const due = Math.min(...open.map((run) => run.due))
    this.#timer = setTimeout(() => {
      for (const run of open) if (run.due <= performance.now()) this.#ask(run)
      this.#schedule()
    }, due - performance.now())
  }

  async #ask(run) {
    run.isAsking = true
    const { version } = run
    try {
      const response = await fetch(new URL(run.address, document.baseURI), {
        headers: run.tag ? { "If-None-Match": run.tag } : {},
        priority: "low",
        signal: this.#listening.signal,
      })
      const wait = 1000 * Number(response.headers.get("Retry-After") ?? 0)
      if (response.ok && response.status !== 204) await this.#take(run, response)
      else if (REFUSED.includes(response.status)) run.isRefused = true
      else if (response.status >= 400) throw new Error(`no network came: ${response.status}`)
      if (!wait) run.rested = version
      const bytes = [...this.#runs.values()].reduce((sum, each) => sum + each.bytes, 0)
      run.due = performance.now() + Math.max(MILLISECONDS_BETWEEN, wait, bytes / BYTES_PER_MILLISECOND)
    } catch {
      run.due = performance.now() + MILLISECONDS_TO_RETRY
    }
    run.isAsking = false
    this.#schedule()
  }

  async #take(run, response) {
    const content = await response.arrayBuffer()
    run.network = parseNetwork(content)
    run.bytes = content.byteLength
    run.tag = response.headers.get("ETag") ?? ""
    if (this.#runs.has(run.address)) this.#onArrival()
  }
}

/** Whether there is nothing new to be had: it does not train, and what it rests at has come. */
function isAtRest({ version, rested, isRefused }) {
  return isRefused || (version !== null && version === rested)
}
