"""Time on the Train page, in a real browser: begin again, look back, branch off, compare, and take a run home."""

import csv
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image
from playwright.sync_api import Page, expect

from model import data
from model.config import TrainingConfig
from model.training import checkpoint, train
from model.training.trainer import Trainer
from tests.e2e import probes
from tests.e2e.draw_page import DrawPage
from tests.e2e.patience import until, until_equal
from tests.e2e.train_page import CHARTS, FINISHED, LONG, PAUSED, TrainPage, click_menu
from tools.page_actions import settle
from ui.charts.first_layer_weights import weights_image
from ui.common import theme

# The colors on the charts of the first run of several, and of the baseline.
ANOTHER_RUN, BASELINE = (0, 158, 115), (138, 143, 152)
STEPS_OF_AN_EPOCH = 57  # of the embedded images, in batches of 64
RUNS_TABLE = ".st-key-runs [data-testid=stDataFrame]"


def first_weights(config: TrainingConfig) -> str:
    """The picture of the weights that a run begins with."""
    trainer = Trainer(config, data.load("mnist-5k"))
    return weights_image(trainer.mlp.layers[0].weights)


def test_rewind_begins_again_with_the_very_same_weights(page: Page, app_url: str) -> None:
    config = TrainingConfig(hidden_sizes=(16,), epochs=10000)
    beginning = first_weights(config)
    visitor = TrainPage(page, app_url).open("epochs=10000&hidden_sizes=16")
    visitor.start()
    visitor.wait_for_step(gt=0)
    visitor.pause()
    expect(visitor.slider("snapshot").handle).to_be_enabled()
    visitor.wait_for_weights(lambda now: now != beginning, "what was learned")
    visitor.slider("snapshot").press("Home", shows="epoch 0")
    visitor.wait_for_weights(lambda now: now == beginning, "the first weights")

    first_epoch = next(seen for seen in train(config, data.load("mnist-5k")) if seen.epoch == 1 and seen.epoch_ended)
    loss = f"{first_epoch.epoch_loss:.4f}"
    for _ in range(2):
        visitor.press("rewind")
        visitor.wait_for_step(0)
        visitor.wait_for_state(PAUSED)
        visitor.wait_for_weights(lambda now: now == beginning, "the very same first weights")
        visitor.press("step_epoch")
        visitor.wait_for_step(first_epoch.step)
        until_equal(page, lambda: visitor.metric("Training loss"), loss, "the loss of the first epoch")
        visitor.wait_for_weights(lambda now: now != beginning, "other weights after an epoch")
    visitor.stop()
    assert visitor.wait_for_runs("stopped", "stopped", "stopped")  # the page went back to none of the earlier ones


def test_one_looks_back_and_branches_off_with_other_settings(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.start()
    snapshots = visitor.slider("snapshot")
    until(page, lambda: int(snapshots.handle.get_attribute("max") or 0), lambda kept: kept > 8, "eight snapshots")
    visitor.wait_for_step(gt=2 * STEPS_OF_AN_EPOCH)  # or the validation curve has a single point
    visitor.pause()
    held = visitor.step
    probes.watch_count(page, RUNS_TABLE)
    snapshots.press("Home", shows="epoch 0")
    expect(visitor.looking_back).to_be_visible()
    first = first_weights(TrainingConfig(hidden_sizes=(32,), epochs=10000))
    visitor.wait_for_weights(lambda now: now == first, "the first weights")
    earlier = snapshots.press("ArrowRight")
    assert earlier.startswith("epoch ")
    second = visitor.wait_for_weights(lambda now: now != first, "the weights of another snapshot")
    snapshots.press("End", shows="latest")
    expect(visitor.looking_back).to_have_count(0)
    visitor.wait_for_weights(lambda now: now not in (first, second), "the weights of now")

    snapshots.press("Home", shows="epoch 0")
    snapshots.press("ArrowRight", shows=earlier)
    expect(visitor.looking_back).to_be_visible()
    visitor.wait_for_weights(lambda now: now == second, "the weights of the same snapshot again")
    visitor.tune("learning_rate", "ArrowRight", shows="0.002")
    expect(visitor.button("fork")).to_contain_text(earlier)
    visitor.press("fork")
    visitor.wait_for_run("branch at")
    table = until(page, visitor.runs, lambda it: len(it.get("State", [])) == 2, "a second run")
    assert table["Initialized from"] == ["random weights", f"a branch at {earlier}"]
    assert table["Learning rate"] == ["0.001", "0.002"]
    assert table["State"][0] == "paused"  # the parent, as it was
    visitor.slider("learning_rate").wait_for("0.002")
    visitor.stop()
    for line in ("training", "validation"):  # they may lie upon those of the parent
        visitor.toggle_line(line, shown=False)
    for chart in CHARTS:
        until(
            page,
            lambda chart=chart: probes.pixels(visitor.chart(chart), ANOTHER_RUN),
            lambda count: count > 0,
            f"the parent on the {chart}",
        )
    for line in ("training", "validation"):
        visitor.toggle_line(line, shown=True)

    visitor.choose("run_", "784-32-10")
    visitor.wait_for_step(held)
    visitor.wait_for_state(PAUSED)
    visitor.slider("learning_rate").wait_for("0.001")
    visitor.resume()
    visitor.stop()
    assert probes.most_at_once(page) == 1  # table of the runs, whatever came and went above it


def test_a_digit_is_followed_and_the_inside_is_seen_while_it_learns(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.start()
    visitor.wait_for_step(gt=0)
    visitor.pause()  # its layers are healthy now, and may be slow later
    visitor.open_tab("Layers")
    layers = page.locator(".st-key-layers_view")
    expect(layers.get_by_text("healthy", exact=True)).to_have_count(2)
    visitor.resume()
    expect(layers).to_contain_text("784 to 32")
    layers.locator("summary").click()
    expect(layers.locator("canvas")).to_have_count(2)

    visitor.open_tab("Track an image")
    followed = page.locator(".st-key-followed_digit")
    choices = followed.locator(".st-key-follow button")
    choices.nth(0).click()  # my drawing
    expect(followed.get_by_role("link")).to_be_visible()  # there is none: to the Draw page
    click_menu(page, "Draw")
    DrawPage(page).draw([[[0, 0], [50, 0], [20, 100]]])
    click_menu(page, "Train")
    visitor.open_tab("Track an image")
    expect(followed).to_contain_text("Your drawing")
    expect(followed.locator("canvas")).to_be_visible()
    choices.nth(1).click()  # a test image
    expect(followed).to_contain_text(f"Test image 1: {data.load('mnist-5k').test_labels[0]}")
    expect(followed.locator("canvas")).to_be_visible()

    visitor.open_tab("Digits")
    digits = page.locator(".st-key-digits_view")
    expect(digits).to_contain_text(re.compile(r"\d+ images of 400 "))
    visitor.pause()
    visitor.press("rewind")  # what has learned all it can reads the same digits forever
    visitor.wait_for_step(0)
    visitor.wait_for_state(PAUSED)
    before = digits.inner_text()
    visitor.resume()
    until(page, digits.inner_text, lambda now: now != before, "other digits that it reads")
    visitor.open_tab("Gradient check")
    visitor.press("gradient_check")
    expect(page.get_by_text(re.compile("on (64|16) images: analytic and numeric gradients agree"))).to_be_visible()
    visitor.stop()


def test_runs_are_compared(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open("epochs=1&hidden_sizes=8")
    visitor.open_tab("Runs")
    probes.watch_count(page, RUNS_TABLE)
    visitor.start(FINISHED)
    visitor.tune("learning_rate", "ArrowRight", shows="0.002")
    visitor.press("start")
    visitor.wait_for_runs("finished", "finished")
    assert probes.most_at_once(page) == 1  # table at a time
    visitor.open("epochs=10000&hidden_sizes=10&learning_rate=0.002")
    probes.watch_count(page, RUNS_TABLE)
    visitor.start()
    table = until(page, visitor.runs, lambda it: len(it.get("State", [])) == 3, "a third run")
    outcomes = ("Run", "State", "Initialized from", "Best validation accuracy", "Test accuracy", "Training time (s)")
    differing = {title: values for title, values in table.items() if title not in (*outcomes, "Live changes")}
    assert differing == {
        "Learning rate": ["0.001", "0.002", "0.002"],
        "Hidden layers": ["8", "8", "10"],
        "Epochs": ["1", "1", "10000"],
    }

    loss = visitor.chart("loss_chart")
    until(page, lambda: probes.pixels(loss, ANOTHER_RUN), lambda count: count > 0, "another run on the chart")
    for run in ("784-8-10", "lr 0.002"):
        visitor.toggle_line(run, shown=False)
    until(page, lambda: probes.pixels(loss, ANOTHER_RUN), lambda count: count == 0, "a chart without another run")
    assert probes.pixels(loss, BASELINE) == 0
    visitor.open_chart_options()
    visitor.choose("baseline", "784-8-10")
    until(page, lambda: probes.pixels(loss, BASELINE), lambda count: count > 0, "the baseline on the chart")
    charts = [visitor.chart(name) for name in CHARTS]

    def change_charts(change: str) -> None:
        """Wait until all charts look otherwise."""
        before = [probes.painted(chart) for chart in charts]
        until(
            page,
            lambda: [probes.painted(chart) for chart in charts],
            lambda now: all(a != b for a, b in zip(now, before, strict=True)),
            f"charts after {change}",
        )

    visitor.slider("smoothing").press("End", shows="0.99")
    for toggle in ("log_values", "log_epochs"):
        page.locator(f".st-key-{toggle} label").first.click()
        expect(page.locator(f".st-key-{toggle} input")).to_be_checked()
        change_charts(toggle)

    def grow_in_place() -> bool:
        probes.mark(*charts)
        change_charts("more steps")
        return probes.are_marked(*charts)

    until(page, grow_in_place, bool, "charts that stay the same elements")
    page.keyboard.press("Escape")
    visitor.stop()
    assert probes.most_at_once(page) == 1

    visitor.open_tab("Runs")
    page.locator(".st-key-manage_run button").first.click()
    page.get_by_label("Name", exact=True).fill("lr 0.002")  # as another run is called
    page.keyboard.press("Enter")
    expect(page.locator("[class*=st-key-run_]").get_by_role("combobox").first).to_have_value("lr 0.002 (2)")
    visitor.press("delete_run")
    until_equal(page, lambda: visitor.runs()["Run"], ["784-8-10", "lr 0.002"], "the runs that are left")
    baseline = page.locator(".st-key-legend").get_by_role("button", name="784-8-10 (baseline)", exact=True)
    expect(baseline).to_have_attribute("aria-pressed", "true")


def test_curves_are_hidden_read_as_text_and_saved_as_pictures(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open("epochs=2&learning_rate=10&optimizer=sgd")
    charts = [visitor.chart(name) for name in CHARTS]
    for chart in charts:
        expect(chart).to_be_visible()  # before the first run
    settle(page)
    probes.mark(*charts)
    visitor.start(FINISHED)
    summary = page.locator(".legend-summary")
    expect(summary).to_have_text(re.compile(r"^784-128-10, epoch 2: loss [\d.,]+.*; validation [\d.]+ %.*\.$"))
    assert probes.are_marked(*charts)

    blue, orange = (theme.rgb(color) for color in (theme.TRAINING, theme.VALIDATION))
    until(page, lambda: probes.pixels(charts[0], blue), lambda count: count > 0, "the training curve")
    page.get_by_role("button", name="training", exact=True).press("Enter")
    until(page, lambda: probes.pixels(charts[0], blue), lambda count: count == 0, "no training curve")
    assert probes.pixels(charts[0], orange) > 0
    assert probes.are_marked(*charts)
    visitor.press("suggest_log")
    expect(visitor.button("suggest_log")).to_have_count(0)

    page.locator(".st-key-curves_data button").first.click()
    expect(page.locator(".curve-table tbody tr")).to_have_count(3)
    page.keyboard.press("Escape")
    page.locator(".st-key-curves_picture button").first.click()
    expect(page.locator(".st-key-picture_charts svg.marks")).to_have_count(2)
    saved = {}
    for kind in ("PNG", "SVG"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Save as {kind}").click()
        assert waiting.value.suggested_filename == f"784-128-10.{kind.lower()}"
        saved[kind] = Path(waiting.value.path())
    with Image.open(saved["PNG"]) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 1000
    words = {text.text for text in ElementTree.parse(saved["SVG"]).iter("{http://www.w3.org/2000/svg}text")}
    assert {"Loss: 784-128-10", "Accuracy: 784-128-10", "epoch", "validation"} <= words


def test_a_run_is_taken_home(page: Page, app_url: str, tmp_path: Path) -> None:
    visitor = TrainPage(page, app_url).open("epochs=2&hidden_sizes=12")
    visitor.start(FINISHED)
    expect(visitor.button("download_run")).to_be_enabled()

    trained = checkpoint.load(visitor.download("download_network").read_bytes(), "network.safetensors")
    assert trained.network.mlp.sizes == (784, 12, 10)
    said = page.locator(".st-key-result").inner_text()
    assert f"{trained.scores['test_accuracy']:.1%}".rstrip("%") in said

    rows = list(csv.DictReader(visitor.download("download_history").open()))
    assert {"epoch", "step", "loss", "accuracy", "validation_loss", "validation_accuracy"} < set(rows[0])
    assert [rows[0]["step"], rows[-1]["step"]] == ["0", str(visitor.step)]
    assert f"{float(rows[-1]['epoch_loss']):.4f}" == visitor.metric("Training loss")

    page.locator(".st-key-export_network button").first.click()
    assert b"784-12-10" in visitor.download("export_html").read_bytes()
    assert checkpoint.load(visitor.download("export_npz").read_bytes(), "network.npz").scores == trained.scores
    page.keyboard.press("Escape")

    with zipfile.ZipFile(visitor.download("download_run")) as packed:
        packed.extractall(tmp_path)
    said = subprocess.run(
        [sys.executable, "predict.py", "examples.npy"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    digits = [re.search(r"\d", line.split(":")[-1]) for line in said.splitlines()]
    assert len(digits) == 20
    assert all(digits)
