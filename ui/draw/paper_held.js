/** What is drawn while the canvas waits to be replaced, for paper.js: the canvas itself would lose it. */

const LONGEST_WAIT_MS = 5000 // if the app has not replaced the canvas by then, and rests, it will not
const LOOK_MS = 50 // between looks whether the canvas has been replaced
const MARK = [1, 2, 3, 255] // a pixel of the picture that is to be replaced: as good as black, and no ink

/** Hears the mouse or a finger in the canvas's place, shows what they draw, and draws it on the canvas afterwards. */
class HeldStrokes {
  size = 1 // units of the paper's sides
  #options
  #strokes = [] // of places [x, y] in units
  #isWaiting = false
  #sheet // the one to be replaced
  #isDown = false // while a stroke is drawn that the canvas does not hear of
  #finger = null // the identifier of the touch that draws it
  #background = null // what the canvas showed before the first of them
  #deadline = 0
  #timer = null
  #listening = new AbortController()

  /**
   * @param {object} options
   * @param {() => Element | undefined} options.canvas finds the canvas that hears the pen
   * @param {() => CanvasRenderingContext2D | undefined} options.picture finds what it shows
   * @param {() => number} options.sheet tells the number of the sheet, which is another once the app has replaced it
   * @param {(strokes: number[][][]) => void} options.paint adds strokes to the picture
   * @param {() => void} options.onChange called when there is a stroke more or less
   */
  constructor(options) {
    this.#options = options
    const listen = (names, handler) => {
      for (const name of names) {
        document.addEventListener(name, handler, { capture: true, passive: false, signal: this.#listening.signal })
      }
    }
    listen(["mousedown", "touchstart"], (event) => this.#begin(event))
    listen(["mousemove", "touchmove"], (event) => this.#move(event))
    listen(["mouseup", "touchend", "touchcancel"], (event) => this.#end(event))
  }

  disconnect() {
    this.#listening.abort()
    clearTimeout(this.#timer)
  }

  get isWaiting() {
    return this.#isWaiting
  }

  get hasStrokes() {
    return this.#strokes.length > 0
  }

  /** Hold what is drawn from now on, until the canvas has been replaced; forget what is held. */
  wait() {
    if (!this.#isWaiting) this.#sheet = this.#options.sheet()
    this.#strokes = []
    this.#background = null
    this.#isWaiting = true
    this.#deadline = performance.now() + LONGEST_WAIT_MS
    this.#mark()
    this.#lookLater()
  }

  /** Take away the last stroke; returns whether there was one. */
  undo() {
    if (!this.#strokes.length || this.#isDown) return false
    this.#strokes.pop()
    this.#paint()
    this.#options.onChange()
    return true
  }

  #begin(event) {
    if (this.#isDown) return hide(event) // another finger
    const canvas = this.#options.canvas()
    const isOnPaper = canvas && event.composedPath()[0] === canvas && (event.button ?? 0) === 0
    if (!this.#isWaiting || !isOnPaper) return
    hide(event)
    this.#isDown = true
    this.#finger = event.changedTouches?.[0].identifier ?? null
    this.#strokes.push([this.#place(canvas, event)])
    this.#paint()
    this.#options.onChange()
  }

  #move(event) {
    if (!this.#isDown) return
    hide(event)
    const canvas = this.#options.canvas()
    if (!canvas || (event.changedTouches?.[0].identifier ?? null) !== this.#finger) return
    this.#strokes.at(-1).push(this.#place(canvas, event))
    this.#paint()
  }

  #end(event) {
    if (!this.#isDown) return
    hide(event)
    this.#isDown = event.touches?.length > 0 // a stroke ends with the last finger
  }

  #paint() {
    const picture = this.#options.picture()
    if (!picture) return
    this.#background ??= picture.getImageData(0, 0, picture.canvas.width, picture.canvas.height)
    picture.putImageData(this.#background, 0, 0)
    this.#options.paint(this.#strokes)
  }

  #mark() {
    this.#options.picture()?.putImageData(new ImageData(new Uint8ClampedArray(MARK), 1), 0, 0)
  }

  get #isMarked() {
    const pixel = this.#options.picture()?.getImageData(0, 0, 1, 1).data
    return MARK.every((value, index) => pixel?.[index] === value)
  }

  #lookLater() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), LOOK_MS)
  }

  #look() {
    // The canvas may hear of its new content after the rest of the page.
    const isReplaced = this.#options.sheet() !== this.#sheet && !this.#isMarked
    if (this.#isDown || isAppBusy() || !(isReplaced || performance.now() > this.#deadline)) return this.#lookLater()
    this.#isWaiting = false
    const canvas = this.#options.canvas()
    if (canvas) for (const stroke of this.#strokes) this.#drawOn(canvas, stroke)
    this.#strokes = []
    this.#background = null
    this.#options.onChange()
  }

  #place(canvas, event) {
    const { clientX, clientY } = event.changedTouches?.[0] ?? event
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return [((clientX - left) * this.size) / width, ((clientY - top) * this.size) / height]
  }

  /** Draw a stroke as with the mouse. */
  #drawOn(canvas, stroke) {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    const tell = (name, [x, y], buttons = 1) => {
      const place = { clientX: left + (x * width) / this.size, clientY: top + (y * height) / this.size }
      canvas.dispatchEvent(new MouseEvent(name, { ...place, buttons, bubbles: true, cancelable: true, composed: true }))
    }
    tell("mousedown", stroke[0])
    for (const place of stroke.slice(1)) tell("mousemove", place)
    tell("mouseup", stroke.at(-1), 0)
  }
}

/** Let the listeners to the document hear an event, and nobody below. */
function hide(event) {
  event.stopPropagation()
  if (event.type === "touchstart") event.preventDefault() // or a mouse's events follow
}
