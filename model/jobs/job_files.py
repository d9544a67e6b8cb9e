"""The files of one run: its network as of the last write, its snapshots, and the state it continues from.

The worker writes them and the app reads them, at any time: each file is replaced in one go.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save

from model.common.arrays import F32
from model.common.atomic_file import atomic_write
from model.config import TrainingConfig
from model.jobs.protocol import SnapshotRef
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.snapshot import Snapshot

NETWORK_FILE = "network.safetensors"
PREEMPTED_FILE = "preempted.npz"
UNPERTURBED_FILE = "unperturbed.npz"
REPLACE_ATTEMPTS, REPLACE_DELAY_S = 100, 0.01


class JobFiles:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.network_file = folder / NETWORK_FILE
        self.preempted_snapshot = folder / PREEMPTED_FILE
        self.unperturbed_snapshot = folder / UNPERTURBED_FILE  # of a run that branches off, and is then perturbed

    # -- The network ----------------------------------------------------------------------------------------

    def write_network(self, network: DigitClassifier) -> None:
        """Replace the network's file."""
        tensors = {
            "parameters": network.mlp.parameters,
            "statistics": network.mlp.running_statistics,
            "calibration": np.array((network.temperature, network.reject_bias)),
        }
        content = save(tensors)
        for attempts_left in reversed(range(REPLACE_ATTEMPTS)):
            try:
                with atomic_write(self.network_file) as file:
                    file.write(content)
                return
            except PermissionError:  # on Windows, while somebody reads the file
                if not attempts_left:
                    raise
                time.sleep(REPLACE_DELAY_S)

    def read_network(self, network: DigitClassifier) -> None:
        """Give a network of the same shape the values that were written last; without a file it stays as it is."""
        try:
            tensors = load_file(self.network_file)
        except FileNotFoundError:
            return
        network.mlp.parameters[:] = tensors["parameters"]
        network.mlp.running_statistics[:] = tensors["statistics"]
        network.temperature, network.reject_bias = tensors["calibration"].tolist()

    def read_first_layer(self, inputs: int, outputs: int) -> F32:
        """The first layer's weights (inputs, outputs) that were written last, zeros without a file; the rest of the
        file is not read."""
        try:
            with safe_open(self.network_file, framework="numpy") as file:
                weights: F32 = file.get_slice("parameters")[: inputs * outputs]
        except FileNotFoundError:
            return np.zeros((inputs, outputs), np.float32)
        return weights.reshape(inputs, outputs)

    # -- Snapshots ------------------------------------------------------------------------------------------

    def snapshot(self, ref: SnapshotRef) -> Path:
        """Where a snapshot lies."""
        return self.folder / ref.file

    def read_network_at(self, ref: SnapshotRef, network: DigitClassifier) -> None:
        """Give a network of the same shape the values of a snapshot.

        Raises:
            ValueError: the snapshot no longer exists.
        """
        if not self.snapshot(ref).exists():
            raise gone(ref)
        snapshot = Snapshot.read(self.snapshot(ref), only=("network.parameters", "network.statistics"))
        network.mlp.parameters[:] = snapshot.arrays["network.parameters"]
        network.mlp.running_statistics[:] = snapshot.arrays["network.statistics"]
        network.temperature, network.reject_bias = snapshot.values["calibrations"]["network"]

    def share_snapshot(self, other: JobFiles, ref: SnapshotRef) -> bool:
        """Have another run's snapshot in this folder too; return whether it still exists."""
        try:
            os.link(other.snapshot(ref), self.snapshot(ref))
        except FileNotFoundError:
            return False
        except OSError:  # a file system without hard links
            shutil.copyfile(other.snapshot(ref), self.snapshot(ref))
        return True

    def set_unperturbed(self, ref: SnapshotRef) -> None:
        """Keep a snapshot as the one that is yet to be perturbed: the run saves its own of that step."""
        os.replace(self.snapshot(ref), self.unperturbed_snapshot)

    def delete(self) -> None:
        """Delete the folder and all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def blank_network(config: TrainingConfig) -> DigitClassifier:
    """A network of a run's shape, all zeros, to be given the values of a file."""
    return DigitClassifier(MLP(config.sizes, config.activation, batch_normalization=config.batch_normalization))


def gone(ref: SnapshotRef) -> ValueError:
    """The error that says that a snapshot no longer exists."""
    return ValueError(f"the snapshot of epoch {ref.epoch:.4g} is no longer kept; choose another")
