"""Runs of one session exclude each other at its state, and never wait for one another for good."""

import threading

import pytest
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from ui.server import session_locks
from ui.server.session_locks import LOCK, NAME, TakingTurns, Turns


def test_what_one_run_does_with_the_state_another_run_of_the_session_does_not_come_between() -> None:
    state = SessionState()
    older, newer = (TakingTurns(state, lambda: None) for _ in range(2))
    wrote = threading.Event()

    def write() -> None:
        older["drawing"] = "of the older run"
        wrote.set()

    writing = threading.Thread(target=write)
    with newer.query_params():  # holds the state for as long
        newer["drawing"] = "of the newer run"  # as often as it likes
        writing.start()
        assert not wrote.wait(0.2)
        assert newer["drawing"] == "of the newer run"
    writing.join()
    assert newer["drawing"] == "of the older run"


def test_states_of_two_sessions_have_nothing_to_do_with_each_other() -> None:
    my_state, your_state = SessionState(), SessionState()
    mine, yours = TakingTurns(my_state, lambda: None), TakingTurns(your_state, lambda: None)
    with mine.query_params():
        assert vars(mine)[LOCK] is not vars(yours)[LOCK]
        yours["drawing"] = "yours"
    assert "drawing" not in mine


def test_who_has_waited_long_goes_on() -> None:
    turns, held, over = Turns(patience=0.01), threading.Event(), threading.Event()

    def hold() -> None:
        with turns:
            held.set()
            over.wait()

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait()
    with turns, turns, turns:
        over.set()
    holding.join()
    with turns:  # which nobody has by now
        pass


def test_streamlits_runs_have_what_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LOCK in vars(SafeSessionState(SessionState(), lambda: None))
    monkeypatch.setattr(script_runner, NAME, SafeSessionState)  # that it has it; it is put back afterwards
    session_locks.patch_streamlit()
    assert getattr(script_runner, NAME) is TakingTurns
