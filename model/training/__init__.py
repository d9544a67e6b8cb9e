"""The training loop and all that it needs: batches, augmentation, snapshots, history, checkpoints."""

from model.training.trainer import (
    Change,
    Trainer,
    blas_threads,
    fork_conflicts,
    sample_rows,
    train,
    updated,
)

__all__ = [
    "Change",
    "Trainer",
    "blas_threads",
    "fork_conflicts",
    "sample_rows",
    "train",
    "updated",
]
