"""The Train page in a real browser: learning is seen, steered, survives leaving the page, and its network reads."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from model import data
from model.config import TrainingConfig
from model.training import train
from tests.e2e import probes
from tests.e2e.draw_page import DRAWINGS, DrawPage
from tests.e2e.patience import until, until_equal
from tests.e2e.train_page import (
    CHARTS,
    DIVERGED,
    FINISHED,
    LONG,
    PAUSED,
    STOPPED,
    TRAINING,
    TrainPage,
    click_menu,
    unfold,
)
from tools.page_actions import settle

STEPS_OF_AN_EPOCH = 57  # of 64 images, to see 3,600


def test_a_network_trained_here_reads_the_digits_drawn_for_it(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open()
    visitor.start(FINISHED)
    assert float(visitor.metric("Validation accuracy").rstrip(" %")) > 85
    said = page.locator(".st-key-result").inner_text()
    assert float(re.search(r"([\d.]+) %", said)[1]) > 85

    click_menu(page, "Draw")
    drawer = DrawPage(page)
    expect(page.locator(".st-key-network").get_by_role("combobox")).to_have_value(re.compile("^my 784-128-10 "))
    drawer.expect_blank()
    right = 0
    firsts = {drawing.label: drawing for drawing in reversed(DRAWINGS)}
    assert len(firsts) == 10
    for label, drawing in firsts.items():
        drawer.draw([stroke.tolist() for stroke in drawing.strokes])
        expect(drawer.prediction).to_contain_text(re.compile(r"\d"))
        right += drawer.prediction.locator(".answer-digit").first.inner_text() == label
        drawer.clear()
    assert right >= 9


def test_a_run_pauses_goes_step_by_step_and_stops_and_its_charts_stay(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.start()
    charts = [visitor.chart(name) for name in CHARTS]
    for chart in charts:
        expect(chart).to_be_visible()
    probes.mark(*charts)
    picture = visitor.weights
    visitor.wait_for_step(gt=visitor.step)
    visitor.wait_for_weights(lambda now: now != picture, "another picture of the weights")
    visitor.pause()
    held = visitor.step

    for number in (1, 2):  # a click that counted twice would show in the end
        visitor.press("step")
        visitor.wait_for_step(held + number)
        visitor.wait_for_state(PAUSED)
    visitor.press("step_epoch")
    end_of_epoch = ((held + 2) // STEPS_OF_AN_EPOCH + 1) * STEPS_OF_AN_EPOCH
    visitor.wait_for_step(end_of_epoch)
    visitor.wait_for_state(PAUSED)

    visitor.resume()
    visitor.stop()
    for key in ("pause", "step", "step_epoch", "stop"):
        expect(visitor.button(key)).to_be_disabled()
    expect(visitor.button("download_network")).to_be_enabled()
    assert probes.are_marked(*charts)


def test_the_keyboard_reaches_everything_and_every_button_has_a_name(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    for key, press, state in (("start", "Enter", TRAINING), ("pause", "Space", PAUSED), ("stop", "Enter", STOPPED)):
        expect(visitor.button(key)).to_be_enabled()
        tab_to(page, key)
        settle(page, quiet=0)
        page.keyboard.press(press)
        visitor.wait_for_state(state)
        settle(page, quiet=0)
        if key != "stop":  # a button that can't be pressed any more has no focus
            assert page.evaluate("key => document.activeElement.closest(`.st-key-${key}`) !== null", key)
    nameless = page.locator("button").evaluate_all(
        "all => all.filter(one => !(one.ariaLabel || one.textContent.trim())).map(one => one.outerHTML)"
    )
    assert nameless == []


def tab_to(page: Page, key: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("key => document.activeElement.closest(`.st-key-${key}`) !== null", key):
            return
    raise AssertionError(f"Tab never comes to {key}")


def test_what_is_tuned_while_it_learns_acts_at_once_and_is_marked(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.start()
    visitor.wait_for_step(gt=200)
    visitor.tune("learning_rate", "ArrowRight", shows="0.002")
    visitor.tune("dropout", "ArrowRight", shows="0.05")
    visitor.wait_for_step(gt=visitor.step + 200)
    visitor.tune("batch_size", "ArrowRight", shows="128")
    visitor.pause()
    visitor.tune("momentum", "ArrowLeft", shows="0.85")  # a training that is held follows too
    visitor.slider("hidden_layers").press("ArrowRight", shows="2")
    expect(page.get_by_text("Hidden layers differ from the current run")).to_be_visible()

    for _ in range(2):
        held = visitor.step
        visitor.press("step_epoch")
        visitor.wait_for_step(gt=held)
        visitor.wait_for_state(PAUSED)
    visitor.wait_for_run("784-32-10")
    places = [(x / 100, 0.35) for x in range(4, 100)]  # a mark is read from 1.5 % of the axis on both of its sides
    probes.tooltip_at(page, visitor.chart("loss_chart"), places, "learning rate: 0.002")
    visitor.open_tab("Runs")
    visitor.stop()
    assert visitor.wait_for_runs("stopped")["Live changes"] == ["4"]

    rows = list(csv.DictReader(visitor.download("download_history").open()))
    assert (float(rows[1]["learning_rate"]), float(rows[-1]["learning_rate"])) == (0.001, 0.002)
    ends = [int(row["step"]) for row in rows if row["validation_loss"]]  # of the epochs
    assert ends[1] - ends[0] == STEPS_OF_AN_EPOCH
    assert ends[-1] - ends[-2] == 29  # of 128 images each


def test_leaving_the_page_or_loading_it_anew_finds_the_training_going_on(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.start()
    before = visitor.wait_for_step(gt=0)
    click_menu(page, "Draw")
    click_menu(page, "Train")
    visitor.wait_for_state(TRAINING)
    after = visitor.wait_for_step(gt=before)
    page.reload()
    visitor.wait_for_step(gt=after)
    visitor.wait_for_state(TRAINING)
    expect(page.locator(".st-key-hidden_1")).to_contain_text("32")
    visitor.stop()
    page.reload()  # and what it learned is still there
    visitor.wait_for_state(STOPPED)
    click_menu(page, "Draw")
    expect(page.locator(".st-key-network").get_by_role("combobox")).to_have_value(re.compile("^my 784-32-10 "))


def test_a_training_that_ends_while_one_is_elsewhere_is_in_the_menu(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open("epochs=40&hidden_sizes=17")
    visitor.press("start")
    visitor.wait_for_run("784-17-10")
    click_menu(page, "Draw")
    network = page.locator(".st-key-network").get_by_role("combobox")

    def reloaded() -> str:
        page.reload()
        expect(network).to_have_value(re.compile("."))
        settle(page)
        return network.input_value().split(" (")[0]

    until_equal(page, reloaded, "my 784-17-10", "the network in the menu")


def test_an_address_gives_the_settings_and_the_very_same_training(page: Page, app_url: str) -> None:
    settings = {"epochs": 3, "hidden_sizes": "20-30", "activation": "tanh", "seed": 7, "batch_size": 33, "dropout": 0.1}
    visitor = TrainPage(page, app_url).open("&".join(f"{name}={value}" for name, value in settings.items()))
    expect(page.locator(".st-key-hidden_2")).to_contain_text("30")
    visitor.start(FINISHED)
    config = TrainingConfig.of(settings | {"hidden_sizes": (20, 30)})
    *_, last = train(config, data.load("mnist-5k"))
    assert visitor.metric("Training loss") == f"{last.epoch_loss:.4f}"
    assert visitor.metric("Step") == f"{last.step:,}"


def test_the_address_of_a_page_gives_another_person_the_same_training(page: Page, other: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open("epochs=2")
    visitor.slider("hidden_layers").press("ArrowRight", shows="2")
    expect(page.locator(".st-key-hidden_2")).to_be_visible()
    visitor.tune("hidden_1", "Home", shows="1", address="hidden_sizes=1-64")
    visitor.tune("learning_rate", "ArrowRight", shows="0.002")
    visitor.choose("activation", "tanh")
    until(page, lambda: page.url, lambda url: "activation=tanh" in url, "the activation in the address")
    for setting in ("hidden_sizes=1-64", "learning_rate=0.002", "epochs=2"):
        assert setting in page.url
    visitor.start(FINISHED)
    guest = TrainPage(other, app_url).open(page.url.partition("?")[2])
    guest.start(FINISHED)
    for name in ("Training loss", "Training accuracy", "Validation accuracy", "Step"):
        assert guest.metric(name) == visitor.metric(name)


def test_an_address_may_hide_parts_of_the_page(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open("epochs=1&hide=dropout,follow,layers_view,runs,everything")
    expect(page.get_by_role("alert")).to_contain_text("hide does not know everything")
    visitor.start(FINISHED)
    expect(page.locator(".st-key-learning_rate, .st-key-weights_view")).to_have_count(2)
    expect(page.locator(".st-key-dropout, .st-key-followed_digit, .st-key-layers_view, .st-key-runs")).to_have_count(0)


def test_a_bad_address_is_explained_and_the_page_stays_usable(page: Page, app_url: str) -> None:
    explained = {
        "data=/etc/passwd": "data must be one of mnist-5k, mnist; got '/etc/passwd'",
        "hidden_sizes=1-2-3-4-5-6-7": "hidden_sizes must be at most 6",
        "seed=x": "seed must be a whole number",
        "learning_rate=1000": "learning_rate must be above 0 and at most 10; got '1000'",
    }
    visitor = TrainPage(page, app_url).open("&".join(explained))
    for said in explained.values():
        expect(page.get_by_role("alert")).to_contain_text(said)
    visitor.start(FINISHED)


def test_a_batch_larger_than_the_data_is_explained(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open("batch_size=4096")
    visitor.slider("batch_size").wait_for("all")
    visitor.tune("batch_size", "ArrowLeft", shows="2,048", address="batch_size=2048")
    visitor.start(FINISHED)


def test_a_training_that_diverges_says_so_with_advice(page: Page, app_url: str) -> None:
    wild = "optimizer=sgd&learning_rate=10&initialization=normal&initial_std=10&activation=leaky_relu"
    visitor = TrainPage(page, app_url).open(f"{wild}&hidden_sizes=64-64-64-64")
    visitor.start(DIVERGED)
    expect(page.get_by_role("alert").first).to_contain_text("smaller learning rate")


def test_a_preset_runs_by_one_click(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open()
    visitor.choose("preset", "tanh-10")
    expect(page.locator(".st-key-hidden_1")).to_contain_text("10")
    settle(page)
    visitor.press("start")
    visitor.wait_for_run("tanh-10")
    visitor.wait_for_step(gt=0)  # to its end it takes minutes where all of MNIST is there
    visitor.stop()


def test_a_table_of_the_wrong_shape_is_refused_and_a_good_one_is_learned_from(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    header = ",".join(["label", *(f"pixel{pixel}" for pixel in range(784))])
    rows = [",".join(map(str, [label, *([label * 20] * 784)])) for label in range(10)] * 20
    (tmp_path / "short.csv").write_text("\n".join([header, *(row.rsplit(",", 1)[0] for row in rows)]))
    (tmp_path / "good.csv").write_text("\n".join([header, *rows]))
    visitor = TrainPage(page, app_url).open("epochs=2")
    unfold(page, "dataset_files")
    upload = page.locator(".st-key-dataset_files input[type=file]")
    upload.set_input_files(tmp_path / "short.csv")
    expect(page.get_by_role("alert")).to_contain_text("short.csv")
    page.locator(".st-key-dataset_files").get_by_test_id("stFileChipDeleteBtn").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    upload.set_input_files(tmp_path / "good.csv")
    expect(page.locator(".st-key-dataset").get_by_role("combobox").first).to_have_value(re.compile("good"))
    settle(page)
    visitor.start(FINISHED)
