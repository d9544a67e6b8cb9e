/** The networks of a run's snapshots: fetched one after the other, and kept while they are wanted. */

import { parseNetwork } from "../network.js"

const MILLISECONDS_TO_RETRY = 5_000 // after the app could not be reached
const REFUSED = [404, 413] // the snapshot is gone, or too large

/** @typedef {import("../network.js").Network} Network */
/** @typedef {{ step: number, address: string }} Snapshot */

export class SnapshotNetworks {
  #onArrival
  #wanted = []
  #found = new Map() // by address: a network, or null for one that is refused
  #isFetching = false
  #timer = null
  #listening = new AbortController()

  /** @param {() => void} onArrival called when one more is there, or is known to be gone */
  constructor(onArrival) {
    this.#onArrival = onArrival
  }

  disconnect() {
    this.#listening.abort()
    clearTimeout(this.#timer)
  }

  /** Fetch these, unless they are there, and forget others. @param {Snapshot[]} snapshots */
  want(snapshots) {
    this.#wanted = snapshots.map(({ address }) => address)
    for (const address of this.#found.keys()) if (!this.#wanted.includes(address)) this.#found.delete(address)
    this.#fetchNext()
  }

  /** @returns {Network | null | undefined} null of one that is gone, undefined of one that is yet to come */
  network(address) {
    return this.#found.get(address)
  }

  async #fetchNext() {
    const address = this.#wanted.find((one) => !this.#found.has(one))
    if (address === undefined || this.#isFetching || this.#listening.signal.aborted) return
    this.#isFetching = true
    const wait = await this.#fetch(address)
    this.#isFetching = false
    if (wait) this.#timer = setTimeout(() => this.#fetchNext(), wait)
    else this.#fetchNext()
  }

  /** @returns {Promise<number>} milliseconds until it makes sense to go on */
  async #fetch(address) {
    try {
      const { signal } = this.#listening
      const response = await fetch(new URL(address, document.baseURI), { priority: "low", signal })
      if (response.status === 200) this.#found.set(address, parseNetwork(await response.arrayBuffer()))
      else if (REFUSED.includes(response.status)) this.#found.set(address, null)
      else return 1000 * Number(response.headers.get("Retry-After")) || MILLISECONDS_TO_RETRY
    } catch {
      return MILLISECONDS_TO_RETRY
    }
    if (!this.#listening.signal.aborted) this.#onArrival()
    return 0
  }
}
