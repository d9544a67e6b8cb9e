"""Explain each term of the Train page in plain words, and by its formula in the symbols that textbooks use.

A setting's words and formula stand on its field in the config; here are those for what else the page shows.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from model.common.fields import Settings
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
def explain(term: str, config_class: type[Settings] = TrainingConfig) -> str:
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
        "How many units this layer has, 1 to 4,096; each adds up what comes in, in its own way.",
        r"$a_j = f\left(\sum_i x_i w_{ij} + b_j\right)$",
    ),
    "loss": Term(
        "How surprised the network is by the right answers, on average: 2.30 is a blind guess, and 0 is certainty.",
        r"$L = -\dfrac{1}{n} \sum_{i=1}^{n} \ln p_i$, where $p_i$ is the probability that it gave the right answer.",
    ),
    "accuracy": Term(
        "The share of images that it reads right: 10 % is a blind guess.",
        r"$\text{accuracy} = \dfrac{\text{images read right}}{\text{images shown}}$",
    ),
    "validation": Term(
        "How well it does on images kept aside, which it never learns from.",
        r"$\text{learned by heart} = \text{training accuracy} - \text{validation accuracy}$",
    ),
    "epoch": Term(
        "One pass over all the training images.", r"$\lceil N / B \rceil$ steps, $N$ images in batches of $B$"
    ),
    "step": Term(
        "One batch of images, its gradient, and one small move of all the parameters.",
        r"$w \leftarrow w - \eta\, g$, or what the optimizer makes of it",
    ),
    "images_per_second": Term(
        "How many images it learns from in a second of computing; pauses do not count.",
        r"$\dfrac{\text{images seen}}{\text{seconds}}$",
    ),
    "time_left": Term(
        "What remains to be done, if it goes on as fast as so far.",
        r"$\text{seconds so far} \cdot \dfrac{1 - t}{t}$, where $t$ is the share that is done.",
    ),
    "cost_per_output": Term(
        "The loss averaged over the ten outputs as well, as some publications give it.", r"$L / 10$"
    ),
    "weights": Term(
        "Each tile is one unit of the first layer: orange is where ink speaks for it, blue where ink speaks against "
        "it, and all begin as noise.",
        r"$z_j = \sum_{i=1}^{784} x_i w_{ij} + b_j$; tile $j$ shows the $w_{ij}$ at the places of the pixels $x_i$.",
    ),
    "dead_units": Term(
        "A ReLU unit that is 0 for every image is dead: no gradient comes through it, so it learns no more.",
        r"$a_j(x) = 0$ for all the images $x$ looked at",
    ),
    "gradient_norm": Term(
        "How steep the loss is for a layer: the length of its gradient, which grows without end when it explodes, and "
        "is next to nothing when it vanishes.",
        r"$\lVert g \rVert = \sqrt{\sum_i g_i^2}$",
    ),
    "update_norm": Term(
        "How far the last step moved a layer's parameters.",
        r"$\lVert \Delta w \rVert = \sqrt{\sum_i (w_i^\text{after} - w_i^\text{before})^2}$",
    ),
    "update_ratio": Term(
        "How far a step moves a layer, beside the length of its parameters: about a thousandth is usual.",
        r"$\lVert \Delta w \rVert / \lVert w \rVert \approx 10^{-3}$",
    ),
    "confusion": Term(
        "How often the digit of a row is read as the digit of a column; where all is right, only the diagonal is full.",
        r"$C_{ij} =$ the number of images of $i$ that are read as $j$",
    ),
    "forgotten": Term(
        "A digit of which the network once read more right than it does now.",
        r"$\text{forgotten} = \text{best share so far} - \text{share now}$",
    ),
    "smoothing": Term(
        "Each point becomes a mean in which earlier points count less and less, so that a jagged line shows its way.",
        r"$m_t = s\, m_{t-1} + (1 - s)\, y_t$, shown as $m_t / (1 - s^t)$",
    ),
    "log_axis": Term(
        "Equal distances on this axis are equal factors, so that small values can be told apart too.",
        r"$\text{distance} = \log_{10} y_2 - \log_{10} y_1$",
    ),
    "fork": Term(
        "A second training that begins from this moment's parameters and random numbers, and goes on with other "
        "settings.",
        r"$w'_t = w_t$, and from then on each goes its own way",
    ),
    "rewind": Term(
        "Back to the very same weights that the training began with, to the last bit.", r"$w \leftarrow w_0$"
    ),
    "snapshot": Term(
        "All that the training depends on, kept as it was at one moment: look at it again, or branch off from it.",
        r"parameters $w_t$, what the optimizer remembers, and the state of the random numbers",
    ),
    "pace": Term(
        "How fast the network learns before your eyes: a slower pace lets you follow it, and changes no result.",
        r"$\text{pace} = \dfrac{\text{steps}}{\text{seconds}}$",
    ),
    "queue": Term(
        "Your place in the line: a training begins when one of those before it ends, pauses for long, or is stopped.",
        "",
    ),
    "parameters": Term(
        "The numbers that learning changes: all weights and biases, and with batch normalization a scale for each "
        "hidden unit.",
        r"$\sum_l (n_{l-1} + 1)\, n_l$ for layers of $n_l$ units",
    ),
    "products": Term(
        "The multiplications that reading one image takes: one for each weight.",
        r"$\sum_l n_{l-1}\, n_l$ for layers of $n_l$ units",
    ),
    "gradient_check": Term(
        "The slope that backpropagation computes, beside the slope that is measured by moving one parameter a little "
        "up and a little down.",
        r"analytic $\dfrac{\partial L}{\partial w} \approx \dfrac{L(w + h) - L(w - h)}{2h}$ numeric",
    ),
    "probability": Term(
        "How sure the network is of each digit, together 100 %; they are its last sums, made positive and shared out.",
        r"$p_k = \dfrac{e^{z_k / T}}{\sum_j e^{z_j / T}}$, where the temperature $T$ keeps it as sure as it is right.",
    ),
    "follow": Term(
        "One image, your own drawing or one that the network never learns from, and what it is taken for on the way.",
        r"$p_0, p_1, \dots, p_9$ against epochs; see the probability on the Draw page.",
    ),
    "run": Term(
        "One training from its start to its end; those of this visit stay here, to be compared.",
        r"Example: two runs that differ in the learning rate alone show what it does.",
    ),
    "baseline": Term(
        "The run that all the others are compared with.",
        r"$\text{gain} = \text{validation accuracy} - \text{that of the baseline}$",
    ),
}
