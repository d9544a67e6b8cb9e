/** What only the browser can do about the sheet of paper; see paper.py. */

// The canvas component draws 560 pixels across; CSS shows them in the size of the window, and Fabric.js converts the
// pointer's place by itself.
const CANVAS_STYLE = `
  .dc-toolbar { display: none !important; }
  .dc-root { position: absolute; inset: 0; max-width: none; }
  .dc-root, .dc-scroll, .dc-container, .canvas-container, canvas { width: 100% !important; height: 100% !important; }
  .dc-scroll { overflow: hidden !important; }
  .dc-canvas { outline: none; }
`
const UNDO = '[aria-label="Undo"]'
const REDO = '[aria-label="Redo"]'
const RESET = '[aria-label^="Reset canvas"]'
const TOOLS = { undo: UNDO, redo: REDO, eraser: null, clear: RESET, download_ink: null } // keys of the page's buttons, and the canvas's
const CANVAS_MS = 300 // the canvas has told the app of a stroke by then: it waits for 200 ms whether another follows

export default mounted(({ parentElement }) => new Paper(parentElement))

class Paper {
  #sheet // the element that the canvas fills
  #photo // the element over it that shows an uploaded photo
  #eraser // hears the pen while that erases
  #hasErased = false // since the eraser went down
  #held // hears the pen while the canvas waits to be replaced
  #data = {}
  #usable = {} // what the app knows of the drawing, as far as the tools depend on it
  #send = () => {} // tells the app where the eraser has been
  #canvas = null // the shadow root of the canvas component
  #pen = null // while the mouse or the pen is down: its last place, an object for each stroke
  #edited = -Infinity // when the canvas was changed last
  #listening = new AbortController()
  #seeker
  #watcher

  constructor(element) {
    this.#sheet = element.closest(".st-key-canvas")
    this.#photo = element.querySelector(".paper-photo")
    this.#eraser = new Eraser(element.querySelector(".paper-eraser"), {
      onMove: (from, to) => {
        const show = (left) => this.#showErased(left)
        this.#tell("erase", { from, to, reach: this.#data.reach, show })
      },
      onLift: (path) => this.#sendErased(path),
    })
    this.#held = new HeldStrokes({
      canvas: () => this.#canvas?.querySelector('canvas[data-fabric="top"]'),
      picture: () => this.#picture,
      sheet: () => this.#usable.sheet,
      paint: (strokes) => this.#paint(strokes),
      onChange: () => this.#showTools(),
    })
    this.#seeker = new MutationObserver(() => {
      this.#adopt()
      this.#showTools() // the buttons may come after the canvas
    })
    this.#watcher = new MutationObserver(() => this.#showTools())
    this.#seeker.observe(element.closest(".st-key-paper_and_tools"), { childList: true, subtree: true })
    const listen = (name, handler) =>
      document.addEventListener(name, handler, { capture: true, signal: this.#listening.signal })
    listen("pointerdown", (event) => this.#onPenDown(event))
    listen("pointermove", (event) => this.#onPenMove(event))
    listen("pointerup", (event) => {
      const pen = this.#pen
      if (event.composedPath()[0].dataset?.fabric === "top") this.#edited = performance.now()
      setTimeout(() => this.#lift(pen)) // mostly a mouse-up has followed by then
    })
    listen("pointercancel", () => this.#lift(this.#pen))
    listen("mouseup", () => (this.#pen = null))
    listen("touchcancel", (event) => this.#liftFinger(event))
    listen("click", (event) => this.#onClick(event))
    listen("keydown", (event) => this.#onKey(event))
    listen("answered", ({ detail }) => {
      this.#usable = detail.tools
      this.#showTools()
    })
    this.#adopt()
  }

  update({ data, setTriggerValue }) {
    this.#data = data
    this.#send = (path) => setTriggerValue("erased", path)
    this.#eraser.size = this.#held.size = data.size
    this.#eraser.maxPlaces = data.maxPlaces
    this.#adopt()
    this.#tell("answer-wanted")
    this.#showPhoto(data.photo)
  }

  disconnect() {
    this.#listening.abort()
    this.#held.disconnect()
    this.#seeker.disconnect()
    this.#watcher.disconnect()
  }

  /** Find the canvas component, which the page may make anew, and give it our style. */
  #adopt() {
    if (this.#canvas?.host.isConnected && this.#canvas.querySelector(".dc-root")) return
    const hosts = [...this.#sheet.querySelectorAll("*")].filter((node) => node.shadowRoot)
    const canvas = hosts.map((host) => host.shadowRoot).find((root) => root.querySelector(".dc-root"))
    if (!canvas) {
      for (const { shadowRoot } of hosts) this.#seeker.observe(shadowRoot, { childList: true, subtree: true })
      return
    }
    this.#canvas = canvas
    const style = new CSSStyleSheet()
    style.replaceSync(CANVAS_STYLE)
    canvas.adoptedStyleSheets = [...canvas.adoptedStyleSheets, style]
    this.#watcher.disconnect()
    this.#watcher.observe(canvas.querySelector(".dc-toolbar"), { subtree: true, attributeFilter: ["disabled"] })
    const paper = canvas.querySelector('canvas[data-fabric="top"]')
    paper.setAttribute("role", "img")
    paper.setAttribute("aria-label", "Paper: draw a digit with a mouse, a pen or a finger, or choose a sample digit below.")
    this.#showTools()
  }

  #showPhoto(photo) {
    this.#photo.hidden = !photo
    if (!photo) return
    const picture = this.#photo.querySelector("img")
    if (picture.getAttribute("src") !== photo.source) picture.src = photo.source
    picture.style.imageRendering = photo.isPixelated ? "pixelated" : "auto"
    const [width, height] = photo.size
    this.#photo.style.setProperty("--photo-width", `${100 * Math.min(1, width / height)}%`)
    this.#photo.style.setProperty("--photo-height", `${100 * Math.min(1, height / width)}%`)
    this.#photo.querySelectorAll(".paper-crop").forEach((crop) => crop.remove())
    picture.after(...photo.boxes.map(boxAround))
  }

  // ---- Every stroke ends: where the pen lifts, or at the latest where it is seen again without being pressed.

  #onPenDown(event) {
    const target = event.composedPath()[0]
    if (target.dataset?.fabric !== "top" || !this.#sheet.contains(event.target) || event.button !== 0) return
    this.#photo.hidden = true // the drawing counts again
    if (event.pointerType === "touch") return // touch events have their own rules
    this.#pen = { pointerId: event.pointerId, clientX: event.clientX, clientY: event.clientY }
    target.setPointerCapture(event.pointerId) // the stroke may end over anything, also outside the window
  }

  #onPenMove(event) {
    if (event.pointerId !== this.#pen?.pointerId) return
    if (event.buttons & 1) Object.assign(this.#pen, { clientX: event.clientX, clientY: event.clientY })
    else this.#lift(this.#pen)
  }

  /** End a stroke of the mouse or the pen, unless it has ended. */
  #lift(pen) {
    if (!pen || pen !== this.#pen) return
    this.#pen = null
    const { clientX, clientY } = pen
    document.dispatchEvent(new MouseEvent("mouseup", { clientX, clientY, bubbles: true }))
  }

  #liftFinger(event) {
    if (!this.#sheet.contains(event.target)) return
    const changedTouches = [...event.changedTouches]
    document.dispatchEvent(new TouchEvent("touchend", { changedTouches, touches: [...event.touches], bubbles: true }))
  }

  // ---- Undo, Redo, Clear

  #tool(selector) {
    return this.#canvas?.querySelector(selector)
  }

  #showTools() {
    const canUndo = this.#tool(UNDO)?.disabled === false
    const canRedo = this.#tool(REDO)?.disabled === false
    const usable = {
      undo: canUndo || this.#held.hasStrokes || this.#usable.canUndo,
      redo: (canRedo || this.#usable.canRedo) && !this.#held.hasStrokes,
      clear: canUndo || this.#usable.isBlank === false,
      download_ink: canUndo || this.#usable.hasInk,
    }
    for (const [name, isUsable] of Object.entries(usable)) {
      const tool = button(name)
      tool?.setAttribute("aria-disabled", String(!isUsable))
      if (tool) tool.title = tool.querySelector("p")?.textContent ?? "" // some show an icon alone
    }
    button("eraser")?.setAttribute("aria-pressed", String(this.#eraser.isOn))
  }

  #onClick(event) {
    const name = Object.keys(TOOLS).find((name) => event.target.closest?.(`.st-key-${name} button`))
    if (!name) return
    const tool = TOOLS[name] && this.#tool(TOOLS[name])
    if (button(name).getAttribute("aria-disabled") === "true") stop(event)
    else if (name === "eraser") {
      stop(event) // nobody else needs to know
      this.#eraser.isOn = !this.#eraser.isOn
      this.#showTools()
    } else if (name === "clear") this.#clear(tool)
    else if (name === "undo" && this.#held.undo()) {
      stop(event)
      this.#tell(name)
    } else if (tool && !tool.disabled) {
      stop(event) // the canvas itself can do it, and tells the app
      tool.click()
      this.#edited = performance.now()
      this.#tell(name)
    } else if (tool) this.#held.wait() // the app does it, and replaces the canvas
  }

  /** Tell the app where the eraser has been, after the canvas has told it of what there was to erase. */
  #sendErased(path) {
    if (this.#hasErased) this.#held.wait()
    this.#hasErased = false
    setTimeout(() => this.#send(path), Math.max(0, this.#edited + CANVAS_MS - performance.now()))
  }

  /** Tell who reads along. */
  #tell(name, detail = null) {
    this.#sheet.dispatchEvent(new CustomEvent(name, { detail }))
  }

  get #picture() {
    return this.#canvas?.querySelector('canvas.dc-canvas[data-fabric="main"]')?.getContext("2d")
  }

  /** Show what an eraser has left, until the app replaces the canvas. */
  #showErased(left) {
    this.#hasErased = true
    this.#blank()
    this.#paint(left)
  }

  #blank() {
    const context = this.#picture
    context?.clearRect(0, 0, context.canvas.width, context.canvas.height)
  }

  #paint(strokes) {
    const context = this.#picture
    if (!context) return
    const { width, height } = context.canvas
    context.save()
    context.setTransform(width / this.#data.size, 0, 0, height / this.#data.size, 0, 0)
    context.strokeStyle = getComputedStyle(this.#sheet).getPropertyValue("--pen")
    context.lineWidth = this.#data.penWidth
    context.lineCap = context.lineJoin = "round"
    context.beginPath()
    for (const [first, ...others] of strokes) {
      context.moveTo(...first)
      for (const point of others.length ? others : [first]) context.lineTo(...point)
    }
    context.stroke()
    context.restore()
  }

  #clear(tool) {
    this.#photo.hidden = true
    this.#tell("clear")
    if (this.#usable.startsBlank) tool?.click()
    else this.#blank() // the canvas would go back to what it began with, until the app replaces that
    if (!this.#usable.startsBlank || this.#held.isWaiting) this.#held.wait()
  }

  #onKey(event) {
    const name = shortcut(event)
    if (!name || event.defaultPrevented || isTyping(event)) return
    stop(event)
    button(name)?.click()
  }
}

/** A frame around a digit of the photo. */
function boxAround({ place, answer, isChosen }) {
  const box = document.createElement("span")
  box.className = isChosen ? "paper-crop paper-crop-chosen" : "paper-crop"
  box.title = "What was found as a digit"
  box.dataset.answer = answer
  for (const [side, percent] of Object.entries(place)) box.style[side] = `${percent}%`
  return box
}

/** Name the tool that a key stands for. */
function shortcut({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (altKey || !(ctrlKey || metaKey)) return null
  const letter = key.toLowerCase()
  if (letter === "z") return shiftKey ? "redo" : "undo"
  return letter === "y" && !shiftKey ? "redo" : null
}

function isTyping(event) {
  const target = event.composedPath()[0]
  return target.isContentEditable || target.closest?.("input, textarea, select, [role=dialog], [role=combobox]") != null
}

function stop(event) {
  event.preventDefault()
  event.stopImmediatePropagation()
}

function button(name) {
  return document.querySelector(`.st-key-${name} button`)
}
