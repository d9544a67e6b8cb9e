import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from model.config import TrainingConfig
from model.jobs import snapshot_store
from model.jobs.snapshot_store import MAX_SNAPSHOTS, SnapshotStore
from model.training import Trainer
from model.training.snapshot import Snapshot
from tests.toy_data import patterns

CONFIG = TrainingConfig(hidden_sizes=(8,), batch_size=10, epochs=40, validation_size=0)
TOY = patterns(200)


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves on."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(snapshot_store, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def let_learn(training, taker, clock, steps, seconds_of_a_step=0.05):
    for _ in range(steps):
        training.advance(1)
        clock.now += seconds_of_a_step
        taker.keep(training)
        yield taker.kept


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_spread(kept, last):
    """The first and the newest are there, and no gap is much larger than the others."""
    steps = [one.step for one in kept]
    gaps = np.diff([*steps, last])
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert [one.epoch for one in kept] == sorted({one.epoch for one in kept})
    assert gaps.max() <= 4 * np.median(gaps)


def test_snapshots_are_few_and_spread_over_the_training_at_any_time(tmp_path, clock):
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    assert taker.keep(training)
    for step, kept in enumerate(let_learn(training, taker, clock, 700), 1):
        assert len(kept) <= MAX_SNAPSHOTS
        if step > 20:
            assert_spread(kept, step)
    assert len(taker.kept) > MAX_SNAPSHOTS / 4
    assert files(tmp_path) == sorted(one.file for one in taker.kept)  # no file of those that were given up
    assert taker.keep(training, at_once=True) or taker.kept[-1].step == 700
    assert taker.kept[-1].step == 700
    assert not taker.keep(training, at_once=True)  # this step is kept


def test_a_snapshot_is_the_training_at_that_step(tmp_path, clock):
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    taker.keep(training)
    expected = {0: training.network.mlp.parameters.copy()}
    for _ in let_learn(training, taker, clock, 90):
        expected[training.step] = training.network.mlp.parameters.copy()
    for one in taker.kept:
        snapshot = Snapshot.read(tmp_path / one.file)
        assert snapshot.values["step"] == one.step
        np.testing.assert_array_equal(snapshot.arrays["network.parameters"], expected[one.step])
        assert one.epoch == pytest.approx(one.step / 20)


def test_it_goes_on_as_sparsely_as_it_was(tmp_path, clock):
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    taker.keep(training)
    for _ in range(5):
        for _ in let_learn(training, taker, clock, 140):
            pass
        training.seconds = clock.now
        taker = SnapshotStore(tmp_path, taker.kept, training.seconds)  # as after a turn of others
    assert_spread(taker.kept, 700)
    assert files(tmp_path) == sorted(one.file for one in taker.kept)


def test_all_together_keep_to_a_limit_of_bytes(tmp_path, clock, monkeypatch):
    size = sum(array.nbytes for array in Trainer(CONFIG, TOY).snapshot().arrays.values())
    monkeypatch.setattr(snapshot_store, "MAX_BYTES", 10.5 * size)
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    for step, kept in enumerate(let_learn(training, taker, clock, 300), 1):
        assert len(kept) <= 10
        assert len(kept) > 2 or step < 20
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 11.5 * size  # a file holds some text besides


@pytest.mark.parametrize("share", [0.5, 1.9])
def test_of_a_network_too_large_for_two_there_is_none(tmp_path, clock, monkeypatch, share):
    size = sum(array.nbytes for array in Trainer(CONFIG, TOY).snapshot().arrays.values())
    monkeypatch.setattr(snapshot_store, "MAX_BYTES", share * size)
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    assert not taker.keep(training, at_once=True)
    for kept in let_learn(training, taker, clock, 20):
        assert kept == []
    assert files(tmp_path) == []


def test_a_disk_that_is_nearly_full_is_left_to_others(tmp_path, clock, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=int(snapshot_store.MIN_FREE_BYTES) - 1)
    monkeypatch.setattr(snapshot_store.shutil, "disk_usage", lambda folder: usage)
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    assert not taker.keep(training, at_once=True)
    assert files(tmp_path) == []


def test_taking_them_costs_a_small_share_of_the_time(tmp_path, clock, monkeypatch):
    written = []

    def write_slowly(snapshot, path):
        written.append(path)
        clock.now += 1.0

    monkeypatch.setattr(snapshot_store, "write_snapshot", write_slowly)
    training, taker = Trainer(CONFIG, TOY), SnapshotStore(tmp_path)
    for _ in let_learn(training, taker, clock, 600, seconds_of_a_step=0.5):
        pass
    assert len(written) > 3
    assert len(written) - 1 <= 1.1 * snapshot_store.MAX_TIME_SHARE * clock.now


def test_what_can_go_no_further_is_not_kept(tmp_path, clock):
    training, taker = Trainer(CONFIG.changed(learning_rate=10, optimizer="sgd", initial_std=10,
                                              initialization="normal"), TOY), SnapshotStore(tmp_path)  # fmt: skip
    with np.errstate(all="ignore"):
        training.network.mlp.parameters[:] = np.finfo(np.float32).max
        training.advance(3)
    assert training.status == "diverged"
    assert not taker.keep(training, at_once=True)
