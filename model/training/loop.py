"""The training loop: show the network its images batch by batch, and let the optimizer follow the gradient.

Training is a generator: each `Progress` says how far it is, and the caller's loop decides whether to continue. To stop
training, stop iterating; `run.send(Change(learning_rate=0.01))` changes the learning rate during the run.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from model.config import TrainingConfig
from model.data import Dataset
from model.ink import Drawing
from model.ink.sampler import DEFAULT_MIXTURE, InkMixture
from model.training.ancestors import Ancestors
from model.training.change import Change
from model.training.history import Progress
from model.training.snapshot import Snapshot
from model.training.threads import ThreadControl, ThreadPlan, limited
from model.training.trainer import Trainer
from model.training.workload import blas_threads


def train(
    config: TrainingConfig,
    data: Dataset,
    *,
    ink: Sequence[Drawing] = (),
    mixture: InkMixture = DEFAULT_MIXTURE,
    start: Snapshot | None = None,
    ancestors: Ancestors | None = None,
    report_every: int | None = None,
    threads: int | str | None = None,
) -> Generator[Progress, Change | None, None]:
    """Train a new network: yield a Progress before the first step, and then after every few.

    The last Progress has another status than "running", and its network is the result: the last parameters, the
    mean ones with weight averaging, the best ones with early stopping, or the last finite ones if training diverged.

    Args:
        config: The settings.
        data: The images to learn from; its test part is not used.
        ink: Drawings to learn from as well: those of config.ink.
        mixture: How the drawings are sampled.
        start: A snapshot of a run of the same config and data. Training continues from it, bit for bit, and the first
            Progress is of that moment. Changes made before the snapshot stay made.
        ancestors: The networks that config.teacher and config.start_from name; by default they are loaded.
        report_every: The number of steps from one Progress to the next.
        threads: The number of threads for the matrix products, or a plan of them as Progress.threads notes it. By
            default it is chosen: see `model.training.threads`.

    Raises:
        ValueError: The config does not fit the data (nothing left to learn from, a batch larger than all of it), the
            snapshot does not fit the config, or a network that the config names is missing or does not fit.
    """
    trainer = Trainer(config, data, ink, mixture, ancestors=ancestors)
    if start:
        trainer.restore(start)
    return fit(trainer, report_every=report_every, threads=threads)


def fit(
    trainer: Trainer, *, report_every: int | None = None, threads: int | str | None = None
) -> Generator[Progress, Change | None, None]:
    """Train to the end: see `train`."""
    plan = None if threads is None else ThreadPlan.of(str(threads))
    most = blas_threads(trainer.config, len(trainer.batches))
    # Between two reports the limit is as it was: runs of one process may take turns.
    with limited(1):
        control = ThreadControl(most, plan, step=trainer.step)
        trainer.threads = str(control.used)
        if not trainer.step:
            trainer.validate()
        progress = trainer.report()
    change = yield progress
    while trainer.status == "running":
        with limited(control.threads):
            if change:
                trainer.change(change)
            trainer.advance(report_every or trainer.steps_between_reports)
            control.observe(trainer.step)
            trainer.threads = str(control.used)
            progress = trainer.report()
        change = yield progress
