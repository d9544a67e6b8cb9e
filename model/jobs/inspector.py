"""The inspector looks inside the network a few times a second, without costing the run much time."""

from __future__ import annotations

from collections.abc import Callable

from model.training import Trainer
from model.training.diagnostics import Diagnostics, ForgettingTracker, inspect_network, layer_norms

INTERVAL_S = 0.4
MAX_TIME_SHARE = 0.02  # of the run's time that diagnostics may cost


class Inspector:
    """Takes diagnostics of a run."""

    def __init__(self, trainer: Trainer, clock: Callable[[], float]) -> None:
        self._trainer, self._clock = trainer, clock
        self._forgetting = ForgettingTracker(trainer.split.sample_labels)
        self._next_time = 0.0
        self.step = -1  # of the newest

    @property
    def is_due(self) -> bool:
        """Whether it is time for the next."""
        return self._clock() >= self._next_time

    @property
    def is_current(self) -> bool:
        """Whether the newest is of the present step."""
        return self.step == self._trainer.step

    def inspect(self) -> Diagnostics:
        """Take diagnostics of the network as it is."""
        trainer, began = self._trainer, self._clock()
        self.step = trainer.step
        dead, predictions = inspect_network(trainer.mlp, trainer.split.sample_images)
        gradients, updates = trainer.gradient_step.norms or ((), ())
        self._forgetting.update(predictions, trainer.step)
        diagnostics = Diagnostics(
            epoch=trainer.fraction * trainer.config.epochs,
            step=trainer.step,
            weights=layer_norms(trainer.mlp.layers),
            gradients=gradients,
            updates=updates,
            dead=dead,
            predictions=predictions,
            last_flip_step=self._forgetting.last_flip_step.copy(),
            best=tuple(self._forgetting.best.tolist()),
        )
        now = self._clock()
        step_seconds = trainer.seconds / trainer.step if trainer.step else 0.0
        self._next_time = now + max(INTERVAL_S, (now - began + step_seconds) / MAX_TIME_SHARE)
        return diagnostics
