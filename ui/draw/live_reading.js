/** The answer follows the pen: the browser reads the ink with the page's network while it is drawn; see live_reading.py. */

const MILLISECONDS_TO_CONFIRM = 5000 // if the app shows other ink so long after the last edit, the app is right

export default mounted(({ parentElement }) => new LiveReading(parentElement))

class LiveReading {
  #paper // the element that the canvas fills
  #data
  #modules = null // ui/browser/index.js, once it is there
  #network = null // likewise
  #sheet = null // what is on the paper
  #pen = null
  #view = null
  #shown = null // the last reading and what was read
  #frame = null // requested, to read once for all moves of the pen between two pictures
  #isAhead = false // whether something was drawn, undone or cleared that the app has not answered
  #deadline = null // a timer: the app should have answered by then
  #listening = new AbortController()

  constructor(element) {
    this.#paper = element.closest(".st-key-canvas")
    const listen = (name, handler) => this.#paper.addEventListener(name, handler, { signal: this.#listening.signal })
    listen("undo", () => this.#edit((sheet) => sheet.undo()))
    listen("redo", () => this.#edit((sheet) => sheet.redo()))
    listen("clear", () => this.#edit((sheet) => sheet.clear()))
    listen("erase", ({ detail: { from, to, reach, show } }) => {
      if (!this.#sheet) return
      const before = this.#sheet.strokes.length
      this.#sheet.erase(from, to, reach)
      if (this.#sheet.strokes.length === before) return
      this.#edit(() => {})
      show(this.#sheet.strokes)
    })
    listen("ink-wanted", () => this.#tell())
    listen("answer-wanted", () => this.#tellAnswer())
  }

  update({ data }) {
    const before = this.#data
    this.#data = data
    this.#tellAnswer()
    if (data.modules !== before?.modules) this.#fetchModules()
    else if (this.#modules) {
      if (data.network !== before.network) this.#fetchNetwork()
      if (data.sheet !== before.sheet) this.#adopt()
      this.#compare()
    }
  }

  disconnect() {
    this.#listening.abort()
    this.#pen?.disconnect()
    this.#view?.disconnect()
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#deadline)
  }

  // ---- What has to arrive first. Until then, and if it never does, the page shows the app's answers alone.

  async #fetchModules() {
    this.#modules = await imported(this.#data.modules)
    if (!this.#modules || this.#listening.signal.aborted) return
    const { size, scale, penWidth } = this.#data
    this.#pen = new this.#modules.Pen({
      canvasOf: (event) => {
        const target = event.composedPath()[0]
        return target.dataset?.fabric === "top" && this.#paper.contains(event.target) ? target : null
      },
      size,
      scale,
      width: penWidth,
      onMove: () => this.#readSoon(),
      onLift: (stroke) => this.#edit((sheet) => sheet.add(this.#modules.clipStrokes([stroke], size))),
    })
    this.#adopt()
    this.#fetchNetwork()
  }

  async #fetchNetwork() {
    const { network: address } = this.#data
    this.#use(null)
    if (!address) return
    try {
      const network = await this.#modules.keptNetwork(resolved(address))
      if (address === this.#data.network) this.#use(network)
    } catch {
      // the app reads alone
    }
  }

  #use(network) {
    this.#network = network
    this.#paper.toggleAttribute("data-reads-live", network !== null)
    this.#refresh()
  }

  // ---- What is on the paper: the app knows when it has answered, the browser at once.

  #edit(change) {
    if (!this.#sheet) return
    change(this.#sheet)
    this.#isAhead = true
    this.#setDeadline()
    this.#compare()
  }

  /** Find out whether the app's answer is about what is on the paper. */
  #compare() {
    if (this.#sheet.shows(this.#data.strokes)) this.#isAhead = false
    else if (!this.#isAhead) this.#adopt()
    this.#refresh()
  }

  #adopt() {
    this.#sheet = new this.#modules.Sheet(this.#data.strokes)
    this.#isAhead = false
  }

  #setDeadline() {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      if (!this.#isAhead) return
      if (this.#pen.stroke || isAppBusy()) this.#setDeadline()
      else {
        this.#adopt()
        this.#refresh()
      }
    }, MILLISECONDS_TO_CONFIRM)
  }

  // ---- The answer: the browser's while the pen is down and until the app has answered, then the app's.

  #readSoon() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null
      this.#refresh()
    })
  }

  #refresh() {
    this.#tell()
    const stroke = this.#pen?.stroke
    if (!this.#network || !(stroke || this.#isAhead)) {
      this.#shown = null
      this.#view?.giveBack()
      return
    }
    const { rasterize, read } = this.#modules
    const image = rasterize(this.#strokes, this.#data.penWidth)
    this.#shown = { reading: read(this.#network, image), image, isUnfinished: Boolean(stroke) }
    this.#show()
  }

  /** All that is on the paper, the stroke that is being drawn too. */
  get #strokes() {
    const { stroke } = this.#pen
    return [...this.#sheet.strokes, ...(stroke ? this.#modules.clipStrokes([stroke], this.#data.size) : [])]
  }

  /** Tell other parts of the page what is on the paper. */
  #tell() {
    if (!this.#sheet) return
    const detail = { strokes: this.#strokes, isUnfinished: Boolean(this.#pen.stroke), isAhead: this.#isAhead }
    this.#paper.dispatchEvent(new CustomEvent("ink", { detail, bubbles: true }))
  }

  /** Tell other parts of the page what the app knows of the drawing. */
  #tellAnswer() {
    const [tools, strip] = this.#data?.toolsAndStrip ?? []
    if (tools) this.#paper.dispatchEvent(new CustomEvent("answered", { detail: { tools, strip }, bubbles: true }))
  }

  #show() {
    if (!this.#shown) return
    if (!this.#view?.isConnected) {
      this.#view?.disconnect()
      const root = document.querySelector(".st-key-answer_side")
      this.#view = root && new this.#modules.AnswerView(root, () => this.#show())
    }
    this.#view?.show(this.#shown)
  }
}
