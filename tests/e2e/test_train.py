"""The Train page in a real browser: learning is seen and steered, its address repeats it, and its network reads."""

import csv
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from model import data
from model.config import TrainingConfig
from model.ink import render
from model.training import checkpoint, train
from tests.e2e import probes
from tests.e2e.draw_page import DRAWINGS, DrawPage
from tests.e2e.patience import until
from tests.e2e.train_page import (
    CHARTS,
    FINISHED,
    LONG,
    PAUSED,
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
    network = checkpoint.load(visitor.download("download_network").read_bytes(), "mine.safetensors").network

    click_menu(page, "Draw")
    drawer = DrawPage(page)
    expect(page.locator(".st-key-network").get_by_role("combobox")).to_have_value(re.compile("^my 784-128-10 "))
    drawer.expect_blank()
    firsts = {drawing.label: drawing for drawing in reversed(DRAWINGS)}
    assert len(firsts) == 10
    images = np.stack([render(drawing).reshape(-1) for drawing in firsts.values()])
    read = network.predict(images).probabilities.argmax(axis=1)
    assert np.count_nonzero(read == [int(label) for label in firsts]) >= 9
    drawer.draw([stroke.tolist() for stroke in firsts["0"].strokes])
    expect(drawer.prediction.locator(".answer-digit").first).to_have_text("0")


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


def test_the_address_of_a_page_gives_another_person_and_the_library_the_same_run(
    page: Page, other: Page, app_url: str
) -> None:
    visitor = TrainPage(page, app_url).open("epochs=2&seed=7&batch_size=33&dropout=0.1")
    visitor.slider("hidden_layers").press("ArrowRight", shows="2")
    expect(page.locator(".st-key-hidden_2")).to_be_visible()
    visitor.tune("hidden_1", "Home", shows="1", address="hidden_sizes=1-64")
    visitor.tune("learning_rate", "ArrowRight", shows="0.002")
    visitor.choose("activation", "tanh")
    until(page, lambda: page.url, lambda url: "activation=tanh" in url, "the activation in the address")
    for setting in ("hidden_sizes=1-64", "learning_rate=0.002", "epochs=2", "seed=7", "batch_size=33", "dropout=0.1"):
        assert setting in page.url
    visitor.start(FINISHED)
    settings = {"hidden_sizes": (1, 64), "learning_rate": 0.002, "activation": "tanh", "epochs": 2}
    *_, last = train(TrainingConfig.of(settings | {"seed": 7, "batch_size": 33, "dropout": 0.1}), data.load("mnist-5k"))
    assert visitor.metric("Training loss") == f"{last.epoch_loss:.4f}"
    assert visitor.metric("Step") == f"{last.step:,}"
    guest = TrainPage(other, app_url).open(page.url.partition("?")[2])
    guest.start(FINISHED)
    for name in ("Training loss", "Training accuracy", "Validation accuracy", "Step"):
        assert guest.metric(name) == visitor.metric(name)


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
