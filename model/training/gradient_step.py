"""One step of training: the gradient of a batch's loss, and the optimizer's update of the parameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.common.arrays import Array
from model.config import TrainingConfig
from model.nn.dropout import dropout_masks
from model.nn.mlp import MLP
from model.nn.optimizers import OPTIMIZERS, clip
from model.nn.workspace import Workspace
from model.training.batches import Batch
from model.training.diagnostics import StepNorms, layer_norms

MIN_WEIGHTS_FOR_FUSED_UPDATE = 200_000  # with fewer, adding the gradient as it is computed costs more than it spares


class GradientStep:
    """Makes the steps of a run.

    Attributes:
        optimizer: The update rule, with its state.
        workspace: The arrays of the forward and the backward pass.
        dropout_rng: The source of random numbers for dropout.
        norms: The norms of the last step that was measured, None before the first.
    """

    def __init__(
        self,
        mlp: MLP,
        config: TrainingConfig,
        batch_size: int,
        dropout_rng: np.random.Generator,
        *,
        min_weights_for_fused_update: int = MIN_WEIGHTS_FOR_FUSED_UPDATE,
    ) -> None:
        self._mlp, self._config = mlp, config
        self._min_weights_for_fused_update = min_weights_for_fused_update
        self.optimizer = OPTIMIZERS[config.optimizer](
            mlp.parameters.size,
            momentum=config.momentum,
            beta2=config.beta2,
            weight_decay=config.weight_decay,
            num_decayed=mlp.num_weights,
        )
        self.workspace = Workspace(mlp, batch_size)
        self.dropout_rng = dropout_rng
        self.norms: StepNorms | None = None

    def change(self, config: TrainingConfig, batch_size: int) -> None:
        """Use other settings from the next step on."""
        self._config = config
        self.optimizer.momentum, self.optimizer.weight_decay = config.momentum, config.weight_decay
        if batch_size > self.workspace.rows:
            self.workspace = Workspace(self._mlp, batch_size)

    def take(self, batch: Batch, learning_rate: float, *, measure: bool = False) -> Array:
        """Make a step.

        Args:
            batch: The images to learn from.
            learning_rate: How far to go.
            measure: Whether to measure `norms` too. The step is the same.

        Returns:
            The batch's logits (n, classes) before the update; they are overwritten by the next step.
        """
        dropout = self._config.dropout
        masks = dropout_masks(self._mlp, len(batch.labels), dropout, self.dropout_rng) if dropout else None
        return (self._take_measured if measure else self._take)(batch, learning_rate, masks)

    def _take(self, batch: Batch, learning_rate: float, masks: Sequence[Array] | None) -> Array:
        mlp, workspace = self._mlp, self.workspace
        images, _, targets, soft = batch
        logits = mlp.forward(images, workspace, masks)
        fused = self._fused_target(learning_rate)
        if fused:
            vector, alpha, beta = fused
            mlp.backward(images, targets, workspace, masks, soft, into=mlp.views(vector), alpha=alpha, beta=beta)
            self.optimizer.apply_fused(mlp.parameters, learning_rate)
        else:
            mlp.backward(images, targets, workspace, masks, soft)
            if self._config.clip_norm:
                clip(workspace.gradient, self._config.clip_norm)
            self.optimizer.step(mlp.parameters, workspace.gradient, learning_rate)
        return logits

    def _take_measured(self, batch: Batch, learning_rate: float, masks: Sequence[Array] | None) -> Array:
        """Measure the norms from a gradient computed beforehand, since `_take` may never write one down."""
        mlp = self._mlp
        running, before = mlp.running_statistics.copy(), mlp.parameters.copy()
        mlp.forward(batch.images, self.workspace, masks)
        mlp.backward(batch.images, batch.targets, self.workspace, masks, batch.soft)
        mlp.running_statistics[:] = running
        gradient_norms = layer_norms(self.workspace.gradients)
        logits = self._take(batch, learning_rate, masks)
        before -= mlp.parameters
        self.norms = StepNorms(gradient_norms, layer_norms(mlp.views(before)))
        return logits

    def _fused_target(self, learning_rate: float) -> tuple[Array, float, float] | None:
        """Return the optimizer's fused target, where it pays and nothing else needs to see the gradient."""
        config, mlp = self._config, self._mlp
        if config.clip_norm or config.weight_decay or mlp.batch_normalization:
            return None
        if mlp.num_weights < self._min_weights_for_fused_update:
            return None
        return self.optimizer.fused_target(mlp.parameters, learning_rate)
