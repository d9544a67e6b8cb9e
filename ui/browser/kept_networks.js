/** The networks that were used lately: a page that needs one of them again need not fetch it. */

import { fetchNetwork } from "./network.js"
import { rasterize } from "./rasterize.js"
import { read } from "./reading.js"

const MOST = 3
const ANY_INK = [[[0, 0], [1, 3]], [[1, 1], [3, 0]]]

const networks = new Map() // by address: promises of networks

/**
 * Fetch a network, unless it was used lately; it has read once, since the first time takes longest.
 *
 * @param {string} address
 * @returns {Promise<import("./network.js").Network>}
 */
export function keptNetwork(address) {
  if (!networks.has(address)) {
    const fetched = fetchNetwork(address).then((network) => {
      read(network, rasterize(ANY_INK))
      return network
    })
    fetched.catch(() => networks.delete(address)) // to try again when it is wanted again
    networks.set(address, fetched)
    if (networks.size > MOST) networks.delete(networks.keys().next().value)
  }
  return networks.get(address)
}
