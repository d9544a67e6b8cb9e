"""scikit-learn's MLPClassifier is a network in NumPy too, with the whole epoch behind one call, `partial_fit`."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.adapters import adapter
from benchmarks.workloads import BETA2, CLASSES, EPSILON, MOMENTUM, Workload


class ScikitLearn(adapter.Adapter):
    """Momentum without Nesterov's look ahead, and no penalty on the weights, as all others here."""

    def prepare(self, workload: Workload, folder: Path) -> None:
        self.images, self.labels = adapter.load_floats(folder)
        self.network = MLPClassifier(
            hidden_layer_sizes=workload.hidden_sizes,
            solver="adam" if workload.optimizer == "adam" else "sgd",
            alpha=0,
            batch_size=workload.batch_size,
            learning_rate_init=workload.learning_rate,
            momentum=MOMENTUM if workload.optimizer == "momentum" else 0,
            nesterovs_momentum=False,
            beta_1=MOMENTUM,
            beta_2=BETA2,
            epsilon=EPSILON,
            random_state=workload.seed,
        )
        warnings.simplefilter("ignore")  # of a batch smaller than batch_size, which is meant here
        # The network is made by its first images; then its weights are set to what all others start from.
        self.network.partial_fit(self.images[:CLASSES], self.labels[:CLASSES], classes=np.arange(CLASSES))
        for weights, biases, first in zip(
            self.network.coefs_, self.network.intercepts_, adapter.he_weights(workload), strict=True
        ):
            weights[:], biases[:] = first, 0

    def use_threads(self, count: int) -> None:
        threadpool_limits(limits=count, user_api="blas")

    def epoch(self) -> float:
        self.network.partial_fit(self.images, self.labels)
        return float(self.network.loss_)
