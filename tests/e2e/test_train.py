"""The Train page in a real browser: learning is seen, steered, survives leaving the page, and its network reads."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from model import data
from model.config import TrainingConfig
from model.ink import read_ink
from model.training import train
from tests.e2e.driver import draw, settle
from tests.e2e.train_page import (
    LONG,
    button,
    choose,
    click_menu,
    download,
    expect_state,
    figure,
    move,
    open_page,
    pause,
    runs,
    start,
    steady,
    step,
    stop,
    until,
    weights,
)
from tests.paths import INK


@pytest.mark.timeout(240)
def test_a_network_trained_here_reads_the_digits_drawn_for_it(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train")
    start(page)
    expect_state(page, "Finished")
    assert float(figure(page, "Validation accuracy").rstrip(" %")) > 85
    said = page.locator(".st-key-result [role=alert]").inner_text()
    assert float(re.search(r"([\d.]+) %", said)[1]) > 85

    click_menu(page, "Draw")
    expect(page.get_by_role("combobox", name="Network")).to_have_value("my 784-128-10")
    prediction = page.locator(".st-key-prediction")
    expect(prediction).to_contain_text("Draw a digit")
    right = 0
    firsts = {drawing.label: drawing for drawing in reversed(list(read_ink(INK)))}
    assert len(firsts) == 10
    for label, drawing in firsts.items():
        draw(page, [stroke.tolist() for stroke in drawing.strokes])
        expect(prediction).to_contain_text(re.compile(r"\d"))
        right += prediction.locator(".answer-digit").first.inner_text() == label
        page.locator(".st-key-clear button").click()
        expect(prediction).to_contain_text("Draw a digit")
    assert right >= 9


CHARTS = ("loss_chart", "accuracy_chart")


def test_live_curves_are_updated_in_place(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    charts = [page.locator(f".st-key-{name} canvas, .st-key-{name} svg.marks").first for name in CHARTS]
    for chart in charts:
        expect(chart).to_be_visible(timeout=20_000)
        chart.evaluate("node => { node.wasHere = true }")
    first_picture, first_step = weights(page), step(page)
    assert until(page, lambda: step(page), lambda now: now > first_step) > first_step
    assert until(page, lambda: weights(page), lambda now: now != first_picture) != first_picture
    for chart in charts:
        assert chart.evaluate("node => node.wasHere === true && node.isConnected")
    stop(page)


def test_a_training_pauses_goes_step_by_step_and_stops(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Training")
    pause(page)
    held = steady(page, lambda: step(page))

    button(page, "step").click()
    assert until(page, lambda: step(page), lambda now: now != held) == held + 1
    assert steady(page, lambda: step(page)) == held + 1
    expect_state(page, "Paused")

    button(page, "step_epoch").click()
    until(page, lambda: step(page), lambda now: now > held + 1)
    after = steady(page, lambda: step(page))
    assert after % STEPS_OF_AN_EPOCH == 0
    assert held + 1 < after <= held + 1 + STEPS_OF_AN_EPOCH
    expect_state(page, "Paused")

    button(page, "pause").click()
    expect_state(page, "Training")
    assert until(page, lambda: step(page), lambda now: now > after) > after
    stop(page)
    for key in ("pause", "step", "step_epoch", "stop"):
        expect(button(page, key)).to_be_disabled()
    expect(button(page, "download_network")).to_be_enabled()


STEPS_OF_AN_EPOCH = 57  # of 64 images, to see 3,600


def test_the_keyboard_reaches_everything_and_every_button_has_a_name(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    tab_to(page, "start")
    page.keyboard.press("Enter")
    expect_state(page, "Training")
    tab_to(page, "pause")
    page.keyboard.press("Space")
    expect_state(page, "Paused")
    tab_to(page, "stop")
    page.keyboard.press("Enter")
    expect_state(page, "Stopped")
    nameless = page.locator("button").evaluate_all(
        "all => all.filter(one => !(one.ariaLabel || one.textContent.trim())).map(one => one.outerHTML)"
    )
    assert nameless == []


def tab_to(page: Page, key: str) -> None:
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("key => document.activeElement.closest(`.st-key-${key}`) !== null", key):
            return
    raise AssertionError(f"Tab never comes to {key}")


def test_what_is_tuned_while_it_learns_acts_at_once_and_is_marked(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?epochs=500&hidden_sizes=32")
    start(page)
    expect_state(page, "Training")
    assert until(page, lambda: step(page), lambda now: now > 200) > 200
    assert move(page, "Learning rate", "ArrowRight") == "0.002"
    assert move(page, "Dropout", "ArrowRight") == "0.05"
    changed_at = step(page)
    assert until(page, lambda: step(page), lambda now: now > changed_at + 200) > changed_at + 200
    assert move(page, "Batch size", "ArrowRight") == "128"
    pause(page)
    assert move(page, "Momentum", "ArrowLeft") == "0.85"  # a training that is held follows too
    assert move(page, "Hidden layers", "ArrowRight") == "2"
    expect(page.get_by_text("Hidden layers differ from the current run")).to_be_visible()

    for _ in range(2):
        now = steady(page, lambda: step(page))
        button(page, "step_epoch").click()
        assert until(page, lambda: step(page), lambda it, was=now: it > was) > now
    expect_state(page, "784-32-10")
    expect_state(page, "Paused")
    assert "learning rate: 0.002" in said_of_a_mark(page)
    stop(page)
    table = until(page, lambda: runs(page), lambda it: it.get("State") == ["stopped"])
    assert table["Live changes"] == ["4"]

    rows = list(csv.DictReader(download(page, "download_history").open()))
    assert (float(rows[1]["learning_rate"]), float(rows[-1]["learning_rate"])) == (0.001, 0.002)
    ends = [int(row["step"]) for row in rows if row["validation_loss"]]  # of the epochs
    assert ends[1] - ends[0] == STEPS_OF_AN_EPOCH
    assert ends[-1] - ends[-2] == 29  # of 128 images each


def said_of_a_mark(page: Page) -> str:
    """What the loss chart says where the mouse meets a mark."""
    chart = page.locator(".st-key-loss_chart canvas").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    tooltip = page.locator("#vg-tooltip-element")
    places = range(30, round(box["width"]), 4)
    for x in [*places, *places]:  # the mouse may have been too fast for a busy machine
        page.mouse.move(box["x"] + x, box["y"] + 0.35 * box["height"])
        page.wait_for_timeout(30)
        if tooltip.is_visible() and "learning rate" in (said := tooltip.inner_text()):
            return said
    return "no mark was met"


def test_leaving_the_page_or_loading_it_anew_finds_the_training_going_on(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Training")
    before = step(page)
    click_menu(page, "Draw")
    settle(page)
    click_menu(page, "Train")
    expect_state(page, "Training")
    page.wait_for_timeout(1000)
    after = step(page)
    assert after > before
    page.reload()
    expect_state(page, "Training")
    assert step(page) >= after
    expect(page.locator(".st-key-hidden_1")).to_contain_text("32")
    stop(page)
    page.reload()  # and what it learned is still there
    expect_state(page, "Stopped")
    click_menu(page, "Draw")
    expect(page.get_by_role("combobox", name="Network")).to_have_value("my 784-32-10")


def test_a_training_that_ends_while_one_is_elsewhere_is_in_the_menu(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?epochs=40&hidden_sizes=17")
    start(page)
    expect_state(page, "Training")
    click_menu(page, "Evaluate")
    network = page.get_by_role("combobox", name="Network")
    for _ in range(30):
        page.wait_for_timeout(1000)
        page.reload()
        settle(page)
        if network.input_value() == "my 784-17-10":
            break
    expect(network).to_have_value("my 784-17-10")


def test_an_address_gives_the_settings_and_the_very_same_training(page: Page, app_url: str) -> None:
    settings = {"epochs": 3, "hidden_sizes": "20-30", "activation": "tanh", "seed": 7, "batch_size": 33, "dropout": 0.1}
    address = f"{app_url}/train?" + "&".join(f"{name}={value}" for name, value in settings.items())
    open_page(page, address)
    expect(page.locator(".st-key-hidden_2")).to_contain_text("30")
    start(page)
    expect_state(page, "Finished")
    config = TrainingConfig.of(settings | {"hidden_sizes": (20, 30)})
    *_, last = train(config, data.load("mnist-5k"))
    assert figure(page, "Training loss") == f"{last.epoch_loss:.4f}"
    assert figure(page, "Step") == f"{last.step:,}"


def test_the_address_of_a_page_gives_another_person_the_same_training(
    page: Page, browser: Browser, app_url: str
) -> None:
    open_page(page, f"{app_url}/train?epochs=2")
    assert move(page, "Hidden layers", "ArrowRight") == "2"
    expect(page.locator(".st-key-hidden_2")).to_be_visible()
    assert move(page, "Units in layer 1", "Home") == "1"
    move(page, "Learning rate", "ArrowRight")
    choose(page, "Activation", "tanh")
    page.wait_for_url(re.compile("activation=tanh"))
    settle(page)
    for setting in ("hidden_sizes=1-64", "learning_rate=0.002", "epochs=2"):
        assert setting in page.url
    start(page)
    expect_state(page, "Finished")
    with browser.new_context() as context:
        other = context.new_page()
        open_page(other, page.url)
        start(other)
        expect_state(other, "Finished")
        for name in ("Training loss", "Training accuracy", "Validation accuracy", "Step"):
            assert figure(other, name) == figure(page, name)


def test_an_address_may_hide_parts_of_the_page(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?epochs=1&hide=dropout,follow,layers_view,runs,everything")
    expect(page.get_by_role("alert")).to_contain_text("'everything'")
    start(page)
    expect_state(page, "Finished")
    expect(page.locator(".st-key-learning_rate, .st-key-weights_view")).to_have_count(2)
    expect(page.locator(".st-key-dropout, .st-key-followed_digit, .st-key-layers_view, .st-key-runs")).to_have_count(0)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("learning_rate=1000", "learning_rate must be above 0 and at most 10; got '1000'"),
        ("data=/etc/passwd", "data must be one of mnist-5k, mnist; got '/etc/passwd'"),
        ("hidden_sizes=1-2-3-4-5-6-7", "hidden_sizes must be at most 6"),
        ("seed=x", "seed must be a whole number"),
    ],
)
def test_a_bad_address_is_explained_and_the_page_stays_usable(page: Page, app_url: str, query: str, said: str) -> None:
    open_page(page, f"{app_url}/train?{query}")
    expect(page.get_by_role("alert")).to_contain_text(said)
    start(page)
    expect_state(page, "Finished")


def test_a_batch_larger_than_the_data_is_explained(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?batch_size=4096")
    start(page)
    expect_state(page, "Failed")
    expect(page.get_by_role("alert")).to_contain_text("batch_size must be at most 3,600")
    expect(page.locator(".st-key-download_network")).to_have_count(0)  # nothing was learned
    page.get_by_role("slider", name="Batch size").press("ArrowLeft")
    settle(page)
    start(page)
    expect_state(page, "Finished")


def test_a_training_that_diverges_says_so_with_advice(page: Page, app_url: str) -> None:
    wild = "optimizer=sgd&learning_rate=10&initialization=normal&initial_std=10&activation=leaky_relu"
    open_page(page, f"{app_url}/train?{wild}&hidden_sizes=64-64-64-64")
    start(page)
    expect_state(page, "Diverged")
    expect(page.get_by_role("alert").first).to_contain_text("smaller learning rate")


def test_a_recipe_runs_by_one_click(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train")
    page.locator(".st-key-preset [role=combobox], .st-key-preset input").first.click()
    page.get_by_role("option", name="tanh-10").click()
    settle(page)
    expect(page.locator(".st-key-hidden_1")).to_contain_text("10")
    start(page)
    expect_state(page, "tanh-10")
    expect_state(page, "Finished")


def test_a_table_of_the_wrong_shape_is_refused_and_a_good_one_is_learned_from(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    header = ",".join(["label", *(f"pixel{pixel}" for pixel in range(784))])
    rows = [",".join(map(str, [label, *([label * 20] * 784)])) for label in range(10)] * 20
    (tmp_path / "short.csv").write_text("\n".join([header, *(row.rsplit(",", 1)[0] for row in rows)]))
    (tmp_path / "good.csv").write_text("\n".join([header, *rows]))
    open_page(page, f"{app_url}/train?epochs=2")
    page.get_by_text("Load data files").click()
    upload = page.locator(".st-key-dataset_files input[type=file]")
    upload.set_input_files(tmp_path / "short.csv")
    expect(page.get_by_role("alert")).to_contain_text("short.csv")
    page.locator(".st-key-dataset_files input[type=file]").set_input_files(tmp_path / "good.csv")
    settle(page)
    start(page)
    expect_state(page, "Finished")
