"""The Train page in a real browser: learning is seen, steered, survives leaving the page, and its network reads."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from model import data
from model.config import TrainingConfig
from model.ink import read_ink
from model.training import train
from tests.e2e.driver import draw, settle

INK = Path(__file__).parents[1] / "data" / "ink.jsonl"
LONG = "?epochs=3000&hidden_sizes=32"  # longer than any test
LEARNING_SECONDS = 60


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    settle(page)


def start(page: Page) -> None:
    page.locator(".st-key-start button").click()


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".st-key-progress")).to_contain_text(state, timeout=LEARNING_SECONDS * 1000)


def figure(page: Page, name: str) -> str:
    """What the progress says under a name, such as Loss."""
    metric = page.locator(".st-key-progress [data-testid=stMetric]", has_text=name)
    return metric.locator("[data-testid=stMetricValue]").inner_text()


def step(page: Page) -> int:
    return int(figure(page, "Step").replace(",", ""))


def click_menu(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("h1").first).to_be_visible()


@pytest.mark.timeout(240)
def test_a_network_trained_here_reads_the_digits_drawn_for_it(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train")
    start(page)
    expect_state(page, "Finished")
    assert float(figure(page, "Validation accuracy").rstrip(" %")) > 85
    said = page.get_by_text("test images right").inner_text()
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


def test_live_curves_are_updated_in_place(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    charts = [page.locator(f".st-key-{name} canvas, .st-key-{name} svg.marks").first for name in CHARTS]
    for chart in charts:
        expect(chart).to_be_visible(timeout=20_000)
        chart.evaluate("node => { node.wasHere = true }")
    picture = page.locator(".st-key-weights_view img")
    first_picture, first_step = picture.get_attribute("src"), step(page)
    page.wait_for_timeout(4000)
    assert step(page) > first_step
    assert picture.get_attribute("src") != first_picture
    for chart in charts:
        assert chart.evaluate("node => node.wasHere === true && node.isConnected")
    page.locator(".st-key-stop button").click()
    expect_state(page, "Stopped")


CHARTS = ("loss_chart", "accuracy_chart")


def test_a_training_pauses_goes_on_and_stops(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Learning")
    pause = page.locator(".st-key-pause button")
    pause.click()
    expect_state(page, "Paused")
    held = step(page)
    page.wait_for_timeout(1500)
    assert step(page) == held
    expect(pause).to_contain_text("Resume")
    pause.click()
    expect_state(page, "Learning")
    page.wait_for_timeout(1000)
    assert step(page) > held
    page.locator(".st-key-stop button").click()
    expect_state(page, "Stopped")
    expect(pause).to_be_disabled()
    expect(page.locator(".st-key-download_network button")).to_be_enabled()


def test_leaving_the_page_or_loading_it_anew_finds_the_training_going_on(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Learning")
    before = step(page)
    click_menu(page, "Draw")
    settle(page)
    click_menu(page, "Train")
    expect_state(page, "Learning")
    page.wait_for_timeout(1000)
    after = step(page)
    assert after > before
    page.reload()
    expect_state(page, "Learning")
    assert step(page) >= after
    expect(page.locator(".st-key-hidden_1")).to_contain_text("32")
    page.locator(".st-key-stop button").click()
    expect_state(page, "Stopped")
    page.reload()  # and what it learned is still there
    expect_state(page, "Stopped")
    click_menu(page, "Draw")
    expect(page.get_by_role("combobox", name="Network")).to_have_value("my 784-32-10")


def test_a_training_that_ends_while_one_is_elsewhere_is_in_the_menu(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train?epochs=40&hidden_sizes=17")
    start(page)
    expect_state(page, "Learning")
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
    assert figure(page, "Loss") == f"{last.epoch_loss:.4f}"
    assert figure(page, "Step") == f"{last.step:,}"


def test_settings_go_into_the_address(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train")
    slider = page.get_by_role("slider", name="Hidden layers")
    slider.press("ArrowRight")
    expect(page.locator(".st-key-hidden_2")).to_be_visible()
    settle(page)
    page.wait_for_url(re.compile(r"hidden_sizes=128-64"))
    rate = page.get_by_role("slider", name="Learning rate")
    rate.press("ArrowRight")
    page.wait_for_url(re.compile(r"learning_rate=0.002"))


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
    page.locator(".st-key-stop button").click()
    expect_state(page, "Stopped")


def test_a_table_of_the_wrong_shape_is_refused_and_a_good_one_is_learned_from(
    page: Page, app_url: str, tmp_path: Path
) -> None:
    header = ",".join(["label", *(f"pixel{pixel}" for pixel in range(784))])
    rows = [",".join(map(str, [label, *([label * 20] * 784)])) for label in range(10)] * 20
    (tmp_path / "short.csv").write_text("\n".join([header, *(row.rsplit(",", 1)[0] for row in rows)]))
    (tmp_path / "good.csv").write_text("\n".join([header, *rows]))
    open_page(page, f"{app_url}/train?epochs=2")
    page.get_by_text("Use images from your own files").click()
    upload = page.locator(".st-key-dataset_files input[type=file]")
    upload.set_input_files(tmp_path / "short.csv")
    expect(page.get_by_role("alert")).to_contain_text("short.csv")
    page.locator(".st-key-dataset_files input[type=file]").set_input_files(tmp_path / "good.csv")
    settle(page)
    start(page)
    expect_state(page, "Finished")
