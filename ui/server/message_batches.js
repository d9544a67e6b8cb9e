/**
 * What the app sends comes in batches (message_batches.py): all messages of one are dispatched at once, so that Streamlit
 * renders the page once for all of them. A part of the document, not a component: it has to be there before Streamlit.
 */
{
  const STREAM = /\/_stcore\/stream$/ // the path of the app's socket
  const MARK = 0 // the first byte of a batch: what comes without it is one message, of an app that knows no batches
  const LENGTH = 4 // bytes before each message, that say how long it is

  function* messagesOf(content) {
    const bytes = new DataView(content)
    if (!content.byteLength || bytes.getUint8(0) !== MARK) return yield content
    for (let begin = 1; begin < content.byteLength; ) {
      const end = begin + LENGTH + bytes.getUint32(begin, true)
      yield content.slice(begin + LENGTH, end)
      begin = end
    }
  }

  /** Opens one batch after the other: the next one when what the last one brought is rendered. */
  class Batches {
    #dispatch
    #waiting = []
    #turns = new MessageChannel()
    #turnsLeft = 0 // until the next one

    constructor(dispatch) {
      this.#dispatch = dispatch
      this.#turns.port1.onmessage = () => this.#takeTurn()
    }

    add(batch) {
      this.#waiting.push(batch)
      if (!this.#turnsLeft) this.#open()
    }

    #open() {
      const batch = this.#waiting.shift()
      if (!batch) return
      this.#turnsLeft = 2 // after the first one React knows what to render, and it renders before the second
      this.#turns.port2.postMessage(null)
      for (const data of messagesOf(batch)) this.#dispatch(new MessageEvent("message", { data }))
    }

    #takeTurn() {
      this.#turnsLeft -= 1
      if (this.#turnsLeft) this.#turns.port2.postMessage(null)
      else this.#open()
    }
  }

  window.WebSocket = class extends WebSocket {
    #isStream

    constructor(address, ...protocols) {
      const isStream = STREAM.test(address)
      super(isStream ? `${address}?batches` : address, ...protocols)
      this.#isStream = isStream
    }

    addEventListener(type, listener, ...options) {
      if (!this.#isStream || type !== "message") return super.addEventListener(type, listener, ...options)
      const batches = new Batches(message => listener.call(this, message))
      super.addEventListener(type, ({ data }) => batches.add(data), ...options)
    }
  }
}
