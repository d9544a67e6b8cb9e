/** The small paper at the curves: what is drawn on it is read by the network as it is now, while it learns; see paper_reader.py. */

const MILLISECONDS_UNTIL_SAID = 1000 // that an answer must last, before it is said to those who hear the page
const DECIMALS = 10 // a place on the paper is known to a tenth

const sheet = (window.inklingTrainPaper ??= { strokes: null, hidden: 0 }) // outlives the page: what was drawn in this tab

export default mounted(({ parentElement }) => new PaperReader(parentElement))

class PaperReader {
  #root
  #find // an element of it
  #data = null
  #json = ""
  #tell = null
  #modules = null // ui/browser/index.js, once it is there
  #paper = null
  #networks = null
  #frame = null // requested, to read once for all moves of the pen between two pictures
  #isDrawing = false
  #said = ""
  #saying = null // a timer
  #listening = new AbortController()

  constructor(parent) {
    this.#root = parent.querySelector(".paper-reader")
    this.#find = (name) => this.#root.querySelector(`.paper-reader-${name}`)
    const on = (name, act) => this.#find(name).addEventListener("click", act, { signal: this.#listening.signal })
    on("clear", () => this.#draw([]))
    on("sample", () => this.#tell("sampled", true))
    on("pin", () => this.#pin())
  }

  get #canvas() {
    return this.#root.querySelector("canvas")
  }

  update({ data, setTriggerValue }) {
    this.#tell = setTriggerValue
    const json = JSON.stringify(data)
    if (json === this.#json) return
    const isFirst = this.#data === null
    this.#json = json
    this.#data = data
    this.#find("pin").hidden = !data.canPin
    if (isFirst) this.#begin()
    this.#refresh()
  }

  disconnect() {
    this.#listening.abort()
    this.#paper?.disconnect()
    this.#networks?.disconnect()
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#saying)
  }

  async #begin() {
    this.#modules = await imported(this.#data.modules)
    if (!this.#modules || this.#listening.signal.aborted) return
    this.#networks = new this.#modules.RunNetworks(() => this.#refreshSoon())
    this.#paper = new this.#modules.Paper(this.#canvas, {
      size: this.#data.size,
      onChange: (strokes) => {
        this.#isDrawing = true
        this.#draw(strokes)
      },
      onLift: () => {
        this.#isDrawing = false
        this.#refreshSoon()
      },
    })
    if (sheet.strokes) this.#paper.put(sheet.strokes)
    this.#root.classList.add("paper-reader-live")
    this.#refresh()
  }

  // ---- What is on the paper: what was drawn here, or a test image, or else what the app begins it with.

  get #image() {
    const { image } = this.#data
    return image && image.place !== sheet.hidden ? image : null
  }

  get #strokes() {
    return sheet.strokes ?? this.#data.strokes
  }

  /** Put strokes on the paper, none to clear it. */
  #draw(strokes) {
    if (!strokes.length) this.#paper?.clear()
    else if (this.#image) strokes.splice(0, strokes.length - 1) // ink that the image had covered
    else if (!sheet.strokes) strokes.unshift(...this.#data.strokes) // it goes on with what it began with
    sheet.strokes = strokes
    sheet.hidden = this.#data.image?.place ?? 0
    this.#refreshSoon()
  }

  /** The strokes as the app keeps them. */
  #rounded() {
    const round = (value) => Math.round(value * DECIMALS) / DECIMALS
    return this.#strokes.map((stroke) => stroke.map(([x, y]) => [round(x), round(y)]))
  }

  get #mark() {
    return this.#image ? this.#image.mark : markOf(JSON.stringify(this.#rounded()))
  }

  #pin() {
    if (this.#data.pinned === this.#mark) this.#tell("pinned", { off: true })
    else if (this.#image) this.#tell("pinned", { number: this.#image.number })
    else this.#tell("pinned", { strokes: this.#rounded(), mark: this.#mark })
  }

  // ---- The answers

  #refreshSoon() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null
      this.#refresh()
    })
  }

  #refresh() {
    const [image, strokes] = [this.#image, this.#strokes]
    const isBlank = !image && !strokes.length
    this.#root.classList.toggle("paper-reader-blank", isBlank)
    this.#root.classList.toggle("paper-reader-drawing", this.#isDrawing)
    this.#find("clear").disabled = isBlank
    this.#find("pin").disabled = isBlank
    if (!this.#isDrawing) this.#showPinned()
    this.#root.classList.toggle("paper-reader-captioned", image !== null)
    setText(this.#find("hint"), image ? image.caption : "Draw a digit")
    const label = image ? image.caption : isBlank ? "blank" : "a drawing"
    this.#canvas.setAttribute("aria-label", `Paper to draw a digit on: ${label}`)
    const pixels = image && Uint8Array.from(atob(image.pixels), (character) => character.charCodeAt(0))
    if (pixels) paintImage(this.#canvas, pixels)
    else paintStrokes(this.#canvas, strokes, this.#data)
    this.#answer(isBlank ? null : (pixels ?? this.#rasterized(strokes)))
  }

  #showPinned() {
    const isPinned = Boolean(this.#data.pinned) && this.#data.pinned === this.#mark
    this.#find("pin").setAttribute("aria-pressed", isPinned)
    setText(this.#find("pin"), isPinned ? "Pinned" : "Pin")
  }

  #rasterized(strokes) {
    if (!this.#modules) return null
    const { rasterize, clipStrokes } = this.#modules
    return rasterize(clipStrokes(strokes, this.#data.size), this.#data.penWidth)
  }

  /** Show what each run says of an image; null for blank paper. */
  #answer(image) {
    const { runs, words } = this.#data
    const readable = runs.filter((run) => run.address)
    this.#networks?.follow(readable, image !== null)
    const parts = runs.map((run) => this.#answerOf(run, image))
    if (!runs.length) parts.push({ html: this.#words(words), said: "" })
    const answers = this.#find("answers")
    answers.classList.toggle("paper-reader-pair", runs.length > 1)
    adopt(answers, parts.map(({ html }) => `<section>${html}</section>`).join(""))
    if (!this.#isDrawing) this.#say(parts.map(({ said }) => said).filter(Boolean).join("; "))
  }

  #answerOf(run, image) {
    const isPair = this.#data.runs.length > 1
    const name = isPair ? `<h4 title="${escaped(run.name)}">${escaped(run.name)}</h4>` : ""
    const network = run.address && this.#networks?.network(run.address)
    if (!this.#modules || !run.address || (image && !network)) {
      return { html: name + this.#words(run.words), said: "" }
    }
    const { read, headline, detail, digitLikelihood, probabilityBars } = this.#modules
    if (!image) return { html: name + this.#words("Draw a digit: it is read while the network learns."), said: "" }
    const reading = read(network, image)
    if (!reading.probabilities.every(Number.isFinite)) {
      return { html: name + this.#words("The network has diverged: its outputs are no longer finite numbers."), said: "" }
    }
    const doubt = reading.isDigit === null ? "" : digitLikelihood(reading)
    const html = headline(reading, this.#isDrawing) + detail(reading) + doubt + probabilityBars(reading)
    return { html: name + html, said: (isPair ? `${run.name}: ` : "") + inWords(reading) }
  }

  /** Words in the place of an answer, above empty bars. */
  #words(words) {
    const bars = this.#modules?.probabilityBars(this.#modules.BLANK) ?? ""
    return `<div class="answer answer-words answer-blank">${escaped(words)}</div><div class="answer-detail">&nbsp;</div>${bars}`
  }

  /** Tell those who hear the page, once an answer has lasted for a while. */
  #say(text) {
    if (text === this.#said) return
    this.#said = text
    clearTimeout(this.#saying)
    this.#saying = setTimeout(() => setText(this.#find("said"), text), MILLISECONDS_UNTIL_SAID)
  }
}

/** A verdict in words that change only when the verdict does. */
function inWords({ verdict, digit, guesses }) {
  if (verdict === "no digit") return "read as no digit"
  if (verdict === "perhaps") return `perhaps ${guesses.map(([guess]) => guess).join(" or ")}`
  return `read as ${digit}`
}

/** A short mark by which the same text is known again. */
function markOf(text) {
  let sum = 0
  for (let index = 0; index < text.length; index++) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0
  return `drawing ${text.length} ${sum}`
}

// ---- Paint

/** Make the canvas as fine as the screen, and blank. */
function prepared(canvas, size) {
  const pixels = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)) || size
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels
  const context = canvas.getContext("2d")
  context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0)
  context.clearRect(0, 0, size, size)
  return context
}

function paintStrokes(canvas, strokes, { size, penWidth, penColor }) {
  const context = prepared(canvas, size)
  context.lineCap = context.lineJoin = "round"
  context.lineWidth = penWidth
  context.strokeStyle = penColor
  context.beginPath()
  for (const stroke of strokes) {
    context.moveTo(...stroke[0])
    for (const point of stroke.length > 1 ? stroke.slice(1) : stroke) context.lineTo(...point)
  }
  context.stroke()
}

function paintImage(canvas, pixels) {
  const side = Math.sqrt(pixels.length)
  const picture = new ImageData(side, side)
  picture.data.forEach((_, at) => (picture.data[at] = at % 4 === 3 ? 255 : pixels[at >> 2]))
  const small = Object.assign(document.createElement("canvas"), { width: side, height: side })
  small.getContext("2d").putImageData(picture, 0, 0)
  const context = prepared(canvas, side)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0)
}

// ---- Elements

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function escaped(text) {
  const element = document.createElement("span")
  element.textContent = text
  return element.innerHTML.replaceAll('"', "&quot;")
}

/** Give an element new content, and keep what is in it where it is alike: so bars grow, and are not replaced. */
function adopt(element, html) {
  const template = document.createElement("template")
  template.innerHTML = html
  adoptChildren(element, template.content)
}

function adoptChildren(element, wanted) {
  const [here, there] = [[...element.childNodes], [...wanted.childNodes]]
  const isAlike = here.length === there.length && here.every((node, index) => node.nodeName === there[index].nodeName)
  if (!isAlike) return element.replaceChildren(...there)
  here.forEach((node, index) => {
    const other = there[index]
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data !== other.data) node.data = other.data
      return
    }
    for (const { name, value } of other.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value)
    for (const name of node.getAttributeNames()) if (!other.hasAttribute(name)) node.removeAttribute(name)
    adoptChildren(node, other)
  })
}
