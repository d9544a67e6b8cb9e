"""The stopwatch that times answers in a browser: it runs from the event to what was waited for, and no further."""

from playwright.sync_api import Page

from benchmarks import latency
from benchmarks.opened_page import STOPWATCH

PAGE = """<div class="said">Ready</div><button>Go</button><script>
const words = ["Learning", "Paused"]
document.querySelector("button").addEventListener("click", () => {
    const word = words.shift()
    setTimeout(() => (document.querySelector(".said").textContent = word), 150)
})
</script>"""


def test_it_stops_at_the_first_change(page: Page) -> None:
    page.set_content(PAGE)
    page.evaluate(STOPWATCH, [".said", "click", ""])
    page.locator("button").click()
    assert page.evaluate("window.stopwatch") >= 149
    assert page.locator(".said").inner_text() == "Learning"


def test_it_waits_for_the_words_that_are_wanted(page: Page) -> None:
    page.set_content(PAGE)
    page.evaluate(STOPWATCH, [".said", "click", "Paused"])
    page.locator("button").click()
    page.get_by_text("Learning").wait_for()
    page.locator("button").click()
    assert page.evaluate("window.stopwatch") >= 299
    assert page.locator(".said").inner_text() == "Paused"


def test_the_counter_counts_changes_of_what_is_shown(page: Page) -> None:
    page.set_content(PAGE)
    clicks = "for (const wait of [0, 100]) setTimeout(() => document.querySelector('button').click(), wait)"
    a_second = page.evaluate(f"wanted => {{ {clicks}; return ({latency.COUNTER})(wanted) }}", [".said", 1])
    assert a_second == 2


def test_the_table_holds_ratios() -> None:
    shown = latency.markdown(
        {
            "date": "2026-11-21",
            "machine": {"processor": "P", "system": "S"},
            "rounds": 3,
            "idle": {"draw": 300.0, "bare": 250.0},
            "training": {"draw": 400.0, "bare": 320.0},
            "pen": {
                "this machine": {"median": 8.3, "95 %": 14.2, "95 % from delivery": 3.4, "answers": 60, "arrived": 1300}
            },
            "updates a second": 2.4,
            "busy": 0.514,
            "charts stay": True,
            "pause": {"median": 150.0, "most": 290.0},
            "slow browser": {"median": 1500.0, "most": 2100.0},
            "trainings": {
                "command line": 10.0,
                "page open": 10.4,
                "processor": {"app": 0.153, "workers": 0.94, "browser": 0.4},
            },
        }
    )
    for row in (
        "bare page | 1.20 |",
        "trains | 1.25 |",
        "none does | 1.60 |",
        "busy with them | 0.51 |",
        "paused, median | 150 ms |",
        "4 times as slow, median | 1500 ms |",
        "| 1.04 |",
        "open: app | 0.15 |",
        "open: browser | 0.40 |",
        "median | 8.3 ms |",
        "delivery of the move's event, on this machine, 95 % | 3.4 ms |",
        "| 1.3 s |",
    ):
        assert row in shown
