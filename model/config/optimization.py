"""How a network learns: the optimizer, its learning rate over time, and what is added to the loss."""

from __future__ import annotations

from typing import Literal

from model.common.fields import Choice, Group, SettingsModel, setting
from model.config.slider_stops import DECADES, FIVE_PERCENTS, PERCENTS


class OptimizationSettings(SettingsModel):
    """The optimizer, the schedule, the batches, regularization, and when training ends."""

    optimizer: Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"] = setting(
        "adam",
        title="Optimizer",
        help="The rule that turns the gradient into a step. sgd takes it as it is; the others remember earlier ones.",
        formula=r"With the gradient $g$, learning rate $\eta$, momentum $\mu$, and $\epsilon = 10^{-8}$:",
        choices={
            "sgd": Choice("SGD", r"$w \leftarrow w - \eta\, g$"),
            "momentum": Choice("momentum", r"$v \leftarrow \mu v + g$, then $w \leftarrow w - \eta\, v$"),
            "nesterov": Choice("Nesterov", r"$v \leftarrow \mu v + g$, then $w \leftarrow w - \eta\, (g + \mu v)$"),
            "rmsprop": Choice(
                "RMSprop",
                r"$s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2$, then $w \leftarrow w - \eta\, g / (\sqrt{s} + "
                r"\epsilon)$",
            ),
            "adam": Choice(
                "Adam",
                r"$m \leftarrow \mu m + (1 - \mu)\, g$, and $s$ as in RMSprop; then $w \leftarrow w - \eta\, \hat m / "
                r"(\sqrt{\hat s} + \epsilon)$ with $\hat m = m / (1 - \mu^t)$, $\hat s = s / (1 - \beta_2^t)$ after "
                r"$t$ steps",
            ),
            "adamw": Choice("AdamW", r"as Adam, but weight decay apart: $w \leftarrow (1 - \eta \lambda)\, w$"),
        },
        group=Group.MODEL,
    )
    learning_rate: float = setting(
        0.001,
        gt=0,
        le=10,
        title="Learning rate",
        help="How far each step goes. Too small learns slowly; too large jumps over the goal.",
        formula=r"$w \leftarrow w - \eta\, g$, where $\eta$ is the learning rate and $g$ the gradient.",
        group=Group.LIVE,
        rank=1,
        stops=(*DECADES, 10.0),
        live=True,
    )
    momentum: float = setting(
        0.9,
        ge=0,
        lt=1,
        title="Momentum",
        help="How much of its earlier direction a step keeps (beta 1 in Adam). sgd and rmsprop have none.",
        formula=r"$v \leftarrow \mu v + g$; in Adam $m \leftarrow \mu m + (1 - \mu)\, g$.",
        group=Group.LIVE,
        rank=3,
        stops=(0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999),
        used_with={"optimizer": ("momentum", "nesterov", "adam", "adamw")},
        live=True,
    )
    beta2: float = setting(
        0.999,
        ge=0,
        lt=1,
        title="Beta 2",
        help="How much rmsprop and adam remember of the gradient's earlier squares.",
        formula=r"$s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2$",
        group=Group.OPTIMIZER,
        rank=5,
        used_with={"optimizer": ("rmsprop", "adam", "adamw")},
    )
    weight_decay: float = setting(
        0.0,
        ge=0,
        le=1,
        title="Weight decay",
        help="How strongly weights are pulled towards zero at each step; keeps them from growing needlessly.",
        formula=r"$g \leftarrow g + \lambda w$; in AdamW $w \leftarrow (1 - \eta \lambda)\, w$. Biases are left alone.",
        group=Group.LIVE,
        rank=5,
        stops=(0.0, *(value for value in DECADES if value <= 1)),
        live=True,
    )
    schedule: Literal["constant", "step", "cosine", "one_cycle"] = setting(
        "constant",
        title="Learning rate schedule",
        help="How the learning rate changes: not at all, down in steps, down along a cosine, or up and down.",
        formula=r"Where $t$ runs from 0 to 1 in the course of the training:",
        choices={
            "constant": Choice("constant", r"$\eta$"),
            "step": Choice("step", r"$\eta\, k^{\lfloor e / E \rfloor}$ after $e$ epochs"),
            "cosine": Choice("cosine", r"$\frac{\eta}{2} (1 + \cos \pi t)$"),
            "one_cycle": Choice(
                "one cycle", r"in a line from $0.04\, \eta$ up to $\eta$, then along a cosine down to $0.0001\, \eta$"
            ),
        },
        group=Group.OPTIMIZER,
        rank=1,
    )
    warmup: float = setting(
        0.3,
        ge=0,
        le=0.9,
        title="Warm-up",
        help="The share of the training in which one_cycle raises the learning rate to its full height.",
        formula=r"$\eta\, (0.04 + 0.96\, t / u)$ while $t < u$, where $u$ is this share.",
        group=Group.OPTIMIZER,
        rank=4,
        stops=FIVE_PERCENTS,
        used_with={"schedule": ("one_cycle",)},
    )
    step_epochs: int = setting(
        10,
        ge=1,
        le=10_000,
        title="Decay every (epochs)",
        unit="epochs",
        help="After how many epochs the step schedule lowers the learning rate.",
        formula=r"$\eta\, k^{\lfloor e / E \rfloor}$ after $e$ epochs, where $E$ is this number.",
        group=Group.OPTIMIZER,
        rank=2,
        used_with={"schedule": ("step",)},
    )
    step_factor: float = setting(
        0.5,
        gt=0,
        le=1,
        title="Decay factor",
        help="What the step schedule multiplies the learning rate by.",
        formula=r"$\eta\, k^{\lfloor e / E \rfloor}$ after $e$ epochs, where $k$ is this factor.",
        group=Group.OPTIMIZER,
        rank=3,
        used_with={"schedule": ("step",)},
    )
    batch_size: int = setting(
        64,
        ge=0,
        le=1_000_000,
        title="Batch size",
        unit="images",
        help="Images averaged for one step. 0 takes all of them at once (full batch).",
        formula=r"$g = \dfrac{1}{B} \sum_{i=1}^{B} \nabla L_i$, where $B$ is the batch size.",
        group=Group.LIVE,
        rank=2,
        stops=(*(2**power for power in range(13)), 0),
        live=True,
    )
    epochs: int = setting(
        10,
        ge=1,
        le=10_000,
        title="Epochs",
        help="How many times each training image is seen.",
        formula=r"$\text{steps} = \text{epochs} \cdot \lceil N / B \rceil$ with $N$ images in batches of $B$.",
        group=Group.MODEL,
    )
    label_smoothing: float = setting(
        0.0,
        ge=0,
        le=0.5,
        title="Label smoothing",
        help="The share of confidence taken from the right answer and spread over all ten, against overconfidence.",
        formula=r"$y_k = (1 - s)\, [k = \text{label}] + s / K$ for each of the $K$ answers.",
        group=Group.REGULARIZATION,
        stops=PERCENTS,
        live=True,
    )
    clip_norm: float = setting(
        0.0,
        ge=0,
        le=1000,
        title="Gradient clipping",
        help="A gradient whose norm is larger than this is scaled down to it. 0 turns clipping off.",
        formula=r"$g \leftarrow g \cdot \min(1,\, c / \lVert g \rVert)$, where $c$ is this length.",
        group=Group.REGULARIZATION,
        live=True,
    )
    early_stopping: int = setting(
        0,
        ge=0,
        le=10_000,
        title="Early stopping",
        unit="epochs",
        help="Stop after this many epochs without a better validation accuracy, and keep the best parameters. 0 never "
        "stops early.",
        formula=r"Stop when $e - e_\text{best} \ge n$, where $n$ is this number.",
        group=Group.OPTIMIZER,
        rank=6,
    )
    average_last: int = setting(
        0,
        ge=0,
        le=10_000,
        title="Weight averaging",
        unit="epochs",
        help="The final network has the mean of the parameters over all steps of this many last epochs: the steps "
        "wander around a minimum, and the mean is closer to it. 0 turns averaging off.",
        formula=r"$\bar w = \dfrac{1}{n} \sum_{i=1}^{n} w_i$ over the $n$ steps of these epochs.",
        group=Group.OPTIMIZER,
        rank=7,
    )
