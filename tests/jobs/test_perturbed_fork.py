"""A fork whose network is perturbed goes on from the exact state of its parent, and is the same every time."""

import time

import numpy as np
import pytest

from model.jobs import Fork
from model.jobs.job_record import JobRecord
from model.robustness.in_training import perturb
from model.robustness.layer_changes import CutLayer
from model.robustness.silencing import SilenceShare, SilenceUnits
from model.training import Trainer
from model.training.checkpoint import Checkpoint, load
from model.training.snapshot import Snapshot
from tests.jobs.runs import QUICK, STEPS, TOY
from tests.polling import wait_until

CONFIG = QUICK.changed(
    epochs=2, dropout=0.3, batch_normalization=True, augmentation="affine", optimizer="adam", early_stopping=5
)
PERTURBATION = SilenceShare(0.5, seed=3)


@pytest.fixture
def parent(submit):
    """A run that is over, with a snapshot in the middle of its last epoch or at its end."""
    job = submit(config=CONFIG.changed(early_stopping=0))
    wait_until(job, "finished", "failed")
    return job


def trained_here(snapshot, config, perturbation):
    trainer = Trainer(config, TOY)
    trainer.fork(snapshot)
    perturb(trainer, perturbation)
    while trainer.status == "running":
        trainer.advance(1)
    return trainer


def test_it_is_the_same_as_harm_to_the_run_in_this_process(parent, submit):
    start, config = parent.state().snapshots[-1], CONFIG.changed(epochs=4, early_stopping=0)
    snapshot = Snapshot.read(parent.files.snapshot(start))
    before = parent.network_at(start)
    child = submit(config=config, fork=Fork(parent, start, PERTURBATION))
    state = wait_until(child, "finished", "failed")
    here = trained_here(snapshot, config, PERTURBATION)
    assert child.network().checksum() == here.network.checksum()
    assert parent.network_at(start).checksum() == before.checksum()  # the parent's own is unperturbed
    assert child.network_at(next(ref for ref in state.snapshots if ref.step == start.step)).checksum() == (
        PERTURBATION.applied(before).checksum()
    )
    fallen = [point for point in state.points if point.step == start.step]
    assert len(fallen) == 2  # before and after
    assert fallen[0].validation_accuracy > fallen[1].validation_accuracy
    (change,) = state.changes
    assert (change.step, change.values) == (start.step, {"perturbation": str(PERTURBATION)})
    assert load(child.checkpoint().to_bytes(), "it.safetensors").scores["perturbation"] == str(PERTURBATION)


def test_a_perturbation_of_nothing_equals_a_plain_fork(parent, submit):
    start, config = parent.state().snapshots[-1], CONFIG.changed(epochs=3, early_stopping=0)
    unperturbed = submit(config=config, fork=Fork(parent, start))
    nothing = submit(config=config, fork=Fork(parent, start, SilenceShare(0.0)))
    for job in (unperturbed, nothing):
        wait_until(job, "finished", "failed")
    assert unperturbed.network().checksum() == nothing.network().checksum()
    assert "perturbation" not in unperturbed.state().scores


def test_a_run_that_changes_workers_is_perturbed_once(submit_sliced):
    config = CONFIG.changed(epochs=60, early_stopping=0)
    parent = submit_sliced("A", QUICK.changed(**{name: getattr(config, name) for name in ("dropout", "optimizer")}))
    wait_until(parent, "finished", "failed")
    start = parent.state().snapshots[-1]
    config = parent.config.changed(epochs=30)
    fork = Fork(parent, start, PERTURBATION)
    jobs = [submit_sliced(owner, config, fork=fork, speed=100) for owner in "ABCD"]
    preemptions, waits = dict.fromkeys(jobs, 0), dict.fromkeys(jobs, True)
    while any(job.is_live for job in jobs):
        for job in jobs:
            waited, waits[job] = waits[job], job.state().queue_position > 0
            preemptions[job] += waits[job] > waited
        time.sleep(0.005)
    assert min(preemptions.values()) > 0
    assert [job.state().status for job in jobs] == ["finished"] * 4
    assert len({job.network().checksum() for job in jobs}) == 1
    assert all(len(job.state().changes) == 1 for job in jobs)


def test_early_stopping_does_not_go_back_to_the_unperturbed_network():
    trainer = Trainer(CONFIG, TOY)
    for _ in range(2 * STEPS - 3):
        trainer.advance(1)
    unperturbed = trainer.early_stopping.best.checksum()
    perturb(trainer, CutLayer(0))
    assert trainer.early_stopping.best.checksum() == trainer.network.checksum() != unperturbed
    assert trainer.validation[1] is not None
    assert trainer.early_stopping.best_epoch == trainer.epoch


def test_what_can_not_be_perturbed_so_is_said_at_once(parent, submit):
    start = parent.state().snapshots[-1]
    with pytest.raises(ValueError, match="layer 1 has the units 1 to 16; got 100"):
        submit(config=CONFIG.changed(epochs=3), fork=Fork(parent, start, SilenceUnits(0, (99,))))
    assert parent.network_at(start).mlp.parameters.any()


def test_a_record_keeps_it(parent, submit):
    start = parent.state().snapshots[-1]
    child = submit(
        config=CONFIG.changed(epochs=4, early_stopping=0), fork=Fork(parent, start, PERTURBATION), paused=True
    )
    waiting = JobRecord.from_json(child.record(is_saved=True).to_json())
    assert waiting.perturbation == PERTURBATION
    wait_until(child, "paused")
    record = JobRecord.from_json(child.record(is_saved=False).to_json())
    assert record.perturbation == PERTURBATION
    if record.start_from == child.files.unperturbed_snapshot.name:
        assert record.resumed().points
    else:  # it has told of its own first snapshot: the network in it is perturbed already
        assert record.start_from == f"{start.step}.npz"
    assert isinstance(child.checkpoint(), Checkpoint)
    assert np.isfinite(child.network().mlp.parameters).all()
