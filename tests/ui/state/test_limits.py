"""No visitor has more than the operator allows, and each limit says what to do."""

from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from tests.ui.screens import SECONDS, sound
from ui.state import limits
from ui.state.session import VISITOR_KEY


@dataclass
class Run:
    """As much of a job as the limits look at."""

    is_live: bool = True
    own_seconds: float = 0.0
    stopped_because: str = ""
    stops: int = 0

    def stop(self) -> None:
        self.stops += 1


def check(config: TrainingConfig | None = None, runs: list[Any] | None = None, stopped: Any = None, waiting=0) -> None:
    limits.check_run(config or TrainingConfig(), runs or [], stopped, waiting)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Sets variables, of which none is set."""
    for name in ("PUBLIC", "MAX_VISITORS", "MAX_RUNS", "MAX_WAITING", "RUN_SECONDS", "MAX_PARAMETERS", "UPLOAD_MB"):
        monkeypatch.delenv(f"INKLING_{name}", raising=False)
    return monkeypatch


def test_a_visitor_has_only_so_many_runs_that_are_not_over(settings):
    live: list[Any] = [Run() for _ in range(8)]
    over = Run(is_live=False)
    check(runs=[*live[1:], over, over])
    check(runs=live, stopped=live[0])
    with pytest.raises(ValueError, match=r"8 of your runs train or wait.*stop one of them first"):
        check(runs=live, stopped=over)
    settings.setenv("INKLING_MAX_RUNS", "2")
    with pytest.raises(ValueError, match="2 of your runs train or wait"):
        check(runs=live[:2])


def test_the_queue_has_an_end(settings):
    settings.setenv("INKLING_MAX_WAITING", "20")
    check(waiting=19)
    with pytest.raises(ValueError, match=r"20 runs wait.*try again in a while"):
        check(waiting=20)


def test_a_network_may_be_as_large_as_the_operator_says(settings):
    wide = TrainingConfig(hidden_sizes=(4096, 4096))
    check(wide)
    settings.setenv("INKLING_PUBLIC", "1")
    check(TrainingConfig(hidden_sizes=(1024, 1024)))
    with pytest.raises(ValueError, match=r"20,\d+,\d+ parameters, and here it may have 2,000,000: it needs fewer"):
        check(wide)
    settings.setenv("INKLING_MAX_PARAMETERS", str(785 * 100 + 101 * 10))
    narrow = TrainingConfig(hidden_sizes=(100,))
    check(narrow)
    with pytest.raises(ValueError, match="79,610 parameters"):
        check(narrow.changed(batch_normalization=True))


def test_a_run_is_stopped_when_it_has_computed_for_as_long_as_it_may_and_says_so(settings):
    runs: list[Any] = [Run(own_seconds=61), Run(own_seconds=59), Run(own_seconds=61, is_live=False)]
    limits.stop_long_runs(runs)
    assert [run.stops for run in runs] == [0, 0, 0]
    settings.setenv("INKLING_RUN_SECONDS", "60")
    for _ in range(2):
        limits.stop_long_runs(runs)
    assert [run.stops for run in runs] == [1, 0, 0]
    assert (
        runs[0].stopped_because
        == "It was stopped after 60 seconds, for which a run may compute here. Its network is kept."
    )


def script() -> None:
    import streamlit as st

    from ui import state
    from ui.server import no_room

    if not state.has_room():
        no_room.show()
        st.stop()
    state.begin()
    st.text("in")


def visit() -> AppTest:
    return sound(AppTest.from_function(script, default_timeout=SECONDS).run())


def test_a_full_app_says_so_and_lets_the_visitor_in_when_there_is_room(settings):
    settings.setenv("INKLING_MAX_VISITORS", "1")
    visit()  # it may be one of several that other tests have left here
    late = visit()
    assert [title.value for title in late.title] == ["Inkling is full"]
    assert VISITOR_KEY not in late.session_state
    settings.setenv("INKLING_MAX_VISITORS", "100000")
    assert [text.value for text in late.run().text] == ["in"]
    settings.setenv("INKLING_MAX_VISITORS", "1")
    assert [text.value for text in late.run().text] == ["in"]  # who is here stays
