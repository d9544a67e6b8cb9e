"""A network is perturbed in the middle of its training, and all else goes on exactly as it was."""

from __future__ import annotations

import math

from model.robustness.perturbation import Perturbation
from model.training import Trainer
from model.training.history import MetricAccumulator


def perturb(trainer: Trainer, perturbation: Perturbation) -> None:
    """Perturb the network of a trainer between two steps.

    The optimizer's state, the place in the data and all random numbers stay. What was measured before is measured anew,
    and the best network so far is the perturbed one: the run must not end with the one before.

    Raises:
        ValueError: It can't be done to this network.
    """
    network, early_stopping = trainer.network, trainer.early_stopping
    perturbation.apply(network.mlp)
    trainer.divergence_guard.last_finite.copy_from(network)
    early_stopping.best.copy_from(network)
    early_stopping.best_score, early_stopping.best_epoch = (-1.0, -math.inf), trainer.epoch
    trainer.since_report, trainer.since_epoch = MetricAccumulator(), MetricAccumulator()
    trainer.average.clear()
    trainer.validate()
