"""What a visitor does on the Train page, and reads there."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.e2e import probes
from tests.e2e.patience import until, until_equal
from tools.page_actions import settle

LONG = "epochs=10000&hidden_sizes=32"  # longer than any test
CHARTS = ("loss_chart", "accuracy_chart")

# What the page calls a run's states.
WAITING, TRAINING, PAUSED, FINISHED = "Waiting", "Training", "Paused", "Finished"
STOPPED, DIVERGED, FAILED = "Stopped", "Diverged", "Failed"
AT_REST = (PAUSED, FINISHED, STOPPED, DIVERGED, FAILED)


def click_menu(page: Page, name: str) -> None:
    """Go to another page by the menu; its address comes with the page."""
    link = page.get_by_role("link", name=name, exact=True).first
    path = urlsplit(link.get_attribute("href") or "").path.rstrip("/")
    link.click()
    until_equal(page, lambda: urlsplit(page.url).path.rstrip("/"), path, f"the address of {name}")
    expect(page.get_by_test_id("stMain").locator("h1").first).to_be_visible()
    settle(page, quiet=0)


def unfold(page: Page, key: str) -> None:
    """Open the part of the page that holds a place for files."""
    page.locator(f".st-key-load_{key} button").first.click()


class Slider:
    """A slider, found by its key."""

    def __init__(self, page: Page, key: str) -> None:
        self.page, self.key = page, key
        self.handle = page.locator(f".st-key-{key}").get_by_role("slider").first

    @property
    def value(self) -> str:
        return self.handle.get_attribute("aria-valuetext") or ""

    def press(self, key: str, *, shows: str | None = None) -> str:
        """Press a key; return what the slider then shows, which is `shows` or else something new."""
        before = self.value
        self.handle.press(key)
        expected = f"{shows!r} on {self.key}" if shows else f"another value than {before!r} on {self.key}"
        return until(self.page, lambda: self.value, lambda now: now == shows if shows else now != before, expected)

    def wait_for(self, value: str) -> None:
        until_equal(self.page, lambda: self.value, value, f"the slider {self.key}")


class TrainPage:
    """The Train page as one visitor sees it."""

    def __init__(self, page: Page, url: str = "") -> None:
        self.page, self.url = page, url
        self.progress = page.locator(".st-key-progress")
        self.queue = page.locator(".st-key-queue")
        self.status = self.progress.get_by_test_id("stProgress")  # such as "Training: 784-32-10"
        self.outcome = page.locator(".st-key-outcome")
        self.looking_back = page.get_by_text("You are looking back.")

    def open(self, query: str = "") -> "TrainPage":
        self.page.goto(f"{self.url}/train?{query}")
        expect(self.button("start")).to_be_visible()
        settle(self.page)
        return self

    # -- To steer ---------------------------------------------------------------------------------------------

    def button(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} button").first

    def press(self, key: str) -> None:
        """Press a button once the last click is answered: else the app takes it for the second half of that one."""
        button = self.button(key)
        expect(button).to_be_enabled()
        settle(self.page, quiet=0)
        button.click()

    def start(self, *states: str) -> None:
        """Press Start, and wait until the run is in one of the states; by default, until it trains.

        A LONG run trains for as long as the test takes; others may be over before the test looks.
        """
        states = states or (TRAINING,)
        if set(states) <= set(AT_REST):
            self.go_at_full_speed()
        self.press("start")
        self.wait_for_state(*states)

    def go_at_full_speed(self) -> None:
        """Choose full speed: a visitor's first run is slowed down, to be watched."""
        if self.slider("pace").value != "full speed":
            self.press("full_speed")
            self.slider("pace").wait_for("full speed")

    def open_tab(self, name: str) -> None:
        """Open one of the tabs below the curves; again, if the page was just being drawn anew and forgot about it."""
        tab = self.page.locator(".st-key-diagnostics").get_by_role("tab", name=name, exact=True)

        def selected() -> str | None:
            if tab.get_attribute("aria-selected") != "true":
                tab.click()
            return tab.get_attribute("aria-selected")

        until(self.page, selected, lambda it: it == "true", f"the open tab {name}")

    def pause(self) -> None:
        self.press("pause")
        self.wait_for_state(PAUSED)

    def resume(self) -> None:
        held = self.step
        self.press("pause")
        self.wait_for_step(gt=held)

    def stop(self) -> None:
        self.press("stop")
        self.wait_for_state(STOPPED)

    def slider(self, key: str) -> Slider:
        return Slider(self.page, key)

    def tune(self, key: str, press: str, *, shows: str, address: str | None = None) -> None:
        """Move a setting's slider, and wait until the app knows: it then writes the setting into the address."""
        self.slider(key).press(press, shows=shows)
        wanted = address or f"{key}={shows}"
        until(self.page, lambda: self.page.url, lambda url: wanted in re.split("[?&]", url), f"{wanted} in the address")

    def choose(self, menu: str, option: str) -> None:
        """Choose an option of a menu, found by its key."""
        if menu == "run_":
            self.open_tab("Runs")
        box = self.page.locator(f"[class*=st-key-{menu}]").get_by_role("combobox").first
        choice = self.page.get_by_role("option", name=option, exact=True)

        def chosen() -> str:
            """Make the next step towards the choice; none of them takes longer if the menu closes with a redraw."""
            if box.input_value() != option:
                if not choice.count():
                    box.press("ArrowDown")
                choice.evaluate_all("options => options[0]?.click()")
            return box.input_value()

        until_equal(self.page, chosen, option, f"the choice in {menu}")

    def toggle_line(self, name: str, *, shown: bool) -> None:
        """Click a line's name in the legend, and wait until it is hidden or shown."""
        line = self.page.locator(".st-key-legend").get_by_role("button", name=name, exact=True)
        line.click()
        expect(line).to_have_attribute("aria-pressed", str(shown).lower())

    def open_chart_options(self) -> None:
        self.page.locator(".st-key-chart_options button").first.click()
        expect(self.page.locator(".st-key-smoothing")).to_be_visible()

    # -- To read ----------------------------------------------------------------------------------------------

    def wait_for_state(self, *states: str) -> None:
        """Wait until the selected run is in one of these states."""
        expect(self.status).to_have_text(re.compile(rf"^\s*({'|'.join(states)}): "))
        if set(states) <= set(AT_REST):  # its figures, which now stay, come after the state
            settle(self.page, quiet=0)

    def wait_for_run(self, name: str) -> None:
        """Wait until a run with this in its name is the selected one: before the first, the page says "Ready"."""
        expect(self.status).to_have_text(re.compile(rf"^\s*(?!Ready)\w.*: .*{re.escape(name)}"))

    def metric(self, name: str) -> str:
        """Return the figure under a name, such as Training loss."""
        metric = self.progress.locator("[data-testid=stMetric]", has_text=re.compile(rf"^\s*{name}"))
        return metric.locator("[data-testid=stMetricValue]").first.inner_text()

    @property
    def step(self) -> int:
        return int(self.metric("Step").replace(",", ""))

    def wait_for_step(self, equal: int | None = None, *, gt: int = -1) -> int:
        """Wait for a step, or for one beyond; return it."""
        if equal is not None:
            return until(self.page, lambda: self.step, lambda step: step == equal, f"step {equal}")
        return until(self.page, lambda: self.step, lambda step: step > gt, f"a step beyond {gt}")

    @property
    def weights(self) -> str:
        """The picture of the first layer's weights."""
        self.open_tab("Weights")
        return self.page.locator(".st-key-weights_view img").first.get_attribute("src") or ""

    def wait_for_weights(self, holds: Callable[[str], bool], what: str) -> str:
        return until(self.page, lambda: self.weights, lambda picture: picture and holds(picture), what)

    def chart(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} canvas").first

    def runs(self) -> dict[str, list[str]]:
        """Return the table of the runs: for each row's title, a value for each run."""
        self.open_tab("Runs")
        return probes.table(self.page.locator(".st-key-runs [data-testid=stDataFrame]"))

    def wait_for_runs(self, *states: str) -> dict[str, list[str]]:
        """Wait until the table has runs in these states."""
        wanted = list(states)
        return until(self.page, self.runs, lambda table: table.get("State") == wanted, f"runs that are {wanted}")

    def download(self, key: str) -> Path:
        with self.page.expect_download() as waiting:
            self.button(key).click()
        return Path(waiting.value.path())
