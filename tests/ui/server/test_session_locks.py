"""Runs of one session exclude each other at its state, and never wait for one another for good."""

import threading
from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState

from ui.server import session_locks
from ui.server.session_locks import LOCK, STATE, STOP, TakingTurns, Turns, after_actions, unless_stopped


def test_while_one_run_holds_the_state_another_run_of_the_session_waits() -> None:
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


class Runner(ScriptRunner):
    """A run of a page in this thread, which another message may stop."""

    def __init__(self, state: SessionState) -> None:
        ThreadState.initialize()
        self.sent = 0
        self._requests = ScriptRequests()
        self.state = TakingTurns(state, lambda: after_actions(Runner._stop_if_asked)(self))

    def stop(self) -> None:
        self._requests.request_stop()

    def _stop_if_asked(self) -> None:
        if self._requests.on_scriptrunner_yield():
            raise StopException

    def send(self) -> None:
        """Send something to the browser."""
        unless_stopped(Runner._count)(self, ForwardMsg())

    def _count(self, _msg: ForwardMsg) -> None:
        self.sent += 1

    def draw(self, callback: Callable[[], None] | None = None) -> bool:
        """Draw a button; tells whether it was clicked."""
        button = WidgetMetadata(BUTTON, bool, bool, "trigger_value", callback=callback)
        return self.state.register_widget(button, "stop").value


BUTTON = "$$ID-0123-stop"
CLICK = WidgetStates(widgets=[WidgetState(id=BUTTON, trigger_value=True)])


def test_a_callback_comes_to_its_end_though_the_next_message_stops_the_run() -> None:
    run, did = Runner(SessionState()), list[str]()

    def call() -> None:
        run.stop()
        run.state["begun"] = True
        did.append("all of it")

    run.draw(call)
    run.state.on_script_will_rerun(CLICK)
    assert did == ["all of it"]
    with pytest.raises(StopException):
        run.state["next"] = True
    did.clear()
    with pytest.raises(StopException):
        run.state.on_script_will_rerun(CLICK)
    assert did == []


def test_a_run_does_what_a_click_asks_for_before_it_is_stopped_and_the_next_one_waits_for_it() -> None:
    state, seen = SessionState(), list[bool]()
    run = Runner(state)
    run.draw()
    run.state.on_script_will_rerun(CLICK)
    assert run.draw()
    run.send()
    assert run.sent == 1
    run.stop()

    def begin_next() -> None:
        other = Runner(state)
        other.state.on_script_will_rerun(WidgetStates())
        seen.append("done" in other.state)

    next_run = threading.Thread(target=begin_next)
    next_run.start()
    run.send()
    run.state["done"] = True
    with pytest.raises(StopException):
        run.draw()
    next_run.join()
    assert seen == [True]
    assert run.sent == 1  # the page is the next run's by now


def test_an_action_that_takes_too_long_can_be_stopped() -> None:
    turns = Turns(patience=0.01)
    turns.begin_action()
    turns.wait_for_action()
    run = Runner(SessionState())
    run.stop()
    with pytest.raises(StopException):
        run.state["next"] = True


def test_nobody_waits_for_a_run_whose_thread_has_ended_in_the_middle() -> None:
    state = SessionState()

    def end_in_the_middle() -> None:
        run = Runner(state)
        run.draw()
        run.state.on_script_will_rerun(CLICK)
        assert run.draw()

    ending = threading.Thread(target=end_in_the_middle)
    ending.start()
    ending.join()
    Runner(state).state.on_script_will_rerun(WidgetStates())


def test_a_thread_that_waited_too_long_continues_without_the_lock() -> None:
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


def test_after_a_long_holder_has_left_the_lock_excludes_others_again() -> None:
    turns, held, over, entered = Turns(patience=2), threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with turns:
            held.set()
            over.wait()

    def enter() -> None:
        with turns:
            entered.set()

    holding, entering = threading.Thread(target=hold), threading.Thread(target=enter)
    holding.start()
    held.wait()
    with turns:
        over.set()
    holding.join()
    with turns:
        entering.start()
        assert not entered.wait(0.2)
    entering.join()


def test_streamlits_runs_have_what_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LOCK in vars(SafeSessionState(SessionState(), lambda: None))
    monkeypatch.setattr(script_runner, STATE, SafeSessionState)  # that it has it; it is put back afterwards
    before = getattr(ScriptRunner, STOP)
    monkeypatch.setattr(ScriptRunner, STOP, before)
    session_locks.patch_streamlit()
    assert getattr(script_runner, STATE) is TakingTurns
    assert getattr(ScriptRunner, STOP) is not before
