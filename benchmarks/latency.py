"""The command: what a visitor waits for in a real browser, and what the open page costs a training.

    python -m benchmarks.latency --json

All that is compared takes turns within one run. Progress goes to stderr and the table to stdout; with --json the last
line of stdout is one JSON object instead.
"""

from __future__ import annotations

import asyncio
import datetime
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

import click
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import pen, readme, watched_training
from benchmarks.opened_page import SLOWER, STOPWATCH, WAIT, opened, slow_down
from benchmarks.runs import say
from benchmarks.session_page import SessionError
from benchmarks.sessions import Session
from model.cli import entry
from model.common.cores import cores
from model.common.machine import describe, phrase
from tools.app_server import serve
from tools.browser import BrowserMissingError, launch
from tools.page_actions import settle

BARE = Path(__file__).with_name("bare_app.py")
LONG = "epochs=10000&hidden_sizes=32"  # a training longer than any run of this
SECONDS_OF_CURVES = 8
TABS = {"Digits": "Confusion matrix", "Layers": "Layer health"}  # and what is to be read there alone

Result = dict[str, Any]  # plain values, as JSON has them

COUNTER = """([selector, seconds]) => new Promise((resolve) => {
    const shown = () => document.querySelector(selector)?.textContent
    let last = shown(), count = 0
    const observer = new MutationObserver(() => {
        const now = shown()
        if (now !== last) [last, count] = [now, count + 1]
    })
    observer.observe(document.body, { subtree: true, childList: true, characterData: true })
    setTimeout(() => { observer.disconnect(); resolve(count / seconds) }, seconds * 1000)
})"""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--rounds", type=click.IntRange(1, 100), default=11, show_default=True, help="Turns of each page.")
@click.option("--trainings", type=click.IntRange(0, 20), default=3, show_default=True, help="Timed, each way.")
@click.option("--write", is_flag=True, help="Write the result into benchmarks/README.md.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def latency(rounds: int, trainings: int, write: bool, as_json: bool) -> None:
    """Time answers and clicks in a real browser, and trainings with the page open and from the command line."""
    try:
        results = measure(rounds, trainings)
    except (BrowserMissingError, SessionError) as error:
        raise ValueError(str(error)) from None
    readme.publish("latency", results, markdown(results), keep=write, as_json=as_json)


def measure(rounds: int, trainings: int) -> Result:
    """All figures; the results are plain values."""
    results: Result = {
        "date": datetime.date.today().isoformat(),
        "machine": describe({"numpy": "NumPy", "streamlit": "Streamlit"}),
        "rounds": rounds,
        "workers": cores(),
    }
    with sync_playwright() as playwright, serve() as app, serve(BARE) as bare:
        browser = launch(playwright)
        say("Draw and the bare page")
        results["idle"] = answers(browser, app.url, bare.url, rounds)
        say(f"the same beside {cores()} trainings")
        with busy(app.url, cores()):
            results["training"] = answers(browser, app.url, bare.url, rounds)
        say("the answer behind the pen")
        results["pen"] = pen.measure(browser, app.url, rounds)
        say("Pause")
        results |= steered(browser, app.url, rounds)
        say(f"tabs, where the browser is {SLOWER} times as slow")
        results["slow browser"] = slowed(browser, app.url, rounds)
        if trainings:
            say("a training run with its page open, and from the command line")
            results["trainings"] = watched_training.measure(browser, app, trainings)
        browser.close()
    return results


# ---------------------------------------------------------------------------------------------------- Draw


def answers(browser: Browser, app: str, bare: str, rounds: int) -> Result:
    """Milliseconds from pen-up to what the page shows then: of Draw, and of the bare page, in turns."""
    found: dict[str, list[float]] = {"draw": [], "bare": []}
    for number in range(rounds + 1):
        for name, address in (("draw", f"{app}/draw"), ("bare", bare)):
            milliseconds = answered(browser, address)
            if number:  # the first is to warm up
                found[name].append(milliseconds)
        say(
            f"  {number}/{rounds}: " + ", ".join(f"{name} {values[-1]:.0f}" for name, values in found.items() if values)
        )
    return {name: round(median(values), 1) for name, values in found.items()}


def answered(browser: Browser, address: str) -> float:
    """Draw a stroke on a page just opened by someone new; returns the milliseconds from pen-up to the app's answer."""
    with opened(browser, address, reads_live=False) as page:
        box = page.locator('.st-key-canvas canvas[data-fabric="top"]').bounding_box(timeout=WAIT)
        if box is None:
            raise ValueError(f"a page with a canvas was expected at {address}; it shows none")
        x, y = box["x"], box["y"]
        page.evaluate(STOPWATCH, [".st-key-prediction", "mouseup", ""])
        page.mouse.move(x + 80, y + 60)
        page.mouse.down()
        page.mouse.move(x + 200, y + 55, steps=12)
        page.mouse.move(x + 120, y + 230, steps=16)
        page.mouse.up()
        return float(page.evaluate("window.stopwatch"))


@contextmanager
def busy(url: str, trainings: int) -> Iterator[None]:
    """This many training runs, watched by visitors without a browser, who would take its time.

    Raises:
        SessionError: the app failed one of them.
    """
    ended = asyncio.Event()
    begun: Future[None] = Future()

    async def watch() -> None:
        try:
            visitors = await asyncio.gather(*(train(url) for _ in range(trainings)))
            begun.set_result(None)
        except SessionError as error:
            begun.set_exception(error)
            return
        await ended.wait()
        for visitor in visitors:
            await stop(visitor)
            await visitor.close()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(watch(),), daemon=True)
    thread.start()
    begun.result()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


async def train(url: str) -> Session:
    """A visitor who has started a training, and sees it go on."""
    visitor = Session(url)
    await visitor.connect()
    await visitor.open("train", LONG)
    await visitor.press("start")
    await visitor.until(lambda page: page.news["loss_title"] > 2)
    return visitor


async def stop(visitor: Session) -> None:
    """Stop the visitor's training, and wait until the app has heard of it: else it goes on for a while."""
    runs = visitor.page.runs
    await visitor.press("stop")
    await visitor.until(lambda page: page.runs > runs)


# --------------------------------------------------------------------------------------------------- Train


def steered(browser: Browser, app: str, rounds: int) -> Result:
    """How often a second the curves are new, what it takes, whether charts stay, and how soon Pause takes effect."""
    with opened(browser, f"{app}/train?{LONG}") as page:
        page.locator(".st-key-start button").click()
        page.locator(".st-key-progress", has_text="Training").wait_for()
        charts = page.locator(":is(.st-key-loss_chart, .st-key-accuracy_chart) :is(canvas, svg.marks)")
        charts.nth(1).wait_for()
        charts.evaluate_all("charts => charts.forEach(chart => { chart.wasHere = true })")
        busy = BusyTime(page)
        updates = page.evaluate(COUNTER, [".st-key-progress", SECONDS_OF_CURVES])
        share = busy.seconds() / SECONDS_OF_CURVES
        pauses = []
        for _ in range(rounds):
            pauses.append(clicked(page, "Paused"))
            clicked(page, "Training")
        stayed = charts.evaluate_all("charts => charts.every(chart => chart.wasHere && chart.isConnected)")
        page.locator(".st-key-stop button").click()
        page.locator(".st-key-progress", has_text="Stopped").wait_for()
    return {
        "updates a second": round(updates, 2),
        "busy": round(share, 3),
        "charts stay": bool(stayed),
        "pause": {"median": round(median(pauses), 1), "most": round(max(pauses), 1)},
    }


def slowed(browser: Browser, app: str, rounds: int) -> Result:
    """Milliseconds from a click on a tab to its content, while a run trains and the browser renders slowly."""
    waits = []
    with opened(browser, f"{app}/train?{LONG}") as page:
        page.locator(".st-key-start button").click()
        page.locator(".st-key-progress", has_text="Training").wait_for()
        slow_down(page, SLOWER)
        for number, (tab, content) in enumerate(islice(cycle(TABS.items()), rounds), 1):
            page.evaluate(STOPWATCH, [".st-key-diagnostics", "click", content])
            page.locator(".st-key-diagnostics").get_by_role("tab", name=tab, exact=True).click()
            waits.append(float(page.evaluate("window.stopwatch")))
            say(f"  {number}/{rounds}: {waits[-1]:.0f}")
    return {"median": round(median(waits), 1), "most": round(max(waits), 1)}


class BusyTime:
    """For how long a page's thread is busy: nothing that a visitor does is answered meanwhile."""

    def __init__(self, page: Page) -> None:
        self._browser = page.context.new_cdp_session(page)
        self._browser.send("Performance.enable")

    def seconds(self) -> float:
        """Since the beginning."""
        found = self._browser.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in found if metric["name"] == "TaskDuration"))


def clicked(page: Page, state: str) -> float:
    """Click on Pause or Resume; returns the milliseconds until the training is said to be in the state."""
    settle(page, quiet=0)  # a click before the last one is answered counts as its second half
    page.evaluate(STOPWATCH, [".st-key-progress", "click", state])
    page.locator(".st-key-pause button").click()
    return float(page.evaluate("window.stopwatch"))


# -------------------------------------------------------------------------------------------------- README


def markdown(results: Result) -> str:
    """The README's part: the machine, and a table."""
    idle, training, pause = results["idle"], results["training"], results["pause"]
    rows = {
        "pen-up to answer, beside the bare page": f"{idle['draw'] / idle['bare']:.2f}",
        "the same, while every worker trains": f"{training['draw'] / training['bare']:.2f}",
        "the same, beside the bare page while none does": f"{training['draw'] / idle['bare']:.2f}",
        "updates of the curves in a second": f"{results['updates a second']:.1f}",
        "share of the time that the page is busy with them": f"{results['busy']:.2f}",
        "charts that stayed the same element": "all" if results["charts stay"] else "not all",
        "click on Pause to paused, median": f"{pause['median']:.0f} ms",
        "click on Pause to paused, at most": f"{pause['most']:.0f} ms",
    }
    if waits := results.get("slow browser"):
        name = f"click on a tab to its content, in a browser {SLOWER} times as slow"
        rows[f"{name}, median"] = f"{waits['median']:.0f} ms"
        rows[f"{name}, at most"] = f"{waits['most']:.0f} ms"
    rows |= pen.rows(results.get("pen", {}))
    if found := results.get("trainings"):
        rows["a training run with its page open, beside the command line"] = (
            f"{found['page open'] / found['command line']:.2f}"
        )
        for kind, share in found.get("processor", {}).items():
            rows[f"CPU cores used with its page open: {kind}"] = f"{share:.2f}"
    return "\n".join(
        [
            f"Measured on {results['date']} on {phrase(results['machine'])}; medians of {results['rounds']} turns.",
            "",
            "| | |",
            "|---|---:|",
            *(f"| {name} | {figure} |" for name, figure in rows.items()),
        ]
    )


if __name__ == "__main__":
    entry.run(latency)
