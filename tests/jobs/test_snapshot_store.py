import shutil

import numpy as np
import pytest

from model.config import TrainingConfig
from model.jobs.snapshot_store import RETRY_S, SnapshotLimits, SnapshotStore
from model.training import Trainer
from model.training.snapshot import Snapshot
from tests.full_disk import small_disk
from tests.toy_data import patterns

CONFIG = TrainingConfig(hidden_sizes=(8,), batch_size=10, epochs=40, validation_size=0)
TOY = patterns(200)


class Clock:
    """A clock that the test moves on."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def let_learn(trainer, store, clock, steps, step_seconds=0.05):
    for _ in range(steps):
        trainer.advance(1)
        clock.now += step_seconds
        store.save(trainer)
        yield store.refs


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_spread(refs, last):
    """The first and the newest are there, and no gap is much larger than the others."""
    steps = [one.step for one in refs]
    gaps = np.diff([*steps, last])
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert [one.epoch for one in refs] == sorted({one.epoch for one in refs})
    assert gaps.max() <= 4 * np.median(gaps)


def test_snapshots_are_few_and_spread_over_the_run_at_any_time(tmp_path, clock):
    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, clock=clock)
    assert store.save(trainer)
    for step, refs in enumerate(let_learn(trainer, store, clock, 700), 1):
        assert len(refs) <= SnapshotLimits.count
        if step > 20:
            assert_spread(refs, step)
    assert len(store.refs) > SnapshotLimits.count / 4
    assert files(tmp_path) == sorted(one.file for one in store.refs)  # no file of those that were given up
    assert store.save(trainer, at_once=True) or store.refs[-1].step == 700
    assert store.refs[-1].step == 700
    assert not store.save(trainer, at_once=True)  # this step has a snapshot already


def test_a_snapshot_is_the_run_at_that_step(tmp_path, clock):
    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, clock=clock)
    store.save(trainer)
    expected = {0: trainer.network.mlp.parameters.copy()}
    for _ in let_learn(trainer, store, clock, 90):
        expected[trainer.step] = trainer.network.mlp.parameters.copy()
    for one in store.refs:
        snapshot = Snapshot.read(tmp_path / one.file)
        assert snapshot.values["step"] == one.step
        np.testing.assert_array_equal(snapshot.arrays["network.parameters"], expected[one.step])
        assert one.epoch == pytest.approx(one.step / 20)


def test_after_a_preemption_they_stay_as_sparse_as_they_were(tmp_path, clock):
    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, clock=clock)
    store.save(trainer)
    for _ in range(5):
        for _ in let_learn(trainer, store, clock, 140):
            pass
        trainer.seconds = clock.now
        store = SnapshotStore(tmp_path, store.refs, trainer.seconds, clock=clock)  # as after a turn of others
    assert_spread(store.refs, 700)
    assert files(tmp_path) == sorted(one.file for one in store.refs)


def test_all_together_stay_within_a_limit_of_bytes(tmp_path, clock):
    size = sum(array.nbytes for array in Trainer(CONFIG, TOY).snapshot().arrays.values())
    limits = SnapshotLimits(bytes=10.5 * size)
    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, limits=limits, clock=clock)
    for step, refs in enumerate(let_learn(trainer, store, clock, 300), 1):
        assert len(refs) <= 10
        assert len(refs) > 2 or step < 20
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 11.5 * size  # a file holds some text besides


@pytest.mark.parametrize("share", [0.5, 1.9])
def test_a_network_too_large_for_two_has_none(tmp_path, clock, share):
    size = sum(array.nbytes for array in Trainer(CONFIG, TOY).snapshot().arrays.values())
    limits = SnapshotLimits(bytes=share * size)
    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, limits=limits, clock=clock)
    assert not store.save(trainer, at_once=True)
    for refs in let_learn(trainer, store, clock, 20):
        assert refs == []
    assert files(tmp_path) == []


def test_a_disk_that_is_nearly_full_gets_none(tmp_path, clock):
    limits = SnapshotLimits(free_bytes=2 * shutil.disk_usage(tmp_path).total)
    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, limits=limits, clock=clock)
    assert not store.save(trainer, at_once=True)
    assert files(tmp_path) == []


def test_they_go_on_once_there_is_room_again(tmp_path, clock):
    with small_disk(tmp_path, "8m"):
        other = tmp_path / "other"
        other.write_bytes(bytes(5_000_000))
        limits = SnapshotLimits(free_bytes=4e6)
        trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, limits=limits, clock=clock)
        assert not store.save(trainer)
        other.unlink()
        assert not store.save(trainer)
        clock.now += RETRY_S
        assert store.save(trainer)


def test_saving_them_costs_a_small_share_of_the_time(tmp_path, clock):
    written = []

    def write_slowly(snapshot, path):
        written.append(path)
        clock.now += 1.0

    trainer, store = Trainer(CONFIG, TOY), SnapshotStore(tmp_path, clock=clock, write=write_slowly)
    for _ in let_learn(trainer, store, clock, 600, step_seconds=0.5):
        pass
    assert len(written) > 3
    assert len(written) - 1 <= 1.1 * SnapshotLimits.time_share * clock.now


def test_a_diverged_run_is_not_saved(tmp_path, clock):
    config = CONFIG.changed(learning_rate=10, optimizer="sgd", initial_std=10, initialization="normal")
    trainer, store = Trainer(config, TOY), SnapshotStore(tmp_path, clock=clock)
    with np.errstate(all="ignore"):
        trainer.network.mlp.parameters[:] = np.finfo(np.float32).max
        trainer.advance(3)
    assert trainer.status == "diverged"
    assert not store.save(trainer, at_once=True)
