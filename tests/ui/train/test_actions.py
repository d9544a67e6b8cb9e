"""What the bar's buttons do: continue trains on from the end of a run, one button is the primary one, tabs are lazy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from model.jobs import Job, JobStatus, TrainingRequest
from model.jobs.protocol import Pause
from tests.polling import wait_for, wait_until
from tests.ui.screens import sound
from tests.ui.train.train_screen import end_runs, jobs, page_in_app, press, visitor
from ui.state import runtime
from ui.train import actions, speed, tabs


@pytest.fixture
def screen(shared_cache: Path) -> Iterator[AppTest]:
    screen = page_in_app(epochs="1", hidden_sizes="4")
    yield screen
    end_runs(screen)


@pytest.fixture
def wild(shared_cache: Path) -> Iterator[AppTest]:
    """The page with settings whose run diverges."""
    screen = page_in_app(
        optimizer="sgd",
        learning_rate="10",
        initialization="normal",
        initial_std="10",
        activation="leaky_relu",
        hidden_sizes="64-64-64-64",
    )
    yield screen
    end_runs(screen)


def disabled(screen: AppTest) -> set[str]:
    return {button.key or "" for button in screen.button if button.disabled}


def test_continue_trains_on_from_the_end_with_more_epochs(screen: AppTest) -> None:
    assert {"pause", "step", "step_epoch", "stop", "continue", "rewind"} <= disabled(screen)
    press(screen, "full_speed")
    press(screen, "start")
    first = jobs(screen)[0]
    wait_for(lambda: first.status is JobStatus.FINISHED, "the end of the run")
    screen.run()
    assert actions.epochs_to_continue_to(first, 1) == 1 + actions.MORE_EPOCHS
    press(screen, "continue")
    newest = jobs(screen)[-1]
    assert newest is not first
    assert visitor(screen).job is newest
    assert newest.config == first.config.changed(epochs=1 + actions.MORE_EPOCHS)
    assert newest.forked_at == 1
    assert newest.speed == speed.FULL_SPEED
    assert screen.number_input(key="epochs").value == 1 + actions.MORE_EPOCHS
    wait_for(lambda: newest.status is JobStatus.FINISHED, "the end of the longer run")
    assert newest.state().points[-1].epoch == 1 + actions.MORE_EPOCHS


def test_a_branch_from_the_end_needs_more_epochs(screen: AppTest) -> None:
    press(screen, "full_speed")
    press(screen, "start")
    (job,) = jobs(screen)
    wait_for(lambda: job.status is JobStatus.FINISHED, "the end of the run")
    screen.run()
    assert "fork" in disabled(screen)
    assert any("from the end needs more epochs" in caption.value for caption in screen.caption)
    screen.number_input(key="epochs").set_value(2).run()
    assert "fork" not in disabled(screen)
    press(screen, "fork")
    branch = jobs(screen)[-1]
    wait_for(lambda: branch.status is JobStatus.FINISHED, "the end of the branch")
    assert branch.forked_at == 1


def test_a_run_with_the_largest_batch_comes_to_its_end(screen: AppTest) -> None:
    screen.select_slider(key="batch_size").set_value(2048).run()
    press(screen, "full_speed")
    press(screen, "start")
    (job,) = jobs(screen)
    last = wait_until(job, JobStatus.FINISHED).points[-1]
    assert (last.step, last.epoch) == (2, 1)


def test_a_run_that_diverges_comes_with_advice(wild: AppTest) -> None:
    press(wild, "start")
    (job,) = jobs(wild)
    wait_until(job, JobStatus.DIVERGED)
    (warning,) = sound(wild.run()).warning
    assert "Try a smaller learning rate than 10 (say 1)" in warning.value.replace("\\", "")


def test_a_run_that_is_started_by_a_page_that_is_just_left_belongs_to_its_visitor(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, started = runtime.pool().submit, list[Job]()

    def submit_and_leave(request: TrainingRequest) -> Job:
        started.append(submit(request))
        context = get_script_run_ctx()
        assert context
        assert context.script_requests
        context.script_requests.request_stop()  # as Streamlit does when the tab is closed
        return started[-1]

    monkeypatch.setattr(runtime.pool(), "submit", submit_and_leave)
    press(screen, "start")
    assert jobs(screen) == started
    assert len(started) == 1


def test_a_click_on_pause_does_what_the_button_said_also_if_the_run_has_paused_since(screen: AppTest) -> None:
    screen.query_params["epochs"] = "10000"
    screen.run()
    press(screen, "start")
    (job,) = jobs(screen)
    job.send(Pause())
    wait_for(lambda: job.is_paused, "the pause")
    press(screen, "pause")  # it said Pause
    assert job.pause_requested
    assert screen.button(key="pause").label == "Resume"
    press(screen, "pause")
    assert not job.pause_requested


def test_only_the_open_tab_is_computed(screen: AppTest) -> None:
    press(screen, "start")
    press(screen, "rewind")  # a run that stays before its first step
    assert not screen.dataframe
    screen.session_state[tabs.KEY] = tabs.RUNS
    screen.run()
    assert len(screen.dataframe) == 1


@pytest.mark.parametrize("validation_size", ["4000", "5000", "1.5"])
def test_a_validation_split_that_leaves_no_image_is_named_and_nothing_starts(
    shared_cache: Path, validation_size: str
) -> None:
    screen = page_in_app(validation_size=validation_size)
    assert ["images" in warning.value for warning in screen.warning] == [True]
    press(screen, "start")
    assert ["images" in error.value for error in screen.error] == [True]
    assert jobs(screen) == []


def test_a_validation_split_that_leaves_no_image_does_not_disturb_the_run(screen: AppTest) -> None:
    press(screen, "start")
    (job,) = jobs(screen)
    press(screen, "pause")
    sound(screen.number_input(key="validation_size").set_value(4000).run())
    assert job.is_live
