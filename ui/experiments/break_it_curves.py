"""The curve that belongs to what is done to the network: accuracy against how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import streamlit as st

from model.robustness import trials
from model.robustness.perturbation import Perturbation
from model.robustness.silencing import SilenceShare
from model.robustness.tables import curve_csv
from model.robustness.trials import AmountPoint, Trial
from model.robustness.weight_changes import RoundWeights, WeightNoise
from ui.charts.amount_curves import AmountAxis, Measured, amount_curves
from ui.experiments import stress_measures
from ui.experiments.break_it_source import Source
from ui.experiments.stress_measures import Images, Subject
from ui.state import presentation

SHARE_AXIS = AmountAxis("share of units silenced", ".0%")
NOISE_AXIS = AmountAxis("noise, in standard deviations of the weights")
BITS_AXIS = AmountAxis("bits of each weight", "d", tuple(map(float, trials.BITS)), is_log=True)


def show(
    source: Source, subject: Subject, perturbation: Perturbation, images: Images
) -> tuple[list[AmountPoint], AmountAxis]:
    """The curve, computed for all amounts, with a mark at the chosen one; returns it."""
    planned, axis, marked = _plan(source, perturbation)
    images = images.some([source.network], len(planned))
    pieces = [partial(stress_measures.predict_perturbed, subject, trial.perturbation, images) for trial in planned]
    found = stress_measures.measure_all(pieces, "Measuring the curve")
    points = list(trials.summarize(planned, [stress_measures.accuracy(one, images) for one in found]))
    figure = amount_curves(_curves(points, axis), axis, marked=marked)
    st.markdown(f"**Accuracy against {_against(axis)}**")
    st.vega_lite_chart(presentation.fit(figure).chart(), key="perturb_curve")
    several = max(point.trials for point in points) > 1
    band = f" The band spans {trials.SEEDS} seeds." if several else ""
    st.caption(f"On {len(images.labels):,} images; dotted: a guess among ten digits.{band}")
    return points, axis


def download(points: Sequence[AmountPoint]) -> None:
    """The button that gives the curve as a table."""
    st.download_button(
        "Curve (CSV)",
        curve_csv(points),
        "robustness.csv",
        "text/csv",
        key="perturb_download",
        icon=":material/download:",
        on_click="ignore",
    )


def _plan(source: Source, perturbation: Perturbation) -> tuple[list[Trial], AmountAxis, float | None]:
    mlp, config = source.network.mlp, source.config
    match perturbation:
        case WeightNoise(amount):
            return trials.noise(), NOISE_AXIS, amount
        case RoundWeights(bits):
            return trials.rounding(), BITS_AXIS, bits
        case SilenceShare(share):
            return trials.silencing(mlp), SHARE_AXIS, share
    layer: int = perturbation.layer  # type: ignore[attr-defined]
    if perturbation.kind == "units":
        return trials.silencing(mlp), SHARE_AXIS, None
    settings = (config.initialization, config.initial_std) if config else ()
    numbers = tuple(float(number) for number in range(1, len(mlp.layers) + 1))
    axis = AmountAxis("layer that is perturbed", "d", numbers, is_category=True)
    return trials.by_layer(mlp, *settings), axis, layer + 1


def _curves(points: Sequence[AmountPoint], axis: AmountAxis) -> list[tuple[str, list[Measured]]]:
    return [
        (name, [Measured(it.amount, _said(it, axis), it.accuracy, it.lowest, it.highest) for it in group])
        for name, group in groupby(points, key=lambda point: point.series)
    ]


def _said(point: AmountPoint, axis: AmountAxis) -> str:
    return f"{100 * point.amount:.0f} %" if axis.format == ".0%" else f"{point.amount:g}"


def _against(axis: AmountAxis) -> str:
    return axis.title if not axis.is_category else "the layer that is perturbed"
