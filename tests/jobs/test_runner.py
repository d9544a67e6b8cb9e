import itertools

import numpy as np
import pytest

from model import data
from model.config import TrainingConfig
from model.jobs import runner
from model.jobs.protocol import (
    SUSPENDED_FILE,
    GradientChecked,
    ProgressReport,
    SetProbeImage,
    SetSpeed,
    StartTraining,
    StepOnce,
    Suspended,
    read_network,
)
from model.jobs.runner import TrainingRunner
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import Change, sample_rows, train
from model.training.diagnostics import inspect_network
from model.training.snapshot import Snapshot
from tests.toy_data import patterns

TOY = patterns(400, 100)
CONFIG = TrainingConfig(hidden_sizes=(16,), batch_size=32, epochs=3)  # 12 steps an epoch
NOTHING = ()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "patterns"
    data.save(TOY, folder)
    return folder


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands, but for the time that is waited."""

    class Clock:
        now, waited = 100.0, 0.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(runner, "time", clock)
    return clock


@pytest.fixture
def give(folder, tmp_path, clock):
    """Gives a lesson in which at each step, and at each end of a wait, the next orders come; in the end, the word to
    stop. Returns all that it told."""

    def give_one(*script, config=CONFIG, **more):
        told, left = [], iter(script)

        def wait(seconds):
            orders = next(left, ["stop"] if script else [])
            if seconds and not orders:  # it waited for nothing
                clock.now += seconds
                clock.waited += seconds
            return list(orders)

        begin = StartTraining(config=config, data=folder, folder=tmp_path, threads=1, **more)
        TrainingRunner(begin, told.append, wait, lambda: False).give()
        return told

    return give_one


def told_of(told, name):
    """All of one kind that the reports told: points, marks or glances."""
    return [one for report in told if isinstance(report, ProgressReport) for one in getattr(report, name)]


def test_undisturbed_it_is_the_training_itself(give, tmp_path):
    told = give()
    *_, here = train(CONFIG, TOY)
    network = DigitClassifier(MLP(CONFIG.sizes, CONFIG.activation))
    read_network(network, tmp_path)
    assert network.checksum() == here.network.checksum()
    assert told[-1].standing.status == "finished"
    assert sum(report.obeyed for report in told) == 0


def test_a_change_holds_from_the_next_step_and_is_marked(give):
    told = give(*itertools.repeat(NOTHING, 5), [Change(learning_rate=0.5)], *itertools.repeat(NOTHING, 5))
    (mark,) = told_of(told, "marks")
    points = told_of(told, "points")
    assert (mark.step, mark.values) == (5, {"learning_rate": 0.5})
    assert mark.epoch == pytest.approx(5 * 32 / 360)
    assert [point.learning_rate for point in points] == [0.001] * 6 + [0.5] * 6
    assert any(one.step == mark.step for one in told[-1].kept)
    (config,) = (report.config for report in told if report.config)
    assert config == CONFIG.changed(learning_rate=0.5)


def test_a_change_that_does_not_fit_leaves_all_as_it_was(give):
    told = give(NOTHING, [Change(batch_size=361)], *itertools.repeat(NOTHING, 3))
    assert told_of(told, "marks") == []
    assert "batch_size must be at most 360" in told[-1].standing.message
    assert {report.config for report in told} == {None, CONFIG}
    assert told[-1].standing.status == "stopped"


def test_orders_that_came_before_it_began_are_obeyed_before_the_first_step(give):
    told = give(*itertools.repeat(NOTHING, 3), orders=(Change(learning_rate=0.5), Change(batch_size=361), "check"))
    assert [(mark.step, mark.values) for mark in told_of(told, "marks")] == [(0, {"learning_rate": 0.5})]
    assert {point.learning_rate for point in told_of(told, "points")[1:]} == {0.5}
    assert "let it make a step first" in next(one.result for one in told if isinstance(one, GradientChecked))
    assert sum(report.obeyed for report in told if isinstance(report, ProgressReport)) == 4  # and the last: stop


def test_it_counts_the_orders_that_it_obeyed(give):
    orders = [
        [SetSpeed(0)],
        NOTHING,
        ["pause", "check"],
        [SetProbeImage(None), StepOnce()],
        [StepOnce()],
        ["resume"],
        NOTHING,
        ["stop"],
    ]
    told = give(*orders)
    assert sum(report.obeyed for report in told if isinstance(report, ProgressReport)) == sum(map(len, orders))


def test_with_a_pace_steps_are_evenly_apart(give, clock):
    told = give(*itertools.repeat(NOTHING, 60), pace=20)
    steps = told_of(told, "points")[-1].step
    assert steps > 20
    assert clock.waited == pytest.approx(steps / 20, abs=2.1 / 20)


def test_a_slow_pace_leaves_room_for_orders(give, clock):
    told = give(NOTHING, ["pause"], [StepOnce()], ["stop"], pace=0.01)
    assert clock.waited == 0
    assert told_of(told, "points")[-1].step == 2


def test_a_single_step_halts_after_it_and_an_epoch_at_its_end(give):
    told = give([StepOnce()], *itertools.repeat(NOTHING, 2), [StepOnce(whole_epoch=True)],
                *itertools.repeat(NOTHING, 15), paused=True)  # fmt: skip
    paused = [report.standing.fraction for report in told if report.standing.status == "paused"]
    assert list(dict.fromkeys(paused)) == [pytest.approx(32 / 360 / 3), pytest.approx(1 / 3)]


def test_stop_comes_before_suspend_and_both_before_another_step(give, tmp_path):
    told = give(NOTHING, ["suspend", "stop"])
    assert told[-1].standing.status == "stopped"
    assert not any(isinstance(one, Suspended) for one in told)
    assert not (tmp_path / SUSPENDED_FILE).exists()
    assert told_of(told, "points")[-1].step == 1


@pytest.mark.parametrize("before", [["suspend"], ["pause", "suspend"]])
def test_suspended_it_goes_on_as_if_nothing_had_been(give, tmp_path, before):
    first = give(*itertools.repeat(NOTHING, 17), before)
    assert isinstance(first[-1], Suspended)
    assert first[-2].standing.status == ("paused" if "pause" in before else "waiting")
    start = tmp_path / SUSPENDED_FILE
    assert Snapshot.read(start).values["step"] == 17
    second = give(start=start, pictures=first[-2].standing.pictures)
    points = told_of(first + second, "points")
    expected = [progress.step for progress in train(CONFIG, TOY, report_every=1)]
    assert [point.step for point in points] == expected
    assert second[0].standing.pictures > first[-2].standing.pictures
    *_, here = train(CONFIG, TOY)
    network = DigitClassifier(MLP(CONFIG.sizes, CONFIG.activation))
    read_network(network, tmp_path)
    assert network.checksum() == here.network.checksum()


def test_a_pause_shows_what_is_inside_at_that_very_step(give, tmp_path):
    # The clock stands, so that no look but the first is due.
    told = give(*itertools.repeat(NOTHING, 7), ["pause"])
    assert [report.observation.step for report in told if report.observation] == [0, 7]


def test_what_is_seen_inside_is_the_network_of_that_moment(give, tmp_path):
    told = give(*itertools.repeat(NOTHING, 7), ["pause"])
    seen = next(report.observation for report in reversed(told) if report.observation)
    network = next(progress for progress in train(CONFIG, TOY, report_every=1) if progress.step == 7).network
    dead, predictions = inspect_network(network.mlp, TOY.images[sample_rows(CONFIG, TOY)])
    assert seen.dead == dead
    np.testing.assert_array_equal(seen.predictions, predictions)


def test_another_image_is_followed_from_a_clean_sheet(give):
    one, other = TOY.test_images[0], TOY.test_images[1]
    told = give(
        NOTHING, [SetProbeImage(other.tobytes())], NOTHING, [SetProbeImage(None)], NOTHING, followed=one.tobytes()
    )
    reports = [report for report in told if report.glances]
    steps = {round(glance.epoch * 360 / 32): glance.probabilities for glance in told_of(reports, "glances")}
    for progress in train(CONFIG, TOY, report_every=1):
        if progress.step in steps:
            image = one if progress.step == 0 else other
            expected = progress.network.predict_proba(image[None])[0]
            np.testing.assert_allclose(steps[progress.step], expected, atol=1e-6)
    assert max(steps) < told_of(told, "points")[-1].step
