"""The Train page without a browser, and what its visitor does there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.testing.v1 import AppTest

from model.jobs import Job
from model.jobs.protocol import RunStep
from tests.paths import ROOT
from tests.polling import wait_for
from tests.ui.screens import SECONDS, sound
from ui.state.session import VISITOR_KEY
from ui.state.visitor_state import VisitorState


def script() -> None:
    import runpy

    from model.training.checkpoint import WEIGHTS
    from ui import state

    state.begin()
    runpy.run_path(str(WEIGHTS.parent / "pages" / "train.py"))


def page(**address: str) -> AppTest:
    """Open the page with settings in its address."""
    screen = AppTest.from_function(script, default_timeout=SECONDS)
    screen.query_params.update(address)
    return sound(screen.run())


def page_in_app(**address: str) -> AppTest:
    """Open the page within the app, where the links that it shows after a run lead somewhere."""
    screen = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=SECONDS).switch_page("train.py")
    screen.query_params.update(address)
    return sound(screen.run())


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
    end_runs(screen)


@contextmanager
def runs_end(screen: AppTest) -> Iterator[None]:
    """End the runs of a page, also if the test fails."""
    try:
        yield
    finally:
        end_runs(screen)


def end_runs(screen: AppTest) -> None:
    """Stop the visitor's runs, and delete their files."""
    for job in jobs(screen):
        job.discard()


def jobs(screen: AppTest) -> list[Job]:
    return visitor(screen).jobs


def visitor(screen: AppTest) -> VisitorState:
    state: VisitorState = screen.session_state[VISITOR_KEY]
    return state


def press(screen: AppTest, key: str) -> None:
    sound(screen.button(key=key).click().run())


def take_a_step(job: Job) -> None:
    job.send(RunStep())
    wait_for(lambda: job.is_paused and job.state().points[-1].step == 1, "a step")
