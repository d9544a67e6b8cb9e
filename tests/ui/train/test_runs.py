"""The runs of a visitor: the menu selects one."""

import gc
import math
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox, SelectSlider

from model.jobs import Job
from tests.polling import wait_for
from tests.ui.train.train_screen import endless, jobs, press, script, take_a_step, visitor
from ui.state.jobs import MAX_JOBS
from ui.train import snapshots, tabs


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    yield from endless(script, **{tabs.KEY: tabs.RUNS})  # where the menu of runs is


def of_run(screen: AppTest, job: Job) -> tuple[Selectbox, SelectSlider]:
    """The menu of runs and the timeline, as they stand there for a run."""
    return screen.selectbox(key=f"run_{job.number}"), screen.select_slider(key=f"snapshot_{job.number}")


def test_a_menu_of_runs_that_has_been_replaced_chooses_nothing(screen: AppTest) -> None:
    """Right after Reset weights, a browser may still report the menu that stood there before."""
    press(screen, "start")
    wait_for(
        lambda: any(it.step for it in jobs(screen)[-1].state().points), "a step, without which a run leaves no trace"
    )
    press(screen, "rewind")
    take_a_step(jobs(screen)[-1])
    wait_for(lambda: jobs(screen)[-1].state().snapshots, "a snapshot, before which the timeline is disabled")
    screen.run()
    menu, timeline = of_run(screen, jobs(screen)[1])
    press(screen, "rewind")
    first, _, newest = jobs(screen)
    assert visitor(screen).job is newest
    timeline.set_value(snapshots.LATEST)
    visitor(screen).last_request_at = math.inf  # the click on the button is reported again, and counts as the same
    menu.set_value(first.label).run()
    assert visitor(screen).job is newest
    screen.selectbox(key=f"run_{newest.number}").set_value(first.label).run()
    assert visitor(screen).job is first


def test_a_timeline_that_has_been_replaced_selects_no_snapshot_of_the_new_run(screen: AppTest) -> None:
    """Right after Reset weights, a browser may still report where the timeline of the run before stood."""
    press(screen, "start")
    press(screen, "rewind")
    take_a_step(jobs(screen)[-1])
    wait_for(lambda: jobs(screen)[-1].state().snapshots, "a snapshot")
    screen.run()
    replaced = jobs(screen)[-1]
    of_run(screen, replaced)[1].set_value(0).run()
    assert "looking back" in " ".join(caption.value for caption in screen.caption)
    menu, timeline = of_run(screen, replaced)
    press(screen, "rewind")
    wait_for(lambda: jobs(screen)[-1].state().snapshots, "a snapshot")
    menu.set_value(replaced.label)
    timeline.set_value(0).run()
    assert "looking back" not in " ".join(caption.value for caption in screen.caption)


def test_runs_that_are_no_longer_kept_are_not_in_memory(screen: AppTest) -> None:
    """Each of them had a menu of its own, whose callback Streamlit remembers."""
    started = []
    for seed in range(1, MAX_JOBS + 4):
        screen.number_input(key="seed").set_value(seed)
        press(screen, "start")
        started.append(weakref.ref(jobs(screen)[-1]))
        screen.run()
        screen.selectbox(key=f"run_{jobs(screen)[-1].number}")
    wait_for(lambda: sum(job.is_live for job in jobs(screen)) == 1, "the end of the runs before the last one")
    screen.number_input(key="seed").set_value(0)
    press(screen, "start")
    screen.run()
    gc.collect()
    alive = [job() for job in started if job()]
    assert len(alive) <= len(jobs(screen)) <= MAX_JOBS + 1
