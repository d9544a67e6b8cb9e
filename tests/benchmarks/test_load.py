"""The load's visitors understand what the app says, count what they meet with, and get the right answers."""

import asyncio
import json
import math
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import drawings, load, load_figures
from benchmarks.session_page import Page, SessionError, key_of
from benchmarks.sessions import Session
from model.cli import entry
from model.ink import read_ink, render
from tools.app_server import RunningApp, free_port, serve
from ui.draw.fabric import drawing_from_fabric


def container(place: list[int], key: str) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path[:] = place
    message.delta.add_block.id = f"$$ID-0123abcd-{key}"
    return message


def text(place: list[int], body: str) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path[:] = place
    message.delta.new_element.html.body = body
    return message


def button(place: list[int], key: str, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path[:] = place
    message.delta.fragment_id = fragment
    message.delta.new_element.button.id = f"$$ID-0123abcd-{key}"
    return message


def told(*messages: ForwardMsg) -> Page:
    page = Page()
    for message in messages:
        page.take(message)
    return page


@pytest.mark.parametrize(
    ("identity", "key"),
    [
        ("$$ID-0123abcd-start", "start"),
        ("$$ID-0123abcd-my-own-key", "my-own-key"),
        ("$$ID-0123abcd-None", ""),
        ("start", ""),
        ("", ""),
    ],
)
def test_an_elements_id_holds_its_key(identity: str, key: str) -> None:
    assert key_of(identity) == key


def test_a_page_knows_the_first_element_of_each_part_and_how_often_it_was_new() -> None:
    page = told(container([0, 1], "prediction"), text([0, 1, 0], "an 8"), text([0, 1, 1], "beside it"))
    assert (page.texts, page.news) == ({"prediction": "an 8"}, {"prediction": 1})
    page.take(text([0, 1, 0], "a 3"))
    page.take(text([0, 2, 0], "somewhere else"))
    assert (page.texts, page.news) == ({"prediction": "a 3"}, {"prediction": 2})


def test_a_part_in_anothers_place_is_heard_as_itself() -> None:
    page = told(container([0, 1], "prediction"), container([0, 1], "seen"), text([0, 1, 0], "a picture"))
    assert page.texts == {"seen": "a picture"}


def test_what_a_fragment_puts_into_anothers_container_is_the_containers_own() -> None:
    wrapper = ForwardMsg()
    wrapper.metadata.delta_path[:] = [0, 1, 0]
    wrapper.delta.add_block.transparent.SetInParent()
    page = told(container([0, 1], "answer_side"), wrapper, text([0, 1, 0, 0], "an 8"))
    assert page.texts == {"answer_side": "an 8"}


def test_widgets_are_found_by_key_or_by_its_beginning_with_the_fragment_they_belong_to() -> None:
    page = told(button([0, 0], "start"), button([0, 1], "sheet_1", "part"), button([0, 1], "sheet_2", "part"))
    assert page.widget("start") == "start"
    assert page.widget("sheet_") == "sheet_2"
    assert page.fragments == {"start": "", "sheet_1": "part", "sheet_2": "part"}
    with pytest.raises(SessionError, match="no widget pause; it has sheet_1, sheet_2, start"):
        page.widget("pause")


def test_an_exception_on_the_page_is_an_error() -> None:
    message = ForwardMsg()
    message.delta.new_element.exception.type = "KeyError"
    message.delta.new_element.exception.message = "'sheet'"
    with pytest.raises(SessionError, match="KeyError: 'sheet'"):
        told(message)


def test_fragments_are_looked_at_again_until_the_page_is_run_anew() -> None:
    look, anew, part = ForwardMsg(), ForwardMsg(), ForwardMsg()
    look.auto_rerun.fragment_id, look.auto_rerun.interval = "curves", 0.5
    anew.new_session.name = part.new_session.name = "app"
    part.metadata.run.fragment_ids.append("curves")
    page = told(look, part)
    assert page.looks == {"curves": 0.5}
    page.take(anew)
    assert page.looks == {}


def test_no_app_is_an_error_in_one_line() -> None:
    async def come() -> None:
        async with Session(f"http://127.0.0.1:{free_port()}"):
            pass

    with pytest.raises(SessionError, match="no connection"):
        asyncio.run(come())


def test_percentiles_are_what_so_many_answers_take_at_most() -> None:
    seconds = [number / 1000 for number in range(101)]
    assert load_figures.percentiles(seconds) == {"median": 50, "95 %": 95, "99 %": 99}
    assert load_figures.percentiles([]) == {}


def test_memory_is_shared_out_and_its_growth_is_that_of_the_last_half() -> None:
    rising_then_flat = [100.0, 300.0, *range(400, 500, 10), *[500.0] * 10]
    found = load_figures.memory_of(rising_then_flat, visitors=50)
    assert found == {"before": 100, "opened": 300, "end": 500, "session": 8, "growth of the last half": 0}
    still_rising = [100.0, 300.0, *range(400, 420)]
    assert load_figures.memory_of(still_rising, visitors=10)["growth of the last half"] == 9
    assert load_figures.memory_of([None] * 9, visitors=10) is None


def test_a_drawing_sent_is_the_drawing_that_was_meant() -> None:
    """The pen's curves pass through the middles between points, so they stay within half a step of each."""
    (drawing,) = [drawing for drawing in read_ink(drawings.INK) if drawing.writer == "curve-1" and drawing.label == "3"]
    arrived = drawing_from_fabric(json.loads(json.dumps(drawings.canvas_state(drawing.strokes))))
    assert len(arrived.strokes) == len(drawing.strokes)
    for meant, seen in zip(drawing.strokes, arrived.strokes, strict=True):
        step = np.hypot(*np.diff(meant, axis=0).T).max()
        distance = np.hypot(*(meant[:, None] - seen[None]).transpose(2, 0, 1)).min(axis=1)
        assert distance.max() <= step / 2
    assert np.abs(render(arrived).astype(float) - render(drawing)).mean() < 3


def test_no_two_drawings_are_alike_and_each_comes_with_its_answer() -> None:
    some = drawings.some(60)
    assert len({sent.value for sent in some}) == 60
    labels = [drawing.label for drawing in read_ink(drawings.INK)] * 2
    named = [f">{label}<" in sent.answer for sent, label in zip(some, labels, strict=True)]
    assert np.mean(named) > 0.9
    assert not any("%" in sent.answer for sent in some)


@pytest.fixture(scope="module")
def app() -> Iterator[RunningApp]:
    with serve() as running:
        yield running


def test_a_stroke_runs_no_more_of_draw_than_the_canvas_and_the_answer(app: RunningApp) -> None:
    """The rest of the page, its menus and what else it holds, would cost every visitor as much again."""

    async def draw() -> tuple[Page, list[str]]:
        (sent,) = drawings.some(1)
        async with Session(app.url) as visitor:
            await visitor.open("draw")
            heard, take = [], visitor.page.take
            visitor.page.take = lambda message: (heard.append(message), take(message))
            await load.answered(visitor, sent, load.Tally())
            await visitor.until(lambda page: page.runs > 1)
            return visitor.page, heard

    page, heard = asyncio.run(draw())
    assert len({page.fragments[page.widget(key)] for key in ("sheet_", "clear", "network")}) == 3
    assert page.fragments["network"] == ""
    elements = [message.delta.new_element for message in heard if message.delta.HasField("new_element")]
    kinds = [element.WhichOneof("type") for element in elements]
    assert sorted(kinds) == ["bidi_component", "bidi_component", "html"]
    keys = {key_of(element.bidi_component.id) for element in elements} - {""}
    assert keys == {page.widget("sheet_"), "live_reading"}
    assert len(heard) <= 10  # each takes the app a quarter of a millisecond


def test_visitors_draw_and_train_at_once_without_an_error(app: RunningApp, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WARM_UP": 1, "IDLE_ANSWERS": 10, "IDLE_SECONDS": 0.1, "BACKGROUND_SECONDS": 0.1}.items():
        monkeypatch.setattr(load, name, value)
    site = load.Site([app.url], [app.pid])
    found = asyncio.run(load.measure(site, drawings.by_stroke(40), sessions=4, seconds=4, every=0.5, trainings=3))
    assert (found["errors"], found["wrong"]) == ({}, 0)
    assert found["answers"] >= 4
    assert all(math.isfinite(value) and value > 0 for value in [*found["idle"].values(), *found["load"].values()])
    shown = load_figures.markdown({"date": "2026-11-21", "machine": {"processor": "P", "system": "S"}, **found})
    assert f"| answers, one for each stroke | {found['answers']} |" in shown


def test_an_answer_to_another_drawing_is_counted() -> None:
    first, *_ = drawings.some(1)

    class Stub:
        page = told(container([0], load.ANSWER))

        async def set(self, key: str, value: str) -> None:
            self.page.take(text([0, 0], "something else"))

        async def until(self, is_so: object) -> None:
            assert is_so(self.page)

    tally = load.Tally()
    asyncio.run(load.answered(Stub(), first, tally))
    assert (len(tally.seconds), tally.wrong) == (1, 1)


def test_bad_options_are_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr("sys.argv", ["load", "--sessions", "0"])
    with pytest.raises(SystemExit) as ended:
        entry.run(load.load)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
