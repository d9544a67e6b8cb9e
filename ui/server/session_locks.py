"""Two runs of a page that overlap take turns at their session's state, and at what clicks ask for.

A click stops a page's run, and the next begins before that one has heard of it. Streamlit guards the session's state by
a lock of each run's own, which keeps nobody out: the next run found "dictionary changed size during iteration", in one
of some thousand clicks, and the visitor an error in the page's place. So they have one lock.

Streamlit also stops a run between the moment that it sees a click and what it does for it, which was then lost. So a
run comes to the end of that first, and the next one waits for it.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.state.safe_session_state import SafeSessionState

from ui.server import patches
from ui.server.pending_messages import TRIGGERS

if TYPE_CHECKING:
    from types import TracebackType

    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.proto.WidgetStates_pb2 import WidgetStates
    from streamlit.runtime.state import SessionState
    from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata

T = TypeVar("T")
Send = Callable[[ScriptRunner, "ForwardMsg"], None]

STATE = "SafeSessionState"  # a run makes one of these around its session's state
LOCK = "_lock"  # its attribute
SEND = "_enqueue_forward_msg"  # sends a part of a page that a run has drawn
STOP = "_maybe_handle_execution_control_request"  # stops a run in its thread if the next one has been asked for
MAX_SESSIONS = 10_000  # far more than there are at a time
PATIENCE_SECONDS = 1.0  # who holds the state longer may wait for this very run; and at most for an action
SECONDS_BETWEEN_LOOKS = 0.005


def patch_streamlit() -> None:
    """To be called once, before the server starts."""
    patches.replace(script_runner, STATE, lambda _: TakingTurns, "runs that overlap may get in each other's way")
    patches.replace(ScriptRunner, STOP, after_actions, "of two clicks at once the first may be lost")
    patches.replace(ScriptRunner, SEND, unless_stopped, "a page may be drawn by two runs at once")


_run = threading.local()  # of this thread: until when it may be in an action, which is what a click asks for


def goes_on(runner: ScriptRunner) -> bool:
    """Whether this thread's run is stopped, but goes on to the end of what a click asks for."""
    is_in_action = time.monotonic() < getattr(_run, "action_ends", 0)
    return is_in_action and runner._requests._state == ScriptRequestType.STOP


def after_actions(stop_if_asked: Callable[[ScriptRunner], None]) -> Callable[[ScriptRunner], None]:
    """Do the same as a function that stops this thread's run if that is asked for, but not in an action."""

    def stop_if_asked_after_actions(runner: ScriptRunner) -> None:
        if not goes_on(runner):
            stop_if_asked(runner)

    return stop_if_asked_after_actions


def unless_stopped(send: Send) -> Send:
    """Do the same as a function that sends what a run has drawn, but not once the next run may have begun."""

    def send_unless_stopped(runner: ScriptRunner, msg: ForwardMsg) -> None:
        if not goes_on(runner):
            send(runner, msg)

    return send_unless_stopped


class Turns:
    """A lock that one thread has, as often as it likes; who has waited long goes on without it.

    Then nobody waits any more, until the thread that has it has left.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = self._seconds_to_wait = self._action_seconds = patience
        self._acting: threading.Thread | None = None
        self._action_ends = 0.0
        self._lock = threading.RLock()
        self._mine = threading.local()

    def __enter__(self) -> None:
        is_mine = self._lock.acquire(timeout=self._seconds_to_wait)
        if not is_mine:
            self._seconds_to_wait = 0.0
        elif not any(self._taken):  # nobody had it
            self._seconds_to_wait = self._patience
        self._taken.append(is_mine)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._taken.pop():
            self._lock.release()

    def begin_action(self) -> None:
        """Do what a click asks for: this thread's run is not stopped meanwhile, unless it takes long."""
        self._acting = threading.current_thread()
        self._action_ends = _run.action_ends = time.monotonic() + self._action_seconds

    def end_action(self) -> None:
        """Let this thread's run be stopped again."""
        if self._acting is threading.current_thread():
            self._acting = None
        _run.action_ends = 0

    def wait_for_action(self) -> None:
        """Wait for the end of what another run of the session is doing for a click."""
        while (acting := self._acting) and acting.is_alive() and time.monotonic() < self._action_ends:
            time.sleep(SECONDS_BETWEEN_LOOKS)

    @property
    def _taken(self) -> list[bool]:
        """Of each time that this thread has entered and not left, whether it got the lock."""
        if not hasattr(self._mine, "taken"):
            self._mine.taken = []
        taken: list[bool] = self._mine.taken
        return taken


class TakingTurns(SafeSessionState):
    """A session's state as one run sees it, with the lock that all its runs have."""

    def __init__(self, state: SessionState, yield_callback: Callable[[], None]) -> None:
        super().__init__(state, yield_callback)
        object.__setattr__(self, LOCK, _lock_of(id(state)))

    @property
    def _turns(self) -> Turns:
        turns: Turns = vars(self)[LOCK]
        return turns

    def on_script_will_rerun(self, fresh_widget_states: WidgetStates | None, **options: Any) -> None:
        """Take what the visitor has done; callbacks are called here."""
        self._turns.end_action()
        self._turns.wait_for_action()
        self._yield_callback()
        self._turns.begin_action()
        try:
            super().on_script_will_rerun(fresh_widget_states, **options)
        finally:
            self._turns.end_action()

    def register_widget(self, metadata: WidgetMetadata[T], user_key: str | None) -> RegisterWidgetResult[T]:
        """Tell the run the value of a widget; what it does for a click it does before it comes to the next widget."""
        self._turns.end_action()
        result = super().register_widget(metadata, user_key)
        if metadata.value_type in TRIGGERS and result.value:
            self._turns.begin_action()
        return result

    def on_script_finished(self, widget_ids_this_run: frozenset[str], *, remove_stale_widgets: bool = True) -> None:
        """Tidy up after a run that was not stopped."""
        self._turns.end_action()
        super().on_script_finished(widget_ids_this_run, remove_stale_widgets=remove_stale_widgets)


# By the address of the state, which takes no attribute of ours: whoever comes to it later has the same lock.
@functools.lru_cache(MAX_SESSIONS)
def _lock_of(_address: int) -> Turns:
    return Turns()
