"""A slow connection: what the app sends to a page arrives late, and in pieces.

On a fast machine all of a page's changes arrive at about the same moment. A test that waits for one of them and then
reads another, once, passes there, and fails on the day that something came between the two.
"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.e2e.patience import until

# Takes the longest pause in milliseconds. One message in ten pauses before it goes on, and those behind it wait; what
# is already that late goes on at once, so that a page which never rests does not fall behind further and further.
LATE_MESSAGES = """(longest => {
    if (window.messagesAreLate) return
    window.messagesAreLate = true
    const pause = sent => new Promise(done => {
        if (Math.random() < 0.9 || performance.now() - sent > longest) done()
        else setTimeout(done, Math.random() * longest)
    })
    window.WebSocket = class extends WebSocket {
        #arriving = Promise.resolve()

        addEventListener(type, listener, ...options) {
            super.addEventListener(type, event => {
                const sent = performance.now()
                this.#arriving = this.#arriving.then(() => pause(sent)).then(() => listener.call(this, event))
            }, ...options)
        }
    }
})(%d)"""

# A test says when messages arrive.
HELD_MESSAGES = """(() => {
    const waiting = []
    let isHeld = false
    window.holdMessages = () => { isHeld = true }
    window.deliverOne = () => waiting.shift()?.deliver()
    window.deliverAll = () => {
        isHeld = false
        while (waiting.length) deliverOne()
    }
    const has = text => ({ data }) => new TextDecoder().decode(data).includes(text)
    window.deliverThrough = text => {
        for (let left = waiting.findIndex(has(text)) + 1; left; left--) deliverOne()
    }
    window.heldWith = text => waiting.filter(has(text)).length
    window.WebSocket = class extends WebSocket {
        addEventListener(type, listener, ...options) {
            super.addEventListener(type, event => {
                const deliver = () => listener.call(this, event)
                if (isHeld) waiting.push({ data: event.data, deliver })
                else deliver()
            }, ...options)
        }
    }
})()"""


class HeldMessages:
    """Holds back what the app sends to a page, from a moment that a test chooses to another; made before it opens."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_init_script(HELD_MESSAGES)

    def hold(self) -> None:
        self._page.evaluate("holdMessages()")

    def wait_for(self, text: str, number: int, what: str) -> None:
        """Wait until a number of those that are held back have a text."""
        until(self._page, lambda: self._page.evaluate("text => heldWith(text)", text), lambda now: now >= number, what)

    def deliver_until(self, holds: Callable[[], Any], what: str) -> None:
        """Deliver one message after another until something holds on the page."""

        def holds_now() -> Any:
            self._page.evaluate("deliverOne()")
            return holds()

        until(self._page, holds_now, bool, what)

    def deliver_through(self, text: str) -> None:
        """Deliver the first message that has a text, and those before."""
        self._page.evaluate("text => deliverThrough(text)", text)

    def deliver(self) -> None:
        """Deliver all of them, and those to come."""
        self._page.evaluate("deliverAll()")
