"""The training loop and all that it needs: batches, augmentation, snapshots, history, checkpoints."""

from model.training.change import Change, fork_conflicts, updated
from model.training.loop import fit, train
from model.training.split import sample_rows
from model.training.trainer import Trainer
from model.training.workload import blas_threads

__all__ = ["Change", "Trainer", "blas_threads", "fit", "fork_conflicts", "sample_rows", "train", "updated"]
