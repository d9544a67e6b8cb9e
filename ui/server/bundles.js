/**
 * What the app sends comes in bundles (message_bundles.py): all messages of one are handed on at once, so that Streamlit
 * draws the page once for all of them. A part of the document, not a component: it has to be there before Streamlit.
 */
{
  const STREAM = /\/_stcore\/stream$/ // the path of the app's socket
  const MARK = 0 // the first byte of a bundle: what comes without it is one message, of an app that knows no bundles
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

  /** Opens one bundle after the other: the next one when what the last one brought is drawn. */
  class Bundles {
    #handOn
    #waiting = []
    #turns = new MessageChannel()
    #turnsLeft = 0 // until the next one

    constructor(handOn) {
      this.#handOn = handOn
      this.#turns.port1.onmessage = () => this.#takeTurn()
    }

    add(bundle) {
      this.#waiting.push(bundle)
      if (!this.#turnsLeft) this.#open()
    }

    #open() {
      const bundle = this.#waiting.shift()
      if (!bundle) return
      this.#turnsLeft = 2 // in the first one it is known what there is to be drawn, before the second it is drawn
      this.#turns.port2.postMessage(null)
      for (const data of messagesOf(bundle)) this.#handOn(new MessageEvent("message", { data }))
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
      super(isStream ? `${address}?bundles` : address, ...protocols)
      this.#isStream = isStream
    }

    addEventListener(type, listener, ...options) {
      if (!this.#isStream || type !== "message") return super.addEventListener(type, listener, ...options)
      const bundles = new Bundles(message => listener.call(this, message))
      super.addEventListener(type, ({ data }) => bundles.add(data), ...options)
    }
  }
}
