/**
 * What the app sends comes in batches (message_batches.py): all messages of one are dispatched at once, so that Streamlit
 * renders the page once for all of them. A part of the document, not a component: it has to be there before Streamlit.
 */
{
  const STREAM = /\/_stcore\/stream$/ // the path of the app's socket
  const MARK = 0 // the first byte of a batch: what comes without it is one message, of an app that knows no batches
  const LENGTH = 4 // bytes before each message, that say how long it is
  const SHARE = 0.5 // of the time, that rendering takes at most in the long run
  const AT_ONCE = 2000 // milliseconds of rendering without a rest, such as that of a whole page

  function* messagesOf(content) {
    const bytes = new DataView(content)
    if (!content.byteLength || bytes.getUint8(0) !== MARK) return yield content
    for (let begin = 1; begin < content.byteLength; ) {
      const end = begin + LENGTH + bytes.getUint32(begin, true)
      yield content.slice(begin + LENGTH, end)
      begin = end
    }
  }

  /**
   * Opens batches when what the last ones brought is rendered: all that have come until then, so that a page which
   * renders more slowly than they come does not fall behind. On a slow phone, where rendering would never end, it rests in
   * between for as long as it took: that is when clicks are handled.
   */
  class Batches {
    #dispatch
    #waiting = []
    #isRendering = false
    #turns = new MessageChannel()
    #balancedAt = 0 // when rendering has taken no more than its share, if it rests until then

    constructor(dispatch) {
      this.#dispatch = dispatch
    }

    add(batch) {
      this.#waiting.push(batch)
      if (!this.#isRendering) this.#open()
    }

    async #open() {
      this.#isRendering = true
      while (this.#waiting.length) {
        const began = performance.now()
        for (const batch of this.#waiting.splice(0)) for (const data of messagesOf(batch)) this.#tell(data)
        await this.#turn() // React then knows what to render
        await this.#turn() // and has rendered it
        const now = performance.now()
        const rendering = Math.min(now - began, AT_ONCE) // longer, the machine slept
        this.#balancedAt = Math.max(this.#balancedAt, began) + rendering / SHARE
        await pause(this.#balancedAt - AT_ONCE - now)
      }
      this.#isRendering = false
    }

    #tell(data) {
      try {
        this.#dispatch(new MessageEvent("message", { data }))
      } catch (error) {
        reportError(error)
      }
    }

    /** Let the browser do what else is to be done. */
    #turn() {
      return new Promise((done) => {
        this.#turns.port1.onmessage = done
        this.#turns.port2.postMessage(null)
      })
    }
  }

  async function pause(milliseconds) {
    if (milliseconds > 0) await new Promise((done) => setTimeout(done, milliseconds))
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
