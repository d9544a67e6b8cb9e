/**
 * Shows readings where the page shows the app's answers, in the same elements, so that nothing moves when one follows
 * the other. What the app has put there is kept, and comes back.
 */

import { detail, digitLikelihood, headline, probabilityBars } from "./answer.js"
import { IMAGE_SIDE } from "./rasterize.js"

/** @typedef {import("./reading.js").Reading} Reading */

const PARTS = { ".answer": headline, ".answer-detail": detail, ".likeness": digitLikelihood, ".bars": probabilityBars }
const CAPTION = "Network input"

export class AnswerView {
  #root
  #isLive = false
  #answers = new WeakMap() // by the element that holds a part: the HTML that the app has put there
  #observer
  #canvas = document.createElement("canvas") // lies over the app's picture of the network's input
  #isCovering = false // whether that picture may still be another one, or not yet decoded

  /**
   * @param {Element} root holds the app's answer
   * @param {() => void} onAnswer called when the app has changed something in it; before that is seen
   */
  constructor(root, onAnswer) {
    this.#root = root
    this.#canvas.width = this.#canvas.height = IMAGE_SIDE
    this.#canvas.setAttribute("aria-hidden", "true")
    this.#observer = new MutationObserver(() => {
      if (this.#isCovering && !this.#isLive) this.#uncover()
      onAnswer()
      this.#observer.takeRecords()
    })
    this.#observer.observe(root, { childList: true, subtree: true })
  }

  /** Whether the page still has the elements. */
  get isConnected() {
    return this.#root.isConnected
  }

  disconnect() {
    this.giveBack()
    this.#observer.disconnect()
  }

  /**
   * Show a reading, until `giveBack`.
   *
   * @param {object} shown
   * @param {Reading} shown.reading
   * @param {Uint8Array | null} shown.image what was read; null for blank paper
   * @param {boolean} shown.isUnfinished whether the pen is still drawing
   */
  show({ reading, image, isUnfinished }) {
    this.#isLive = true
    this.#root.setAttribute("aria-busy", "true") // the app's answer is announced, not each step on the way to it
    for (const [selector, html] of Object.entries(PARTS)) this.#write(selector, html(reading, isUnfinished))
    this.#paint(image)
    this.#cover()
    this.#observer.takeRecords()
  }

  /** Show what the app has answered. */
  giveBack() {
    if (!this.#isLive) return
    this.#isLive = false
    this.#root.removeAttribute("aria-busy")
    for (const selector of Object.keys(PARTS)) {
      const part = this.#root.querySelector(selector)
      if (part && "live" in part.dataset) part.parentElement.innerHTML = this.#answers.get(part.parentElement)
    }
    this.#uncover()
    this.#observer.takeRecords()
  }

  #write(selector, html) {
    const part = this.#root.querySelector(selector)
    if (!part) return
    const holder = part.parentElement
    if (!("live" in part.dataset)) this.#answers.set(holder, holder.innerHTML)
    holder.innerHTML = html
    holder.firstElementChild.dataset.live = ""
  }

  // ---- The network's input: a canvas over the app's picture, which takes a while to be decoded.

  #paint(image) {
    const context = this.#canvas.getContext("2d")
    const picture = context.createImageData(IMAGE_SIDE, IMAGE_SIDE)
    const { data } = picture
    for (let at = 0; at < data.length; at += 4) {
      data[at] = data[at + 1] = data[at + 2] = image?.[at / 4] ?? 0
      data[at + 3] = 255
    }
    context.putImageData(picture, 0, 0)
  }

  #cover() {
    const figure = this.#root.querySelector(".seen")
    if (!figure) return
    this.#isCovering = true
    if (this.#canvas.parentElement !== figure) figure.append(this.#canvas)
    const caption = figure.querySelector("figcaption")
    if (caption.textContent === CAPTION) return
    figure.dataset.caption = caption.textContent
    caption.textContent = CAPTION
  }

  async #uncover() {
    const figure = this.#root.querySelector(".seen")
    if (!figure) return
    if (figure.dataset.caption) figure.querySelector("figcaption").textContent = figure.dataset.caption
    if (this.#canvas.parentElement !== figure) figure.append(this.#canvas)
    await figure.querySelector("img").decode().catch(() => {}) // a picture that is replaced meanwhile
    if (this.#isLive) return
    this.#isCovering = false
    this.#canvas.remove()
  }
}
