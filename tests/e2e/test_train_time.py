"""Time on the Train page, in a real browser: begin again, look back, branch off, compare, and take a run home."""

import csv
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from model import data
from model.config import TrainingConfig
from model.training import checkpoint, train
from tests.e2e.driver import draw
from tests.e2e.train_page import (
    LONG,
    PATIENCE_SECONDS,
    button,
    choose,
    click_menu,
    download,
    expect_state,
    figure,
    handle,
    move,
    open_page,
    pause,
    runs,
    settle_for_a_moment,
    stands_at,
    start,
    steady,
    step,
    stop,
    until,
    weights,
)

# The colours on the charts of the first run of several, and of the baseline.
ANOTHER_RUN, BASELINE = (0, 158, 115), (138, 143, 152)


def pixels(page: Page, chart: str, colour: tuple[int, int, int]) -> int:
    """How many pixels of a chart have a colour."""
    count: int = page.locator(f".st-key-{chart} canvas").first.evaluate(
        """(canvas, colour) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
            let count = 0
            for (let at = 0; at < data.length; at += 4)
                count += colour.every((value, channel) => Math.abs(data[at + channel] - value) < 3)
            return count
        }""",
        list(colour),
    )
    return count


def test_rewind_begins_again_with_the_very_same_weights(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?epochs=400&hidden_sizes=16")
    start(page)
    expect_state(page, "Training")
    assert until(page, lambda: step(page), lambda now: now > 0) > 0
    pause(page)
    expect(handle(page, "Timeline")).to_be_enabled()
    assert move(page, "Timeline", "Home") == "epoch 0"
    beginning = steady(page, lambda: weights(page))

    config = TrainingConfig(hidden_sizes=(16,), epochs=400)
    first_epoch = next(seen for seen in train(config, data.load("mnist-5k")) if seen.epoch == 1 and seen.epoch_ended)
    loss = f"{first_epoch.epoch_loss:.4f}"
    for _ in range(2):
        button(page, "rewind").click()
        expect_state(page, "Paused")
        assert until(page, lambda: step(page), lambda now: now == 0) == 0
        assert until(page, lambda: weights(page), lambda now: now == beginning) == beginning
        button(page, "step_epoch").click()
        assert until(page, lambda: step(page), lambda now: now == first_epoch.step) == first_epoch.step
        assert until(page, lambda: figure(page, "Training loss"), lambda now: now == loss) == loss
        assert until(page, lambda: weights(page), lambda it: it != beginning) != beginning
    stop(page)


def test_one_looks_back_and_branches_off_with_other_settings(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Training")
    slider = handle(page, "Timeline")
    until(page, lambda: int(slider.get_attribute("max") or 0), lambda kept: kept > 8)
    pause(page)
    held, now = steady(page, lambda: step(page)), steady(page, lambda: weights(page))
    earlier = move(page, "Timeline", "Home"), move(page, "Timeline", "ArrowRight")
    assert earlier[0] == "epoch 0"
    assert until(page, lambda: weights(page), lambda it: it != now) != now
    expect(page.get_by_text("You are looking back.")).to_be_visible()
    assert move(page, "Timeline", "End") == "latest"
    assert until(page, lambda: weights(page), lambda it: it == now) == now

    move(page, "Timeline", "Home")
    assert move(page, "Timeline", "ArrowRight") == earlier[1]
    assert move(page, "Learning rate", "ArrowRight") == "0.002"
    expect(button(page, "fork")).to_have_text(re.compile(f"Branch from {earlier[1]}"))
    button(page, "fork").click()
    expect_state(page, "fork")
    expect_state(page, "Training")
    table = until(page, lambda: runs(page), lambda it: len(it.get("State", [])) == 2)
    assert table["Initialized from"] == ["random weights", f"a branch at {earlier[1]}"]
    assert table["Learning rate"] == ["0.001", "0.002"]
    assert table["State"][0] == "paused"  # the parent, as it was
    assert stands_at(page, "Learning rate") == "0.002"
    for chart in ("loss_chart", "accuracy_chart"):
        assert until(page, lambda chart=chart: pixels(page, chart, ANOTHER_RUN), lambda count: count > 20) > 20
    stop(page)

    choose(page, "Selected run", "1. 784-32-10")
    expect_state(page, "Paused")
    assert until(page, lambda: step(page), lambda it: it == held) == held
    assert until(page, lambda: stands_at(page, "Learning rate"), lambda it: it == "0.001") == "0.001"
    button(page, "pause").click()
    assert until(page, lambda: step(page), lambda it: it > held) > held
    stop(page)


def test_a_digit_is_followed_and_the_inside_is_seen_while_it_learns(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Training")
    layers = page.locator(".st-key-layers_view")
    expect(layers.get_by_text("healthy", exact=True)).to_have_count(2, timeout=1000 * PATIENCE_SECONDS)
    expect(layers).to_contain_text("784 to 32")
    layers.get_by_text("Gradients and updates over time").click()
    expect(layers.locator("canvas")).to_have_count(2)

    followed = page.locator(".st-key-followed_digit")
    followed.get_by_text("my drawing").click()
    expect(followed).to_contain_text("draw a digit on the Draw page")
    click_menu(page, "Draw")
    draw(page, [[[0, 0], [50, 0], [20, 100]]])
    click_menu(page, "Train")
    expect(followed).to_contain_text("Your drawing")
    expect(followed.locator("canvas")).to_be_visible()
    followed.get_by_text("test image").click()
    expect(followed).to_contain_text(f"Test image 1: {data.load('mnist-5k').test_labels[0]}")
    expect(followed.locator("canvas")).to_be_visible()

    digits = page.locator(".st-key-digits_view")
    digits.get_by_text("Per-digit results").click()
    expect(digits).to_contain_text(re.compile(r"\d+ images of 400 are classified correctly"))
    before = digits.inner_text()
    assert until(page, digits.inner_text, lambda now: now != before) != before
    page.get_by_text("Gradient check").click()
    button(page, "gradient_check").click()
    expect(page.get_by_text("on 64 images: analytic and numeric gradients agree")).to_be_visible()
    stop(page)


def test_runs_are_compared(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?epochs=1&hidden_sizes=8")
    start(page)
    expect_state(page, "Finished")
    move(page, "Learning rate", "ArrowRight")
    start(page)
    until(page, lambda: runs(page), lambda it: it.get("State") == ["finished"] * 2)
    open_page(page, f"{app_url}/train?epochs=2000&hidden_sizes=10&learning_rate=0.002")
    start(page)
    expect_state(page, "Training")
    table = until(page, lambda: runs(page), lambda it: len(it.get("State", [])) == 3)
    outcomes = ("", "State", "Initialized from", "Best validation accuracy", "Test accuracy", "Training time (s)")
    differing = {title: values for title, values in table.items() if title not in (*outcomes, "Live changes")}
    assert differing == {
        "Learning rate": ["0.001", "0.002", "0.002"],
        "Hidden layers": ["8", "8", "10"],
        "Epochs": ["1", "1", "2000"],
    }

    assert until(page, lambda: pixels(page, "loss_chart", ANOTHER_RUN), lambda count: count > 0) > 0
    for run in ("1. 784-8-10", "2. 784-8-10"):
        page.get_by_role("button", name=f"Remove {run}").click()
        expect(page.get_by_role("button", name=f"Remove {run}")).to_have_count(0)
    assert until(page, lambda: pixels(page, "loss_chart", ANOTHER_RUN), lambda count: count == 0) == 0
    assert pixels(page, "loss_chart", BASELINE) == 0
    choose(page, "Baseline", "1. 784-8-10")
    assert until(page, lambda: pixels(page, "loss_chart", BASELINE), lambda count: count > 0) > 0
    assert move(page, "Smoothing", "End") == "0.99"
    for toggle in ("Log y", "Log x"):
        page.get_by_text(toggle).click()
        settle_for_a_moment(page)
    charts = [page.locator(f".st-key-{name} canvas").first for name in ("loss_chart", "accuracy_chart")]
    pictures = []
    for chart in charts:
        expect(chart).to_be_visible()
        chart.evaluate("node => { node.wasHere = true }")
        pictures.append(chart.evaluate("canvas => canvas.toDataURL()"))
    for chart, picture in zip(charts, pictures, strict=True):
        until(page, lambda chart=chart: chart.evaluate("it => it.toDataURL()"), lambda it, was=picture: it != was)
        assert chart.evaluate("canvas => canvas.toDataURL()") != picture
        assert chart.evaluate("node => node.wasHere === true && node.isConnected")
    stop(page)


def test_a_run_is_taken_home(page: Page, app_url: str, tmp_path: Path) -> None:
    open_page(page, f"{app_url}/train?epochs=2&hidden_sizes=12")
    start(page)
    expect_state(page, "Finished")
    expect(button(page, "download_run")).to_be_enabled()

    trained = checkpoint.load(download(page, "download_network").read_bytes(), "network.safetensors")
    assert trained.network.mlp.sizes == (784, 12, 10)
    result = page.locator(".st-key-result [role=alert]").inner_text()
    assert f"{trained.scores['test_accuracy']:.1%}".rstrip("%") in result

    rows = list(csv.DictReader(download(page, "download_history").open()))
    assert {"epoch", "step", "loss", "accuracy", "validation_loss", "validation_accuracy"} < set(rows[0])
    assert [rows[0]["step"], rows[-1]["step"]] == ["0", figure(page, "Step").replace(",", "")]
    assert f"{float(rows[-1]['epoch_loss']):.4f}" == figure(page, "Training loss")

    with zipfile.ZipFile(download(page, "download_run")) as packed:
        packed.extractall(tmp_path)
    said = subprocess.run(
        [sys.executable, "predict.py", "examples.npy"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    digits = [re.search(r"\d", line.split(":")[-1]) for line in said.splitlines()]
    assert len(digits) == 20
    assert all(digits)
