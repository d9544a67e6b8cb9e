import math
import time

import numpy as np
import pytest

from model.jobs import Fork, Job, JobStatus, TrainingRequest
from model.jobs.job_state import MAX_POINTS, JobState
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    Pause,
    ProbePrediction,
    ProgressReport,
    Resume,
    RunProgress,
    RunStep,
    SetProbeImage,
    SetSpeed,
    SnapshotRef,
    Stop,
)
from model.training import Trainer, sample_rows, train
from model.training.diagnostics import inspect_network
from model.training.history import HistoryPoint
from tests.jobs.runs import ENDLESS, QUICK, STEPS, TOY
from tests.polling import wait_for, wait_for_points, wait_until

RANDOM = QUICK.changed(epochs=4, dropout=0.3, batch_normalization=True, augmentation="affine", optimizer="adam")
FORKED = RANDOM.changed(augmentation="none")


@pytest.fixture
def start(submit):
    """Starts a job with a config."""
    return lambda config, **more: submit(config=config, **more)


def numbers(points):
    """Points as one array, None and NaN being alike."""
    return np.array(points, float)


def settled(job):
    """The state of a paused job once it has told all that it tells."""
    wait_for(lambda: job.state().diagnostics[-1].step == job.state().points[-1].step, "diagnostics of where it paused")
    return job.state()


# ------------------------------------------------------------------------------------------------ its result


def test_a_job_learns_what_training_in_this_process_does(start):
    job = start(QUICK.changed(dropout=0.1, batch_normalization=True, early_stopping=3))
    state = wait_until(job, "finished", "failed")
    *_, here = train(job.config, TOY)
    assert job.network().checksum() == here.network.checksum()
    assert state.scores["test_accuracy"] == here.network.accuracy(TOY.test_images, TOY.test_labels)
    assert state.scores["validation_accuracy"] == here.validation_accuracy
    assert (state.status, state.message, state.fraction, state.epochs) == ("finished", "", 1, 3)
    checkpoint = job.checkpoint()
    assert checkpoint.network.checksum() == here.network.checksum()
    assert (checkpoint.config, checkpoint.scores) == (job.config, state.scores)
    expected = [HistoryPoint.of(progress) for progress in train(job.config, TOY)]
    np.testing.assert_array_equal(numbers(state.points), numbers(expected))
    assert [point.epoch for point in state.points if point.validation_accuracy is not None] == [0, 1, 2, 3]


def test_pauses_checks_and_probes_do_not_change_what_is_learned(start):
    job = start(RANDOM, paused=True)
    wait_until(job, "paused")
    for command in (
        RunStep(),
        SetProbeImage(TOY.test_images[0].tobytes()),
        CheckGradient(),
        RunStep(whole_epoch=True),
        SetSpeed(50),
        Resume(),
    ):
        job.send(command)
        if isinstance(command, RunStep):
            wait_for(lambda: job.is_paused, job.state)
    wait_until(job, "finished", "failed")
    *_, here = train(RANDOM, TOY)
    assert job.network().checksum() == here.network.checksum()


def test_the_first_weights_are_those_of_the_network(start):
    job = start(QUICK, paused=True)
    wait_until(job, "paused")
    job.send(Resume())
    wait_until(job, "finished")
    np.testing.assert_array_equal(job.first_layer_weights(), job.network().mlp.layers[0].weights)


def test_divergence_is_reported(start):
    job = start(ENDLESS.changed(optimizer="nesterov", learning_rate=10, initialization="normal", initial_std=10,
                                hidden_sizes=(30, 30, 30), weight_decay=1))  # fmt: skip
    state = wait_until(job, "diverged", "failed")
    assert "Try a smaller learning rate" in state.message
    assert np.isfinite(job.network().mlp.parameters).all()


def test_a_config_that_does_not_fit_says_so(start):
    state = wait_until(start(QUICK.changed(batch_size=999)), "failed")
    assert state.message == (
        "batch_size must be at most 360, the images left to learn from; got 999 (0 takes all of them at once)"
    )


def test_data_that_is_not_there_says_so(start, tmp_path):
    assert "expected an array saved before" in wait_until(start(QUICK, where=tmp_path / "nowhere"), "failed").message


# ------------------------------------------------------------------------------------------------ its course


def test_a_job_is_paused_resumed_and_stopped(start):
    job = start(ENDLESS)
    wait_for_points(job)
    job.send(Pause())
    assert job.pause_requested
    before = wait_until(job, "paused")
    assert job.is_paused
    checksum = job.network().checksum()
    assert before.is_live
    job.send(Pause())  # once more, which changes nothing
    after = settled(job)
    assert (after.fraction, after.seconds, after.status) == (before.fraction, before.seconds, "paused")
    assert job.network().checksum() == checksum
    job.send(Resume())
    wait_for(lambda: job.state().fraction > before.fraction, "it to go on")
    assert job.state().status == "running"
    job.send(Stop())
    job.send(Stop())
    stopped = wait_until(job, "stopped")
    assert not stopped.is_live
    assert stopped.fraction < 1
    assert stopped.scores["status"] == "stopped"
    assert stopped.scores["test_accuracy"] == job.network().accuracy(TOY.test_images, TOY.test_labels)


@pytest.mark.parametrize(
    "command",
    [
        Resume(),
        Pause(),
        CheckGradient(),
        RunStep(),
        SetSpeed(1),
        SetProbeImage(None),
        ChangeSettings({"batch_size": 8}),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_run_that_has_ended_ignores_commands(start, command):
    job = start(QUICK)
    before = wait_until(job, "finished")
    job.send(command)
    assert job.status is JobStatus.FINISHED
    assert (job.config, job.pause_requested, job.gradient_check) == (QUICK, False, None)
    np.testing.assert_array_equal(numbers(job.state().points), numbers(before.points))


def test_a_paused_job_can_be_stopped(start):
    job = start(ENDLESS)
    job.send(Pause())
    wait_until(job, "paused")
    job.stop()
    assert wait_until(job, "stopped").message == ""


def test_one_step_is_one_step_and_one_epoch_ends_where_the_epoch_does(start):
    job = start(RANDOM, paused=True)
    assert wait_until(job, "paused").points[-1].step == 0
    halts = []
    for command in (RunStep(), RunStep(), RunStep(whole_epoch=True), RunStep(whole_epoch=True), RunStep()):
        before = job.state().points[-1].step
        job.send(command)
        assert not job.pause_requested
        wait_for(lambda before=before: job.is_paused and job.state().points[-1].step > before, job.state)
        halts.append((job.state().points[-1].step, job.network().checksum()))
    assert [step for step, _ in halts] == [1, 2, STEPS, 2 * STEPS, 2 * STEPS + 1]
    here = {progress.step: progress.network.checksum() for progress in train(RANDOM, TOY, report_every=1)}
    assert halts == [(step, here[step]) for step, _ in halts]


def test_a_speed_limit_is_kept_until_it_is_lifted(start):
    job = start(ENDLESS, paused=True)
    job.send(SetSpeed(20))
    began = time.monotonic()
    job.send(Resume())
    steps = wait_for_points(job, 20).points[-1].step
    assert time.monotonic() - began > (steps - 2) / 20  # a busy machine only makes it slower
    assert job.speed == 20
    job.send(SetSpeed(0))
    wait_for(lambda: job.state().points[-1].step > 20 * steps, "it to run at full speed again")


# ------------------------------------------------------------------------------------------------ changes


def test_a_change_takes_effect_at_the_very_next_step_and_is_recorded(start):
    job = start(ENDLESS)
    rates = [job.config.learning_rate]
    for rate in (1e-4, 1e-5, 1e-6):
        wait_for_points(job)
        job.send(ChangeSettings({"learning_rate": rate}))
        rates.append(rate)
    wait_for(lambda: job.state().points[-1].learning_rate == rates[-1], "the last rate")
    job.send(Pause())
    state = wait_until(job, "paused")
    assert [change.values for change in state.changes] == [{"learning_rate": rate} for rate in rates[1:]]
    borders = [-1, *(change.step for change in state.changes), math.inf]
    for point in state.points:
        (expected,) = (
            rate for rate, after, until in zip(rates, borders, borders[1:], strict=False) if after < point.step <= until
        )
        assert point.learning_rate == expected
    assert {change.step for change in state.changes} <= {ref.step for ref in state.snapshots}
    assert job.config == ENDLESS.changed(learning_rate=rates[-1])
    assert job.initial_config == ENDLESS


def test_a_change_during_a_pause_holds_from_the_next_step(start):
    job = start(QUICK, paused=True)
    wait_until(job, "paused")
    job.send(ChangeSettings({"learning_rate": 0.5, "batch_size": 60}))
    job.send(Resume())
    state = wait_until(job, "finished")
    assert state.points[-1].step == 18
    assert {point.learning_rate for point in state.points[1:]} == {0.5}
    assert [(change.step, change.values) for change in state.changes] == [(0, {"learning_rate": 0.5, "batch_size": 60})]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rate": 1000}, "learning_rate must be above 0 and at most 10"),
        ({"seed": 1}, "seed can't change while training"),
    ],
)
def test_a_change_that_no_run_can_have_is_refused_at_once(start, change, message):
    job = start(ENDLESS)
    wait_for_points(job)
    with pytest.raises(ValueError, match=message):
        job.send(ChangeSettings(change))
    assert job.config == ENDLESS
    wait_for_points(job)
    assert job.state().changes == []


def test_a_change_that_does_not_fit_the_data_leaves_the_run_going_and_says_so(start):
    job = start(ENDLESS)
    wait_for_points(job)
    job.send(ChangeSettings({"batch_size": 361}))
    wait_for(lambda: "batch_size must be at most 360" in job.state().message, job.state)
    wait_for_points(job)
    assert job.state().changes == []
    assert job.config == ENDLESS  # what it learns with, not what was asked for
    job.send(ChangeSettings({"batch_size": 360}))
    wait_for(lambda: job.state().changes, "a change that fits")
    assert job.state().message == ""
    assert job.config.batch_size == 360


# ------------------------------------------------------------------------------------------------ diagnostics


def test_diagnostics_are_of_the_network_at_hand(start):
    job = start(ENDLESS)
    for _ in range(3):  # each pause takes some, however busy the machine is
        job.send(Resume())
        wait_for_points(job)
        job.send(Pause())
        wait_until(job, "paused")
        seen = settled(job).diagnostics[-1]
    assert len(job.state().diagnostics) > 2
    dead, predictions = inspect_network(job.network().mlp, TOY.images[sample_rows(ENDLESS, TOY)])
    assert seen.dead == dead
    np.testing.assert_array_equal(seen.predictions, predictions)
    assert (len(seen.gradients), len(seen.updates), len(seen.weights)) == (2, 2, 2)
    assert all(not len(earlier.predictions) for earlier in job.state().diagnostics[:-1])


def test_a_single_step_shows_its_own_gradient(start):
    job = start(QUICK, paused=True)
    wait_until(job, "paused")
    training = Trainer(QUICK, TOY)
    for step in (1, 2, 3):
        job.send(RunStep())
        wait_for(lambda step=step: job.is_paused and job.state().points[-1].step == step, job.state)
        training.measure_next_step = True
        training.advance(1)
        seen = settled(job).diagnostics[-1]
        assert (seen.gradients, seen.updates) == training.gradient_step.norms


def test_probe_predictions_are_the_networks_own(start):
    job = start(ENDLESS)
    wait_for_points(job)
    for image in TOY.test_images[:2]:
        job.send(SetProbeImage(image.tobytes()))
        wait_for(lambda: len(job.state().probe_predictions) > 2, "some predictions")
        job.send(Pause())
        prediction = wait_until(job, "paused").probe_predictions[-1]
        assert prediction.epoch == job.state().points[-1].epoch
        np.testing.assert_allclose(prediction.probabilities, job.network().predict_proba(image[None])[0], atol=1e-6)
        job.send(Resume())
    job.send(SetProbeImage(None))
    wait_for_points(job, 10)
    assert job.state().probe_predictions == []


class NoPool:
    """In the pool's place, for a job that a test moves by itself."""

    def send(self, job, command):
        job.accept(command)

    def queue_position(self, job):
        return 0


@pytest.fixture
def lone_job(tmp_path):
    """A job without a worker."""
    return Job(NoPool(), 1, TrainingRequest("lone", "somebody", QUICK, tmp_path), tmp_path / "job")


def test_predictions_for_the_image_before_are_dropped(lone_job):
    job = lone_job
    job.start_message(threads=1)
    late = ProgressReport(RunProgress(JobStatus.RUNNING), probe_predictions=[ProbePrediction(0.0, (0.1,) * 10)])
    job.send(SetProbeImage(TOY.test_images[0].tobytes()))
    job.apply(late)
    assert job.state().probe_predictions == []
    new = ProbePrediction(1.0, (0.1,) * 10)
    job.apply(ProgressReport(RunProgress(JobStatus.RUNNING), probe_predictions=[new], commands_handled=1))
    assert job.state().probe_predictions == [new]


def test_a_change_that_no_worker_handled_before_the_end_is_no_setting(lone_job):
    job = lone_job
    job.start_message(threads=1)
    job.send(ChangeSettings({"learning_rate": 0.5}))
    assert job.config == QUICK.changed(learning_rate=0.5)
    job.apply(ProgressReport(RunProgress(JobStatus.FINISHED)))
    assert job.config == job.initial_config == QUICK


def test_the_gradient_is_checked_on_demand(start):
    job = start(ENDLESS.changed(batch_size=7), paused=True)
    wait_until(job, "paused")
    for command in (None, RunStep(), Resume()):
        if command:
            before = job.state().points[-1].step
            job.send(command)
            wait_for(lambda before=before: job.state().points[-1].step > before, "a step")
        last = job.gradient_check
        job.send(CheckGradient())
        wait_for(lambda last=last: job.gradient_check is not last, "the check")
        if command:
            assert job.gradient_check.worst < 1e-3
            assert job.gradient_check.images in (7, 3)  # an epoch's last batch has what is left
        else:
            assert job.gradient_check == "There is no batch yet to check the gradient on: let it run a step first."


def test_long_curves_are_thinned_and_keep_what_was_validated():
    steps = range(100, 101 + MAX_POINTS)
    measured = [step for step in steps if step % 99 == 0]
    points = [HistoryPoint(0.1, step, 1, 1, 1, 1, 0.5 if step in measured else None, None, 0.1) for step in steps]
    kept = JobState().with_report(ProgressReport(RunProgress(), points=points)).points
    assert len(kept) < 0.6 * len(points)
    assert set(measured) <= {point.step for point in kept}
    assert [point.step for point in kept] == sorted(point.step for point in kept)


def test_a_curve_that_is_thinned_again_and_again_keeps_its_peaks_and_its_beginning():
    state, peaks = JobState(), {4: 8761.0, 12_345: -5.0}
    for first in range(0, 40_000, 1000):
        steps = range(first, first + 1000)
        points = [HistoryPoint(0.1, step, peaks.get(step, 1.0), 1, 1, 1, None, None, 0.1) for step in steps]
        state = state.with_report(ProgressReport(RunProgress(), points=points))
        assert len(state.points) <= MAX_POINTS
        assert [point.step for point in state.points[:10]] == list(range(10))
        assert state.points[4].loss == 8761
    assert -5 in [point.loss for point in state.points]


# ------------------------------------------------------------------------------------------------ forks


@pytest.fixture
def parent(start):
    """A finished training with snapshots at the steps 0, 5, 12 and 48 at least: one is taken before each change."""
    job = start(FORKED, paused=True)
    for command, step in ((None, 0), *[(RunStep(), step) for step in range(1, 6)], (RunStep(whole_epoch=True), STEPS)):
        if command:
            job.send(command)
        wait_for(lambda step=step: job.is_paused and job.state().points[-1].step == step, job.state)
        if step in (5, STEPS):
            job.send(ChangeSettings({"learning_rate": FORKED.learning_rate}))
    job.send(Resume())
    wait_until(job, "finished", "failed")
    return job


def snapshot_at(job, step):
    """The snapshot of a step."""
    (ref,) = (one for one in job.state().snapshots if one.step == step)
    return ref


def test_snapshots_ascend_and_hold_the_network_of_their_step(parent):
    snapshots = parent.state().snapshots
    steps = [ref.step for ref in snapshots]
    assert steps == sorted(set(steps))
    assert {0, 5, STEPS, 4 * STEPS} <= set(steps)
    assert (snapshots[0].epoch, snapshots[-1].epoch) == (0, 4)
    here = {progress.step: progress.network.mlp.parameters.copy() for progress in train(FORKED, TOY, report_every=1)}
    for ref in snapshots:
        np.testing.assert_array_equal(parent.network_at(ref).mlp.parameters, here[ref.step])


@pytest.mark.parametrize("step", [0, 5, STEPS])
def test_a_fork_with_the_same_settings_learns_the_very_same(parent, start, step):
    snapshot = snapshot_at(parent, step)
    child = start(FORKED, fork=Fork(parent, snapshot))
    assert (child.parent, child.forked_at) == (parent.name, snapshot.epoch)
    expected = parent.network().checksum()
    parent.discard()
    wait_until(child, "finished", "failed")
    np.testing.assert_array_equal(numbers(child.state().points), numbers(parent.state().points))
    assert child.network().checksum() == expected


@pytest.mark.parametrize("step", [0, 5, STEPS])
def test_a_fork_with_other_settings_begins_alike_and_then_differs(parent, start, step):
    snapshot = snapshot_at(parent, step)
    before = parent.network_at(snapshot)
    child = start(
        FORKED.changed(learning_rate=0.1, optimizer="sgd", epochs=5), fork=Fork(parent, snapshot), paused=True
    )
    state = wait_until(child, "paused")
    assert (child.seconds > 0, child.own_seconds) == (step > 0, 0)
    assert child.network_at(state.snapshots[-1]).checksum() == before.checksum()
    assert [one.step for one in state.snapshots] == [one.step for one in parent.state().snapshots if one.step <= step]
    np.testing.assert_array_equal(child.network().mlp.parameters, before.mlp.parameters)
    assert [point.step for point in state.points] == list(range(step + 1))
    child.send(Resume())
    state = wait_until(child, "finished", "failed")
    assert 0 < child.own_seconds <= child.seconds
    assert state.points[-1].epoch == 5
    np.testing.assert_array_equal(numbers(state.points[: step + 1]), numbers(parent.state().points[: step + 1]))
    other = parent.state().points[step + 2]
    assert (state.points[step + 2].step, state.points[step + 2].loss != other.loss) == (other.step, True)
    assert child.network().checksum() != parent.network().checksum()


def test_a_fork_lives_on_when_its_parent_is_stopped_and_discarded(start):
    parent = start(ENDLESS)
    wait_for(lambda: len(parent.state().snapshots) > 1, "snapshots")
    child = start(ENDLESS, fork=Fork(parent, parent.state().snapshots[0]), paused=True)
    parent.discard()
    wait_until(parent, "stopped")
    wait_until(child, "paused")
    child.send(Resume())
    wait_for_points(child)
    assert child.network_at(child.state().snapshots[0]).mlp.parameters.any()
    wait_for(lambda: not parent.files.folder.exists(), "the parent's files to go")


def test_an_impossible_fork_says_why(parent, start):
    snapshot = snapshot_at(parent, 5)
    with pytest.raises(ValueError, match="hidden_sizes, seed can't change in a fork; start a new run for it"):
        start(FORKED.changed(hidden_sizes=(8,), seed=5), fork=Fork(parent, snapshot))
    gone = SnapshotRef(1.5, 18, "18.gone")
    with pytest.raises(ValueError, match=r"the snapshot of epoch 1.5 is no longer kept; choose another"):
        start(FORKED, fork=Fork(parent, gone))
    with pytest.raises(ValueError, match=r"the snapshot of epoch 1.5 is no longer kept; choose another"):
        parent.network_at(gone)
    late = start(FORKED, fork=Fork(parent, snapshot_at(parent, 4 * STEPS)))
    assert "epochs must be more than the 4 that are done; got 4" in wait_until(late, "failed").message
