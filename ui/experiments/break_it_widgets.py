"""The widgets that say what is done to the network."""

from __future__ import annotations

import streamlit as st

from model.config import TrainingConfig
from model.nn.mlp import MLP
from model.robustness.layer_changes import CutLayer, ResetLayer, ShuffleLayer
from model.robustness.perturbation import Perturbation, describe_layers
from model.robustness.silencing import SilenceShare, SilenceUnits, parse_units
from model.robustness.weight_changes import RoundWeights, WeightNoise
from ui.state import widget_state

ABLATION, NOISE, BITS = "Unit ablation", "Weight noise", "Quantization"
CUT, SHUFFLE, RESET = "Cut a layer", "Shuffle a layer", "Reset a layer"
HELP = {
    ABLATION: "Units of the hidden layers are silenced: their activations no longer reach the next layer. Training may "
    "let their connections grow again.",
    NOISE: "Each weight is moved by a random amount.",
    BITS: "Each weight is rounded to one of a few values, as it is to make a network small and fast.",
    CUT: "All weights of a layer become 0: nothing of the image gets past it.",
    SHUFFLE: "The weights of a layer change places with one another: the same values, without what was learned.",
    RESET: "A layer gets new random weights, as before the first step.",
}
RANDOM, STRONGEST, CHOSEN = "random", "strongest first", "chosen"
ALL_HIDDEN, ALL_LAYERS = "all hidden layers", "all layers"
MOST_WIDGETS = 4  # that one perturbation has and another one lacks
SEED_HELP = "Another number draws other random numbers; the same number always does the same."


def choose(mlp: MLP, config: TrainingConfig | None) -> Perturbation:
    """Show the widgets; returns what they stand at.

    Raises:
        ValueError: What was typed is no list of units.
    """
    kinds = list(HELP) if len(mlp.layers) > 1 else [kind for kind in HELP if kind != ABLATION]
    if widget_state.get("perturb_kind", kinds[0]) not in kinds:
        widget_state.put("perturb_kind", kinds[0])
    kind = st.selectbox("Perturbation", kinds, key="perturb_kind", persist_state="session")
    st.caption(HELP[kind])
    match kind:
        case "Unit ablation":
            return _ablation(mlp)
        case "Weight noise":
            amount = st.slider(
                "Noise",
                0.0,
                2.0,
                0.5,
                0.05,
                key="perturb_noise",
                persist_state="session",
                help="The standard deviation of the noise, as a multiple of that of the layer's weights.",
            )
            return WeightNoise(amount, _layer(mlp, ALL_LAYERS), _seed())
        case "Quantization":
            bits = st.slider(
                "Bits",
                1,
                16,
                3,
                key="perturb_bits",
                persist_state="session",
                help="Of each weight: n bits allow about two to the power of n different values, evenly spaced around "
                "0, with one scale for each layer. With one bit only the sign is left. Biases are not rounded.",
            )
            return RoundWeights(bits, _layer(mlp, ALL_LAYERS))
    layer = _layer(mlp) or 0
    if kind == CUT:
        return CutLayer(layer)
    if kind == SHUFFLE:
        return ShuffleLayer(layer, _seed())
    return ResetLayer(layer, _seed(), *((config.initialization, config.initial_std) if config else ()))


def clear_others() -> None:
    """Take away the widgets of what was chosen before at once, and not when all is measured."""
    for _ in range(MOST_WIDGETS):
        st.empty()


def _ablation(mlp: MLP) -> Perturbation:
    which = st.radio(
        "Units",
        [RANDOM, STRONGEST, CHOSEN],
        key="perturb_units",
        horizontal=True,
        persist_state="session",
        help="Strongest: the units with the largest weights into them and from them (the product of the norms; with "
        "batch normalization gamma in place of the former).",
    )
    if which == CHOSEN:
        layer = _layer(mlp, hidden=True) or 0
        return SilenceUnits(layer, parse_units(_units(mlp.sizes[layer + 1])))
    percent = st.slider(
        "Share of units silenced (%)",
        0,
        100,
        30,
        5,
        key="perturb_share",
        persist_state="session",
        help="Of each layer that is meant.",
    )
    layers = _layer(mlp, ALL_HIDDEN, hidden=True)
    if which == STRONGEST:
        return SilenceShare(percent / 100, "strongest", layers)
    return SilenceShare(percent / 100, "random", layers, _seed())


def _units(most: int) -> str:
    return st.text_input(
        f"Unit numbers, 1 to {most:,}",
        f"1-{max(1, most // 4)}",
        key="perturb_chosen",
        persist_state="session",
        max_chars=400,
        help="Numbers and ranges, such as 3, 7, 12-20. Inside shows which unit is which.",
    )


def _layer(mlp: MLP, everything: str = "", *, hidden: bool = False) -> int | None:
    """A menu of layers; None stands for all of them."""
    if hidden:
        names = [f"layer {number} ({size:,} units)" for number, size in enumerate(mlp.sizes[1:-1], 1)]
    else:
        names = list(describe_layers(mlp.sizes))
    options = [*([everything] if everything else []), *names]
    key = f"perturb_layer_{'units' if hidden else 'weights'}{'_or_all' if everything else ''}"
    if widget_state.get(key, options[0]) not in options:
        widget_state.put(key, options[0])
    chosen = st.selectbox("Layer", options, key=key, persist_state="session")
    return None if chosen == everything else names.index(chosen)


def _seed() -> int:
    return int(st.number_input("Seed", 0, 9999, 0, key="perturb_seed", persist_state="session", help=SEED_HELP))
