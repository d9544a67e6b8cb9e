"""Lines stand out from light and from dark pages, and text can be read."""

import tomllib

import pytest

from tests.paths import ROOT
from ui.common import theme

LINES = {theme.TRAINING, theme.VALIDATION, theme.OTHER, *theme.RUN_COLORS, *theme.LAYER_COLORS}


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#FFFFFF", "#000000") == 21
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert theme.contrast("#0000FF", "#FFFFFF") == pytest.approx(8.59, abs=0.01)


def test_the_pages_have_these_backgrounds_and_texts() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert (config["light"]["backgroundColor"], config["dark"]["backgroundColor"]) == theme.PAGE
    assert (config["light"]["textColor"], config["dark"]["textColor"]) == theme.TEXT


def test_text_on_the_primary_color_and_captions_can_be_read() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for name, on_primary in zip(("light", "dark"), theme.ON_PRIMARY, strict=True):
        primary, page, text = (config[name][key] for key in ("primaryColor", "backgroundColor", "textColor"))
        caption = [0.6 * front + 0.4 * back for front, back in zip(theme.rgb(text), theme.rgb(page), strict=True)]
        assert theme.contrast(primary, on_primary) >= 4.5
        assert theme.contrast(primary, page) >= 4.5  # a slider's value
        assert theme.contrast("#" + "".join(f"{round(part):02X}" for part in caption), page) >= 4.5


@pytest.mark.parametrize("page", theme.PAGE)
def test_every_line_stands_out(page: str) -> None:
    assert {color for color in LINES if theme.contrast(color, page) < 3} == set()


def test_text_in_charts_can_be_read() -> None:
    for color in LINES:
        for shade, page in zip(theme.text_shades(color), theme.PAGE, strict=True):
            assert theme.contrast(shade, page) >= 4.5
    for shade, page in zip(theme.CHART_TEXT, theme.PAGE, strict=True):
        assert theme.contrast(shade, page) >= 4.5


def test_a_color_in_parts() -> None:
    assert theme.rgb("#0072B2") == (0, 114, 178)
    assert theme.rgba("#D55E00", 0.25) == "rgba(213, 94, 0, 0.25)"
