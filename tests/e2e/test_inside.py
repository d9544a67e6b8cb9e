"""Inside: one answer explained, with numbers that add up to what the model computes, by pointer and by keyboard."""

import re

import numpy as np
from playwright.sync_api import Locator, Page, expect

from model.ink import render
from model.training import checkpoint
from tests.e2e.draw_page import SURE, press, strokes_of
from tests.e2e.test_accessibility import expect_no_faults
from tools.page_actions import PAPER, settle
from ui.draw.sample_digits import sample_digit

ROUNDING = 0.005  # of a sum of ten numbers with three decimals
PIXEL_ROUNDING = 0.05  # of an activation, by places on the paper that are rounded on their way


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def values(rows: Locator) -> list[float]:
    texts = rows.locator(".product-value").all_inner_texts()
    return [number(text) for text in texts if text and "%" not in text]


def sum_of(unit: Locator) -> tuple[float, float, float]:
    """Return what the terms of the shown sum add up to, the pre-activation or logit, and the last line of all."""
    totals = values(unit.locator(".unit-sum .is-total"))
    return sum(values(unit.locator(".unit-sum tr:not(.is-total)"))), totals[0], totals[-1]


def activations_of(digit: int) -> list[np.ndarray]:
    """Return each layer's activations for the first sample of a digit, by the model itself."""
    drawing = sample_digit(digit, np.random.default_rng(1))
    pixels = render(drawing).reshape(1, -1).astype(np.float32) / 255
    return [layer[0] for layer in checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network.mlp.activations(pixels)]


def test_an_answer_is_explained_down_to_its_pixels(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/inside")
    settle(page)
    expect(page).to_have_title("Inside · Inkling")
    page.locator(".inside[data-state=ready]").wait_for()
    unit, title, chosen = (
        page.locator(".unit"),
        page.locator(".unit-title"),
        page.locator(".diagram-units").get_by_role("option"),
    )
    expect(page.locator(".inside-answer")).to_contain_text("Draw a digit")

    page.locator(".st-key-sample button").first.click()
    page.get_by_role("menuitem", name="7", exact=True).click()
    expect(page.locator(f".inside-answer {SURE}")).to_have_text("7")
    settle(page)
    expect(title).to_have_text("Output 7")
    expect(page.locator(".output-answer .output-name")).to_have_text("7")
    layers = activations_of(7)
    added, logit, _ = sum_of(unit)
    assert abs(added - logit) <= ROUNDING
    assert abs(logit - layers[-1][7]) <= PIXEL_ROUNDING
    expect(unit.locator(".unit-list caption")).to_have_text(["Speak for 7", "Speak against 7"])

    # A unit that speaks for the answer, by a click; its own sum makes the activation that the output gets.
    strongest = unit.locator(".unit-list").first.locator("button").first
    name = strongest.inner_text()
    strongest.click()
    expect(title).to_have_text(re.compile(rf"^Layer 2, {name}$"))
    added, pre_activation, activation = sum_of(unit)
    assert abs(added - pre_activation) <= ROUNDING
    assert 0 < activation <= pre_activation
    assert abs(activation - layers[1][int(name.split()[1]) - 1]) <= PIXEL_ROUNDING

    # By keyboard from unit to unit and from layer to layer, down to the image.
    chosen.focus()
    steps = {
        "Home": "Layer 2, unit 1",
        "ArrowRight": "Layer 2, unit 2",
        "PageUp": "Layer 1, unit ",
        "End": "Layer 1, unit 1024",
    }
    for key, place in steps.items():
        page.keyboard.press(key)
        expect(chosen).to_be_focused()
        expect(chosen).to_have_accessible_name(re.compile(rf"^{place}\d*: activation −?\d"))
        expect(title).to_contain_text(place)
    page.keyboard.press("PageUp")
    expect(chosen).to_have_accessible_name(
        re.compile(r"^Pixel, row 28, column 28: value 0\.000; ink here (raises|lowers) ")
    )
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("Pixel, row 28, column 27")

    # Why a 7 and not a 1: the parts add up to the difference of the logits, also for another digit.
    why = page.locator(".why")
    for other in ("1", "4"):
        why.get_by_label("Not that digit").select_option(other)
        expect(why.locator(".evidence-sum .is-total th")).to_have_text(f"logit of 7 minus logit of {other}")
        *parts, difference = [number(text) for text in why.locator(".evidence-sum td").all_inner_texts()]
        assert abs(sum(parts) - difference) <= ROUNDING
        assert abs(difference - (layers[-1][7] - layers[-1][int(other)])) <= 2 * PIXEL_ROUNDING
    expect(why.locator(".evidence-ink")).to_contain_text("without it, the difference would change by")

    # The tabs, by keyboard: the smallest change, the moment it knew, and one step of learning.
    why.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    expect(why.locator(".counterfactual-sentence")).to_have_text(
        re.compile(r"^If .*, it would be read as an? \d\.$|^No small change")
    )
    why.get_by_label("The digit that was meant").select_option("7")
    expect(why.locator(".counterfactual-sentence")).to_have_text("It is read as a 7 already.")
    why.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    expect(why.locator(".moments-sentence")).to_contain_text("7")
    expect(why.locator(".moments-name").last).to_have_text("no digit")  # the first of the ink is none
    slider = why.get_by_role("slider", name="Ink drawn so far")
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^100 % of the ink: 7, "))
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0 % of the ink: "))
    expect_no_faults(page, ".why")
    why.get_by_role("tab", name="One step of learning").click()
    why.get_by_label("The right label").select_option("1")
    expect(why.locator(".learning-right")).to_have_text("1")
    before, after = (number(text) for text in why.locator(".learning-loss").inner_text().split(" → "))
    logits = layers[-1].astype(float)
    assert abs(before - (np.log(np.exp(logits).sum()) - logits[1])) <= 2 * PIXEL_ROUNDING
    assert after < before

    # What is pointed at is said; the pen moves all of it.
    page.locator(".diagram").hover(position={"x": 100, "y": 240})
    expect(page.locator(".inside-readout")).to_have_text(re.compile(r"^Pixel, row \d+, column \d+: value "))
    expect(page.locator(".diagram-sentence")).to_contain_text("The strongest output is 7")
    page.locator(".st-key-clear button").click()
    expect(page.locator(".inside-answer")).to_contain_text("Draw a digit")
    press(page, page.locator(PAPER), strokes_of("3")[0])
    expect(page.locator(f".inside-answer {SURE}")).to_have_text("3")
    page.mouse.up()
    settle(page)
    expect(page.locator(f".inside-answer {SURE}")).to_have_text("3")
    expect_no_faults(page)
