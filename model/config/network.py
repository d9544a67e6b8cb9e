"""The network: its layers, and the parameters that it begins with."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from model.common.fields import Choice, Group, SettingsModel, setting
from model.config.slider_stops import FIVE_PERCENTS, MAX_UNITS, UNITS_STOPS

MAX_HIDDEN_LAYERS = 6
HIDDEN_LAYERS: dict[str, tuple[str, ...]] = {"hidden_sizes": ()}  # a setting that has an effect with any of them

Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]


class NetworkSettings(SettingsModel):
    """The hidden layers, what they compute, and how their initial weights are drawn."""

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
        help="The nonlinear function applied to each unit's weighted sum. Without it, all layers together could only "
        "draw straight borders between the digits.",
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
        help="Normalize each unit's weighted sums over a batch to mean 0 and standard deviation 1 before the "
        "activation.",
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
        help="How widely the random initial weights are spread: he and glorot fit the layer's size, normal takes the "
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
        help="Standard deviation of the initial weights; used with normal only.",
        formula=r"$w \sim \mathcal{N}(0, \sigma^2)$, where $\sigma$ is this deviation.",
        group=Group.INITIALIZATION,
        used_with={"initialization": ("normal",)},
        fork_fixed=True,
    )

    @field_validator("hidden_sizes", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Read a text, `64,32` or `64-32`, as the command line and addresses give it; an empty one has no layers."""
        if not isinstance(value, str):
            return value
        return [size.strip() for size in re.split(r",|(?<=\d)-", value) if size.strip()]
