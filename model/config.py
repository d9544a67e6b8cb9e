"""Describe a training run by one frozen value: the network's shape, how it learns, from what, and the seed.

Everything about a setting stands on its field here, once. The sliders, the command line, the page's address, a
checkpoint's metadata and every message about a bad value are made from it: see model/common/fields.py.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from model.common.constants import CLASSES, PIXELS
from model.common.fields import Choice, Group, Settings, setting

MAX_HIDDEN_LAYERS, MAX_UNITS = 6, 4096

Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]

# What the sliders of several settings stop at.
DECADES = tuple(digit * 10.0**power for power in range(-5, 1) for digit in (1, 2, 5))
PERCENTS = tuple(percent / 100 for percent in range(51))
FIVE_PERCENTS = tuple(percent / 100 for percent in range(0, 91, 5))
UNITS_STOPS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 256, 300, 320, 400),
    *(512, 640, 800, 1024, 1280, 1600, 2048, 2560, 3200, MAX_UNITS),
)

HIDDEN_LAYERS: dict[str, tuple[str, ...]] = {"hidden_sizes": ()}  # a setting that has an effect with any of them


class TrainingConfig(Settings):
    """Everything that decides the result of a training run. Equal values give equal parameters, bit for bit."""

    data: str = setting(
        "mnist-5k",
        min_length=1,
        max_length=4096,
        title="Data",
        help="What to learn from: mnist-5k (5,000 digits, always there), mnist (all 70,000), or a path.",
        formula="Example: mnist-5k gives 4,000 images to train and 1,000 to test.",
        fork_fixed=True,
    )
    ink: str = setting(
        "",
        max_length=4096,
        title="Ink",
        help="Drawings to learn from as well, rendered anew for each epoch: ink files (JSON lines), separated by "
        "commas. A file that does not exist is looked for in $INK_DIR.",
        formula="Example: mine.jsonl,ours.jsonl.",
        fork_fixed=True,
        in_address=False,  # it names files of this machine
    )
    background: bool = setting(
        False,
        title='Reject class ("not a digit")',
        help="Also learn to tell digits from other things: scribbles, turned and doubled digits, and the letters in "
        "the ink.",
        formula=r"$P(\text{digit}) = 1 - p_{10}$, where $p_{10}$ is the probability of an eleventh output.",
        group=Group.DATA,
        rank=1,
        fork_fixed=True,
    )
    training_size: int = setting(
        0,
        ge=0,
        le=10_000_000,
        title="Training set size",
        unit="images",
        help="Use only this many images of the training set, chosen by the seed and including the validation split. "
        "0 uses all.",
        formula="Example: 1,000 with a validation split of a tenth leaves 900 to learn from.",
        group=Group.DATA,
        rank=3,
        fork_fixed=True,
    )
    validation_size: float = setting(
        0.1,
        ge=0,
        le=10_000_000,
        title="Validation split",
        help="Images set aside to see how the network does on digits it does not learn from. A value below 1 is "
        "their share, and one from 1 on their number; 0 sets none aside.",
        formula="Example: 0.1 of 4,000 images sets 400 aside.",
        group=Group.DATA,
        rank=2,
        fork_fixed=True,
    )
    hidden_sizes: tuple[Units, ...] = setting(
        (128,),
        max_length=MAX_HIDDEN_LAYERS,
        title="Hidden layers",
        help="The number of units in each layer between the image and the answer, 0 to 6 layers.",
        formula=r"$a_l = f(a_{l-1} W_l + b_l)$ for each layer $l$, from the image $a_0$ on; the last has no $f$.",
        stops=UNITS_STOPS,
        fork_fixed=True,
    )
    activation: Literal["relu", "leaky_relu", "tanh", "sigmoid", "gelu"] = setting(
        "relu",
        title="Activation",
        help="The function that bends each unit's sum. Without it, all layers together could only draw straight "
        "borders between the digits.",
        choices={
            "relu": Choice("ReLU", r"$\max(0,\, z)$"),
            "leaky_relu": Choice("leaky ReLU", r"$\max(0.01\, z,\, z)$"),
            "tanh": Choice("tanh", r"$\tanh z$"),
            "sigmoid": Choice("sigmoid", r"$1 / (1 + e^{-z})$"),
            "gelu": Choice(
                "GELU", r"$\frac{z}{2} \left(1 + \tanh\!\left(\sqrt{2/\pi}\,(z + 0.044715\, z^3)\right)\right)$"
            ),
        },
        group=Group.MODEL,
        used_with=HIDDEN_LAYERS,
        fork_fixed=True,
    )
    batch_normalization: bool = setting(
        False,
        title="Batch normalization",
        help="Bring each unit's sums over a batch to mean 0 and standard deviation 1 before the activation.",
        formula=r"$\gamma\, \dfrac{z - \bar z}{\sqrt{\sigma_z^2 + 10^{-5}}} + b$, where the scale $\gamma$ is learned.",
        group=Group.INITIALIZATION,
        used_with=HIDDEN_LAYERS,
        fork_fixed=True,
    )
    dropout: float = setting(
        0.0,
        ge=0,
        le=0.9,
        title="Dropout",
        help="The share of hidden units silenced at random at each step, so that none is relied on alone.",
        formula=r"$a' = \dfrac{m\, a}{1 - p}$, where $m$ is 0 with probability $p$, else 1.",
        group=Group.LIVE,
        rank=4,
        stops=FIVE_PERCENTS,
        used_with=HIDDEN_LAYERS,
        live=True,
    )
    initialization: Literal["he", "glorot", "normal"] = setting(
        "he",
        title="Weight initialization",
        help="How widely the random first weights are spread: he and glorot fit the layer's size, normal takes the "
        "initial std.",
        formula=r"$w \sim \mathcal{N}(0, \sigma^2)$ for $n_\text{in}$ inputs and $n_\text{out}$ outputs:",
        choices={
            "he": Choice("He", r"$\sigma^2 = 2 / n_\text{in}$"),
            "glorot": Choice("Glorot", r"$\sigma^2 = 2 / (n_\text{in} + n_\text{out})$"),
            "normal": Choice("normal", r"$\sigma$ is the initial std"),
        },
        group=Group.INITIALIZATION,
        fork_fixed=True,
    )
    initial_std: float = setting(
        0.01,
        gt=0,
        le=10,
        title="Initial std",
        help="Standard deviation of the first weights; used with normal only.",
        formula=r"$w \sim \mathcal{N}(0, \sigma^2)$, where $\sigma$ is this deviation.",
        group=Group.INITIALIZATION,
        used_with={"initialization": ("normal",)},
        fork_fixed=True,
    )
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
        help="A gradient longer than this is shortened to it. 0 leaves it alone.",
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
    augmentation: Literal["none", "affine", "elastic"] = setting(
        "none",
        title="Augmentation",
        help="Show each image a little different every time: affine turns, scales and slants it; elastic also bends "
        "it.",
        formula=r"Where the old image is read for the new one's pixel at $x$:",
        choices={
            "none": Choice("none", r"$x' = x$"),
            "affine": Choice("affine", r"$x' = A x + b$, where $A$ turns, scales and slants, and $b$ shifts"),
            "elastic": Choice("affine and elastic", r"$x' = A x + b + u(x)$, where $u$ is smooth and random"),
        },
        group=Group.LIVE,
        rank=6,
        live=True,
    )
    seed: int = setting(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        help="Where the random numbers start. The same seed and settings give the same network again.",
        formula="Example: 0 today and 0 tomorrow give one and the same network; 1 gives another.",
        group=Group.MODEL,
        fork_fixed=True,
    )

    @field_validator("hidden_sizes", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Read a text, `64,32` or `64-32`, as the command line and addresses give it; an empty one has no layers."""
        if not isinstance(value, str):
            return value
        return [size.strip() for size in re.split(r",|(?<=\d)-", value) if size.strip()]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The network's layers, from the image's 784 pixels to the 10 digits, and the reject class if there is one."""
        return (PIXELS, *self.hidden_sizes, CLASSES + 1 if self.background else CLASSES)
