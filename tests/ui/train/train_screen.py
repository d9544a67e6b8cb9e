"""The Train page without a browser, and what its visitor does there."""

from collections.abc import Callable, Iterator

from streamlit.testing.v1 import AppTest

from model.jobs import Job
from model.jobs.protocol import RunStep
from tests.polling import wait_for
from ui.state.session import VISITOR_KEY
from ui.state.visitor_state import VisitorState

SECONDS = 60


def script() -> None:
    import runpy

    from model.training.checkpoint import WEIGHTS
    from ui import state

    state.begin()
    runpy.run_path(str(WEIGHTS.parent / "pages" / "train.py"))


def endless(script: Callable[[], None], **session: object) -> Iterator[AppTest]:
    """A page whose runs are small and go on for as long as the test; they end with it.

    Args:
        script: Draws the page.
        session: What the session's state has before the page is drawn first.
    """
    screen = AppTest.from_function(script, default_timeout=SECONDS)
    for key, value in session.items():
        screen.session_state[key] = value
    screen.query_params["epochs"], screen.query_params["hidden_sizes"] = "10000", "8"
    yield screen.run()
    for job in jobs(screen):
        job.stop()


def jobs(screen: AppTest) -> list[Job]:
    return visitor(screen).jobs


def visitor(screen: AppTest) -> VisitorState:
    state: VisitorState = screen.session_state[VISITOR_KEY]
    return state


def press(screen: AppTest, key: str) -> None:
    screen.button(key=key).click().run()
    assert not screen.exception


def take_a_step(job: Job) -> None:
    job.send(RunStep())
    wait_for(lambda: job.is_paused and job.state().points[-1].step == 1, "a step")
