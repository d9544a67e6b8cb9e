import itertools

import numpy as np
import pytest

from model.jobs.job_files import JobFiles
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    GradientCheckResult,
    Pause,
    Preempt,
    Preempted,
    ProgressReport,
    Resume,
    RunControls,
    RunStep,
    SetProbeImage,
    SetSpeed,
    StartTraining,
    Stop,
)
from model.jobs.runner import TrainingRunner
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import sample_rows, train
from model.training.checkpoint import Checkpoint
from model.training.diagnostics import inspect_network
from model.training.snapshot import Snapshot
from tests.jobs.runs import QUICK as CONFIG  # 12 steps an epoch
from tests.jobs.runs import TOY

NOTHING = ()


class Clock:
    """A clock that stands, except for the time that is waited."""

    now, waited = 100.0, 0.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds
        self.waited += seconds


class Script:
    """A channel over which, at each step and at each end of a wait, the next commands of a script come; at its end the
    command to stop. `events` are all that the runner sent."""

    def __init__(self, script, clock):
        self._script, self._left, self._clock = script, iter(script), clock
        self.events = []

    def send(self, event):
        self.events.append(event)

    def receive(self, timeout):
        commands = next(self._left, [Stop()] if self._script else [])
        if timeout and not commands:  # it waited for nothing
            self._clock.wait(timeout)
        return list(commands)

    def has_commands(self):
        return False


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(folder, tmp_path, clock):
    """Trains with a script of commands; returns all events."""

    def run_one(*script, config=CONFIG, **more):
        channel = Script(script, clock)
        start = StartTraining(config=config, data=folder, folder=tmp_path, threads=1, **more)
        TrainingRunner(start, channel, clock).run()
        return channel.events

    return run_one


def written_network(tmp_path):
    """The network in the run's folder."""
    network = DigitClassifier(MLP(CONFIG.sizes, CONFIG.activation))
    JobFiles(tmp_path).read_network(network)
    return network


def reports_of(events):
    return [event for event in events if isinstance(event, ProgressReport)]


def reported(events, name):
    """All of one kind that the reports contain: points, changes or probe predictions."""
    return [one for report in reports_of(events) for one in getattr(report, name)]


def test_without_commands_it_is_the_training_itself(run, tmp_path):
    events = run()
    *_, here = train(CONFIG, TOY)
    assert written_network(tmp_path).checksum() == here.network.checksum()
    assert events[-1].progress.status == "finished"
    assert sum(report.commands_handled for report in events) == 0


def test_a_change_holds_from_the_next_step_and_is_marked(run):
    events = run(*itertools.repeat(NOTHING, 5), [ChangeSettings({"learning_rate": 0.5})], *itertools.repeat(NOTHING, 5))
    (change,) = reported(events, "changes")
    points = reported(events, "points")
    assert (change.step, change.values) == (5, {"learning_rate": 0.5})
    assert change.epoch == pytest.approx(5 * 32 / 360)
    assert [point.learning_rate for point in points] == [0.001] * 6 + [0.5] * 6
    assert any(ref.step == change.step for ref in events[-1].snapshots)
    (config,) = (report.config for report in events if report.config)
    assert config == CONFIG.changed(learning_rate=0.5)


def test_a_change_that_does_not_fit_leaves_everything_as_it_was(run):
    events = run(NOTHING, [ChangeSettings({"batch_size": 361})], *itertools.repeat(NOTHING, 3))
    assert reported(events, "changes") == []
    assert "batch_size must be at most 360" in events[-1].progress.message
    assert {report.config for report in events} == {None, CONFIG}
    assert events[-1].progress.status == "stopped"


def test_pending_commands_are_handled_before_the_first_step(run):
    events = run(
        *itertools.repeat(NOTHING, 3),
        pending=(ChangeSettings({"learning_rate": 0.5}), ChangeSettings({"batch_size": 361}), CheckGradient()),
    )
    assert [(change.step, change.values) for change in reported(events, "changes")] == [(0, {"learning_rate": 0.5})]
    assert {point.learning_rate for point in reported(events, "points")[1:]} == {0.5}
    assert "let it run a step first" in next(one.result for one in events if isinstance(one, GradientCheckResult))
    assert sum(report.commands_handled for report in reports_of(events)) == 4  # and the last: stop


def test_it_counts_the_commands_that_it_handled(run):
    commands = [
        [SetSpeed(0)],
        NOTHING,
        [Pause(), CheckGradient()],
        [SetProbeImage(None), RunStep()],
        [RunStep()],
        [Resume()],
        NOTHING,
        [Stop()],
    ]
    events = run(*commands)
    assert sum(report.commands_handled for report in reports_of(events)) == sum(map(len, commands))


def test_with_a_speed_limit_steps_are_evenly_apart(run, clock):
    events = run(*itertools.repeat(NOTHING, 60), controls=RunControls(speed=20))
    steps = reported(events, "points")[-1].step
    assert steps > 20
    assert clock.waited == pytest.approx(steps / 20, abs=2.1 / 20)


def test_at_a_low_speed_commands_are_handled_at_once(run, clock):
    events = run(NOTHING, [Pause()], [RunStep()], [Stop()], controls=RunControls(speed=0.01))
    assert clock.waited == 0
    assert reported(events, "points")[-1].step == 2


def test_a_single_step_pauses_after_it_and_an_epoch_at_its_end(run):
    events = run([RunStep()], *itertools.repeat(NOTHING, 2), [RunStep(whole_epoch=True)],
                *itertools.repeat(NOTHING, 15), controls=RunControls(paused=True))  # fmt: skip
    paused = [report.progress.fraction for report in events if report.progress.status == "paused"]
    assert list(dict.fromkeys(paused)) == [pytest.approx(32 / 360 / 3), pytest.approx(1 / 3)]


def test_stop_comes_before_preempt_and_both_before_another_step(run, tmp_path):
    events = run(NOTHING, [Preempt(), Stop()])
    assert events[-1].progress.status == "stopped"
    assert not any(isinstance(one, Preempted) for one in events)
    assert not JobFiles(tmp_path).preempted_snapshot.exists()
    assert reported(events, "points")[-1].step == 1


@pytest.mark.parametrize("before", [[Preempt()], [Pause(), Preempt()]])
def test_a_preempted_run_continues_as_if_nothing_had_happened(run, tmp_path, before):
    first = run(*itertools.repeat(NOTHING, 17), before)
    assert isinstance(first[-1], Preempted)
    assert first[-2].progress.status == ("paused" if Pause() in before else "waiting")
    start = JobFiles(tmp_path).preempted_snapshot
    assert Snapshot.read(start).values["step"] == 17
    second = run(start_from=start, weights_version=first[-2].progress.weights_version)
    points = reported(first + second, "points")
    expected = [progress.step for progress in train(CONFIG, TOY, report_every=1)]
    assert [point.step for point in points] == expected
    assert second[0].progress.weights_version > first[-2].progress.weights_version
    *_, here = train(CONFIG, TOY)
    assert written_network(tmp_path).checksum() == here.network.checksum()


def test_a_run_that_pauses_has_a_snapshot_of_that_step_also_if_it_is_preempted_just_then(run):
    for before in ([Pause()], [Pause(), Preempt()]):
        events = run(*itertools.repeat(NOTHING, 7), before)
        known = [report.snapshots for report in reports_of(events) if report.snapshots is not None]
        assert known[-1][-1].step == 7


def test_a_pause_reports_diagnostics_of_that_very_step(run, tmp_path):
    # The clock stands, so that no diagnostics but the first are due.
    events = run(*itertools.repeat(NOTHING, 7), [Pause()])
    assert [report.diagnostics.step for report in events if report.diagnostics] == [0, 7]


def test_diagnostics_are_of_the_network_of_that_moment(run, tmp_path):
    events = run(*itertools.repeat(NOTHING, 7), [Pause()])
    seen = next(report.diagnostics for report in reversed(events) if report.diagnostics)
    network = next(progress for progress in train(CONFIG, TOY, report_every=1) if progress.step == 7).network
    dead, predictions = inspect_network(network.mlp, TOY.images[sample_rows(CONFIG, TOY)])
    assert seen.dead == dead
    np.testing.assert_array_equal(seen.predictions, predictions)


def test_another_probe_image_starts_with_no_predictions(run):
    one, other = TOY.test_images[0], TOY.test_images[1]
    events = run(
        NOTHING,
        [SetProbeImage(other.tobytes())],
        NOTHING,
        [SetProbeImage(None)],
        NOTHING,
        controls=RunControls(probe_image=one.tobytes()),
    )
    reports = [report for report in events if report.probe_predictions]
    steps = {round(one.epoch * 360 / 32): one.probabilities for one in reported(reports, "probe_predictions")}
    for progress in train(CONFIG, TOY, report_every=1):
        if progress.step in steps:
            image = one if progress.step == 0 else other
            expected = progress.network.predict_proba(image[None])[0]
            np.testing.assert_allclose(steps[progress.step], expected, atol=1e-6)
    assert max(steps) < reported(events, "points")[-1].step


# -- Networks to learn from ---------------------------------------------------------------------------------


def test_a_run_learns_from_networks_that_come_with_inkling_and_says_what_they_have_seen(run):
    config = CONFIG.changed(epochs=1, teacher="starter,wide-512")
    scores = run(config=config)[-1].progress.scores
    assert scores["ancestors_trained_on"] == "mnist-5k,mnist"


@pytest.mark.parametrize("setting", ["teacher", "start_from"])
def test_no_run_of_a_visitor_opens_another_file(run, setting, tmp_path):
    path = tmp_path / "network.npz"
    Checkpoint(DigitClassifier(MLP(CONFIG.sizes, CONFIG.activation))).save(path)
    with pytest.raises(ValueError, match=f"^{setting}: .* is not among the networks that come with Inkling"):
        run(config=CONFIG.changed(**{setting: str(path)}))


def test_the_gradient_of_a_run_with_a_teacher_is_checked_with_it(run):
    events = run([], [CheckGradient()], config=CONFIG.changed(teacher="starter", teacher_temperature=3))
    (result,) = (event.result for event in events if isinstance(event, GradientCheckResult))
    assert result.worst < 1e-3


def test_a_run_that_is_stopped_in_its_last_epochs_has_the_mean_so_far(run, tmp_path):
    config = CONFIG.changed(average_last=CONFIG.epochs)
    run([], [], [], [Stop()], config=config)
    stopped = written_network(tmp_path).mlp.parameters
    steps = [progress.network.mlp.parameters.copy() for progress in train(CONFIG, TOY, report_every=1, threads=1)]
    means = [np.mean(steps[1 : 1 + count], axis=0) for count in range(1, 12)]
    assert min(np.abs(stopped - mean).max() for mean in means[1:]) < 1e-6
    assert min(np.abs(stopped - step).max() for step in steps) > 1e-5
