"""Explain each term of the Train page in plain words, and by its formula in the symbols that textbooks use.

A setting's words and formula stand on its field in the config; here are those for what else the page shows.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from model.common.fields import SettingsModel
from model.config import TrainingConfig

# What the choices are called.
NAMES = {
    option: choice.label
    for name in TrainingConfig.model_fields
    for option, choice in TrainingConfig.setting(name).choices.items()
}


class Term(NamedTuple):
    """A term in words, and its formula or an example (Markdown with LaTeX)."""

    sentence: str
    formula: str


@cache
def explain(term: str, config_class: type[SettingsModel] = TrainingConfig) -> str:
    """What stands behind a term's help mark, as Markdown: a setting by its name in TrainingConfig, or one of TERMS.

    Raises:
        ValueError: a term that is not known.
    """
    if term in config_class.model_fields:
        setting = config_class.setting(term)
        sentence = config_class.help(term) + (f" Counted in {setting.unit}." if setting.unit else "")
        each = "\n".join(f"- {choice.label}: {choice.formula}" for choice in setting.choices.values())
        formula = "\n\n".join(part for part in (setting.formula, each) if part)
    elif term in TERMS:
        sentence, formula = TERMS[term]
    else:
        raise ValueError(f"term must be one of {', '.join((*config_class.model_fields, *TERMS))}; got {term!r}")
    return f"{sentence}\n\n{formula}" if formula else sentence


TERMS: dict[str, Term] = {
    "units": Term(
        "How many units this layer has, 1 to 4,096. Each computes its own weighted sum of its inputs.",
        r"$a_j = f\left(\sum_i x_i w_{ij} + b_j\right)$",
    ),
    "loss": Term(
        "The cross-entropy, smaller is better: 0 is certain and right for every image, 2.30 is a blind guess.",
        r"$L = -\dfrac{1}{n} \sum_{i=1}^{n} \ln p_i$, where $p_i$ is the probability that it gave the right answer.",
    ),
    "accuracy": Term(
        "The share of images that it classifies correctly: 10 % is a blind guess.",
        r"$\text{accuracy} = \dfrac{\text{correct}}{\text{images}}$",
    ),
    "validation": Term(
        "The accuracy on images set aside, which it never learns from.",
        r"$\text{generalization gap} = \text{training accuracy} - \text{validation accuracy}$",
    ),
    "epoch": Term(
        "One pass over all the training images.", r"$\lceil N / B \rceil$ steps, $N$ images in batches of $B$"
    ),
    "step": Term(
        "One batch of images, its gradient, and one small change of all the parameters.",
        r"$w \leftarrow w - \eta\, g$, or what the optimizer makes of it",
    ),
    "cost_per_output": Term(
        "The loss averaged over the ten outputs as well, as some publications give it.", r"$L / 10$"
    ),
    "weights": Term(
        "Each tile shows the weights of one unit of the first layer: ink on orange pixels excites the unit, ink on "
        "blue ones inhibits it. All tiles start as noise.",
        r"$z_j = \sum_{i=1}^{784} x_i w_{ij} + b_j$; tile $j$ shows the $w_{ij}$ at the places of the pixels $x_i$.",
    ),
    "dead_units": Term(
        "A ReLU unit that is 0 for every image is dead: no gradient passes through it, so it stops learning.",
        r"$a_j(x) = 0$ for all images $x$ of the sample",
    ),
    "gradient_norm": Term(
        "How steep the loss is in a layer's parameters: very large when gradients explode, close to 0 when they "
        "vanish.",
        r"$\lVert g \rVert = \sqrt{\sum_i g_i^2}$",
    ),
    "update_norm": Term(
        "How far the last step moved a layer's parameters.",
        r"$\lVert \Delta w \rVert = \sqrt{\sum_i (w_i^\text{after} - w_i^\text{before})^2}$",
    ),
    "update_ratio": Term(
        "How far a step moves a layer's parameters, relative to their norm: about a thousandth is usual. Below 1e-7 "
        "an update is lost in float32 rounding; above 0.1 a step overwrites the layer.",
        r"$\lVert \Delta w \rVert / \lVert w \rVert \approx 10^{-3}$",
    ),
    "confusion": Term(
        "How often the true digit of a row is predicted as the digit of a column; the diagonal holds the correct ones.",
        r"$C_{ij} =$ the number of images of $i$ that are predicted as $j$",
    ),
    "forgotten": Term(
        "Accuracy by digit, now and at its best so far. A digit is forgotten if its accuracy was higher before.",
        r"$\text{forgotten} = \text{best share so far} - \text{share now}$",
    ),
    "smoothing": Term(
        "An exponential moving average: earlier points count less and less, so that the trend of a noisy line shows.",
        r"$m_t = s\, m_{t-1} + (1 - s)\, y_t$, shown as $m_t / (1 - s^t)$",
    ),
    "log_axis": Term(
        "Equal distances on this axis are equal factors, so that small values can be told apart, too.",
        r"$\text{distance} = \log_{10} y_2 - \log_{10} y_1$",
    ),
    "fork": Term(
        "A second run that continues from this snapshot's parameters and random numbers, with other settings.",
        r"$w'_t = w_t$, and the two runs differ from then on",
    ),
    "reset": Term(
        "Start from the very same initial weights again, to the last bit, and pause before the first step.",
        r"$w \leftarrow w_0$",
    ),
    "snapshot": Term(
        "Everything that the run depends on, saved at one step: look at it again, or branch off from it.",
        r"parameters $w_t$, the state of the optimizer, and that of the random numbers",
    ),
    "speed": Term(
        "How fast the network trains: slower lets you follow each step, and changes no result.",
        r"$\text{speed} = \dfrac{\text{steps}}{\text{seconds}}$",
    ),
    "gradient_check": Term(
        "Compare the gradient from backpropagation with one that is measured: move one parameter a little up and a "
        "little down, and see how the loss changes.",
        r"analytic $\dfrac{\partial L}{\partial w} \approx \dfrac{L(w + h) - L(w - h)}{2h}$ numeric",
    ),
    "probe": Term(
        "Track one image, your own drawing or one that the network never learns from: how its prediction changes "
        "while the network trains.",
        r"$p_k = \dfrac{e^{z_k / T}}{\sum_j e^{z_j / T}}$ of each digit $k$ against epochs",
    ),
    "run": Term(
        "One training run from its start to its end. The runs of this visit stay here, to be compared.",
        r"Example: two runs that differ only in the learning rate show what it does.",
    ),
    "baseline": Term(
        "The run that all others are compared with.",
        r"$\text{gain} = \text{validation accuracy} - \text{that of the baseline}$",
    ),
}
