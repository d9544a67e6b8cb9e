"""Draw and Home without a browser: what they show at first, and that no file or network takes them down."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from model.ink import read_ink
from model.jobs.protocol import JobStatus, ProgressReport, RunProgress
from model.training import checkpoint
from model.training.history import HistoryPoint
from tests.inference.test_classification import doubting
from tests.paths import INK, ROOT
from tests.ui.browser.test_run_networks import a_job
from tests.ui.draw.test_prediction import words
from tests.ui.screens import SECONDS, sound
from ui.draw.fabric import fabric_from_drawing
from ui.pickers import networks
from ui.state.session import VISITOR_KEY

PART = r'(?=<div class="(?:answer[ "]|answer-detail|likeness|bars))|(?=<figure)'  # of an answer


def draw_page() -> None:
    import runpy

    from model.training.checkpoint import WEIGHTS
    from ui import state

    state.begin()
    runpy.run_path(str(WEIGHTS.parent / "pages" / "draw.py"))


def draw() -> AppTest:
    return sound(AppTest.from_function(draw_page, default_timeout=SECONDS).run())


def home() -> AppTest:
    return sound(AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=SECONDS).run())


def picture_of_a_one(kind: str = "PNG") -> bytes:
    pillow_heif.register_heif_opener()
    paper = Image.new("L", (400, 400), 235)
    ImageDraw.Draw(paper).line([(200, 60), (200, 340)], fill=40, width=30)
    buffer = io.BytesIO()
    paper.save(buffer, kind)
    return buffer.getvalue()


def texts(screen: AppTest) -> list[str]:
    """Each part of the answer, and what else is HTML."""
    parts = [part for element in screen.get("html") for part in re.split(PART, element.proto.body)]
    return [" ".join(said) for part in parts if (said := words(part))]


def test_draw_begins_with_blank_paper_and_no_digit() -> None:
    screen = draw()
    assert "Draw a digit" in texts(screen)
    assert "0 1 2 3 4 5 6 7 8 9" in texts(screen)
    assert screen.selectbox(key="network").value == checkpoint.DEFAULT_WEIGHTS.stem
    assert not screen.error


def test_every_menu_of_draw_explains_itself() -> None:
    screen = draw()
    assert screen.selectbox(key="network").help
    assert screen.file_uploader(key="picture").help


@pytest.mark.parametrize("content", [b"no picture at all", picture_of_a_one("PPM")], ids=["no picture", "a PPM"])
def test_a_file_that_is_no_picture_gets_a_message(content: bytes) -> None:
    screen = draw()
    screen.file_uploader(key="picture").upload("one.png", content, "image/png").run()
    assert "TIFF or HEIC file" in screen.error[0].value
    assert "The picture can't be read" in texts(screen)


def sends(screen: AppTest, value: Any) -> AppTest:
    """Have the canvas send something, as the browser would."""
    screen.session_state["sheet_of_paper"] = value
    return sound(screen.run())


def draws(screen: AppTest, label: str) -> AppTest:
    """Have the visitor draw somebody's digit on blank paper."""
    drawing = next(drawing for drawing in read_ink(INK) if drawing.label == label)
    return sends(screen, {"drawing": {"raw": fabric_from_drawing(drawing), "data": None}})


def answer(screen: AppTest) -> str:
    return texts(screen)[0].split()[0]


def test_a_picture_is_read_and_clear_puts_it_away_with_its_file() -> None:
    screen = draw()
    screen.file_uploader(key="picture").upload("one.png", picture_of_a_one(), "image/png").run()
    assert any(text.startswith("1 ") for text in texts(screen))
    assert screen.file_uploader(key="picture").value
    screen.button(key="clear").click().run()
    assert "Draw a digit" in texts(screen)
    assert not any(upload.value for upload in screen.file_uploader)


def test_a_stroke_puts_a_picture_away_and_clear_a_drawing() -> None:
    screen = draws(draw(), "4")
    assert answer(screen) == "4"
    screen.button(key="clear").click().run()
    assert "Draw a digit" in texts(screen)
    screen.button(key="undo").click().run()
    assert answer(screen) == "4"
    screen.button(key="redo").click().run()
    assert "Draw a digit" in texts(screen)


def test_a_sample_digit_can_be_put_on_the_paper() -> None:
    screen = draw()
    for digit in ("8", "3"):
        screen.menu_button(key="sample").click(digit).run()
        assert answer(screen) == digit
    screen.menu_button(key="sample").click("Any digit").run()
    assert answer(screen) in "0123456789"


def test_all_networks_answer_the_drawing_on_request() -> None:
    screen = draws(draw(), "4")
    assert not any(text.startswith("handwriting 4") for text in texts(screen))
    screen.session_state["compare"] = True
    sound(screen.run())
    (compared,) = (text for text in texts(screen) if text.startswith("handwriting 4"))
    assert [name in compared for name in networks.shipped_names()] == [True] * len(networks.shipped_names())


BLANK = {"drawing": {"raw": {"objects": []}, "data": None}}
FORGERIES: dict[str, Any] = {
    "a text for the drawing": {"drawing": "forged"},
    "a list for its state": {"drawing": {"raw": [1, 2, 3]}},
    "no numbers": {"drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", "x", None]]}]}}},
    "not a number": {"drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", float("nan"), 1]]}]}}},
    "too many points": {
        "drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", 0, 0]] + [["L", 1, 1]] * 100_000}]}}
    },
    "a false background": {"drawing": {"raw": {"objects": []}}, "backgroundFit": "forged"},
}


def test_a_forged_drawing_gets_a_message_and_the_page_goes_on() -> None:
    screen = draw()
    for name, forged in FORGERIES.items():
        (error,) = sends(screen, forged).error
        assert error.value.replace("\\", "").startswith("The drawing can't be read"), name
        assert "Draw a digit" in texts(screen), name
        sends(screen, BLANK)
        sound(screen.button(key="clear").click().run())
        assert not screen.error, name
        assert answer(draws(screen, "4")) == "4", name
        assert not screen.error, name
        sound(screen.button(key="clear").click().run())
        sends(screen, BLANK)


def test_the_network_of_a_run_that_has_ended_meanwhile_is_chosen(tmp_path: Path) -> None:
    screen, job = draw(), a_job(tmp_path)
    job.name = "my 784-8-10"
    screen.session_state[VISITOR_KEY].jobs.append(job)
    menu = sound(screen.run()).selectbox(key="network")
    assert menu.value == "handwriting"
    assert not any(name.startswith("my ") for name in menu.options)
    point = HistoryPoint(1.0, 10, 0.1, 0.9, 0.1, 0.9, None, None, 0.1)
    job.apply(ProgressReport(RunProgress(JobStatus.FINISHED), points=[point]))
    menu = sound(screen.run()).selectbox(key="network")
    assert (menu.value, menu.options[0]) == ("my 784-8-10", "my 784-8-10")
    assert answer(draws(screen, "4"))


@pytest.mark.parametrize(
    ("is_digit", "said"),
    [
        (0.9, ["1 85.0 %", "or a 7, 15.0 %", "Is it a digit? 90 %"]),
        (0.6, ["perhaps a 1", "1: 85.0 %, if a digit at all", "Is it a digit? 60 %"]),
        (0.2, ["That doesn't look like a digit", "closest match: 1", "Is it a digit? 20 %"]),
    ],
)
def test_draw_says_how_sure_it_is_that_it_sees_a_digit(
    monkeypatch: pytest.MonkeyPatch, is_digit: float, said: list[str]
) -> None:
    network = doubting({1: 0.85, 7: 0.15}, is_digit)
    monkeypatch.setattr(networks, "load_shipped", lambda name: checkpoint.Checkpoint(network))
    screen = draw()
    assert "Draw a digit" in texts(screen)
    assert not any("Is it a digit?" in text for text in texts(screen))
    screen.file_uploader(key="picture").upload("one.png", picture_of_a_one(), "image/png").run()
    assert not screen.exception
    shown = texts(screen)
    assert [text for text in shown if text in said] == said
    assert any(text.startswith("0 85 % 1 2 3") for text in shown)


def test_home_leads_to_every_other_page() -> None:
    screen = home()
    menu, links = [link.proto.page for link in screen.get("page_link")][:6], screen.get("page_link")[6:]
    assert menu == ["", "draw", "train", "evaluate", "inside", "experiments"]
    assert {link.proto.page for link in links} == {"draw", "train", "evaluate", "inside", "experiments"}
    assert not screen.error


@pytest.mark.parametrize("open_page", [draw, home])
def test_a_network_that_cannot_be_opened_gets_a_message(
    monkeypatch: pytest.MonkeyPatch, open_page: Callable[[], AppTest]
) -> None:
    def fail(name: str) -> None:
        raise ValueError(f"{name} is damaged")

    monkeypatch.setattr(networks, "load_shipped", fail)
    assert "is damaged" in open_page().error[0].value
