"""How the browser gets the networks of runs: not while nobody looks, no faster than agreed; and the map of snapshots.

The modules run in a page of their own; its clock is the test's.
"""

import itertools
from collections.abc import Callable
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from model.browser import wire
from model.ink import Drawing, read_ink, render
from model.nn.classifier import DigitClassifier
from tests.e2e.networks import made
from tests.e2e.page_errors import forgive
from tests.e2e.patience import until
from tests.paths import INK
from tools.browser_reader import ORIGIN, BrowserReader

DRAWING = next(iter(read_ink(INK)))
FOLLOW = f"""async () => {{
    const {{ RunNetworks }} = await import("{ORIGIN}/run_networks.js")
    const ask = fetch
    window.asked = window.arrived = 0
    window.fetch = (...what) => {{
        asked++
        return ask(...what)
    }}
    window.networks = new RunNetworks(() => arrived++)
    networks.follow([{{ address: "{ORIGIN}/runs/1", version: null }}], true)
}}"""
LOOK = """(state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true })
    document.dispatchEvent(new Event("visibilitychange"))
}"""
TAKE = "content => { window.network = reader.parseNetwork(Uint8Array.from(content).buffer) }"
MAP = f"""async ([strokes, pen, addresses]) => {{
    const {{ TrainingMap }} = await import("{ORIGIN}/inside/training_map.js")
    const root = document.createElement("figure")
    root.innerHTML = "<b class=moments-map-digit></b><div class=moments-map></div><p class=moments-map-sentence></p>"
    document.body.append(root)
    const {{ moments }} = reader.readAlong(window.network, strokes, {{ pen, count: 9 }})
    const snapshots = addresses.map((address, index) => ({{ address, step: 1000 * (index + 1) }}))
    new TrainingMap(root, () => {{}}).show({{ strokes, moments, digit: 7, snapshots }})
    return moments.map((moment) => moment.strokes)
}}"""


class Server:
    """Answers for the app with what each address gives."""

    def __init__(self, page: Page, answers: dict[str, DigitClassifier | None]) -> None:
        self._versions = itertools.count()
        self._answers = {name: wire.to_wire(network) if network else None for name, network in answers.items()}
        page.route(f"{ORIGIN}/runs/*", self._answer)

    def _answer(self, route: Route) -> None:
        content = self._answers[urlsplit(route.request.url).path]
        if content is None:
            route.fulfill(status=404)
        else:
            headers = {"ETag": f'"{next(self._versions)}"'}
            route.fulfill(body=content, headers=headers, content_type="application/octet-stream")


def arrivals(page: Page) -> Callable[[], int]:
    return lambda: int(page.evaluate("arrived"))


@pytest.mark.own_context
@pytest.mark.parametrize("hidden", [[8], [1024, 1024]], ids=["small", "large"])
def test_a_network_is_fetched_no_faster_than_agreed_and_never_while_nobody_looks(page: Page, hidden: list[int]) -> None:
    network = made(hidden, "relu", False, 11, 0)
    page.clock.install(time=0)
    page.clock.pause_at(1)  # from here on it goes on only as it is told
    BrowserReader(page)
    Server(page, {"/runs/1": network})
    page.evaluate(FOLLOW)
    page.clock.run_for(1)
    until(page, arrivals(page), lambda count: count == 1, "the first network")
    between = max(350, len(wire.to_wire_at_once(network)) / 2000)  # milliseconds; 2 MB a second
    page.clock.run_for(int(between) - 50)
    assert page.evaluate("asked") == 1
    page.clock.run_for(100)
    until(page, arrivals(page), lambda count: count == 2, "the second network")

    page.evaluate(LOOK, "hidden")
    page.clock.run_for(60_000)
    assert page.evaluate("asked") == 2
    page.evaluate(LOOK, "visible")
    page.clock.run_for(1)
    until(page, arrivals(page), lambda count: count == 3, "a network as soon as somebody looks")


def test_the_map_shows_what_each_snapshot_makes_of_the_ink(page: Page, page_errors: list[str]) -> None:
    networks = [made([24], "relu", False, 11, seed) for seed in (1, 2)]
    answers = {"/runs/1": networks[0], "/runs/2": None, "/runs/3": networks[1]}  # the second was dropped meanwhile
    BrowserReader(page)
    Server(page, answers)
    page.evaluate(TAKE, list(wire.to_wire(networks[0])))
    strokes = [stroke.tolist() for stroke in DRAWING.strokes]
    moments = page.evaluate(MAP, [strokes, DRAWING.pen, [ORIGIN + path for path in answers]])

    cells = page.locator(".moments-cells rect")
    until(page, cells.count, lambda count: count == 2 * 9, "two rows of nine cells")
    opacities = cells.evaluate_all("cells => cells.map((cell) => Number(cell.getAttribute('fill-opacity')))")
    images = np.stack([render(Drawing(tuple(map(np.array, each)), pen=DRAWING.pen)).reshape(-1) for each in moments])
    expected = [network.predict(images).probabilities[:, 7] for network in networks]
    np.testing.assert_allclose(np.reshape(opacities, (2, 9)), expected, atol=0.002)
    assert page.locator(".moments-step").all_text_contents() == ["1K", "3K"]
    assert "7" in page.locator(".moments-map-sentence").inner_text()
    forgive(page_errors, "404")  # the browser notes that one did not arrive
