"""The drawing of a network says the numbers of the network itself, and stays within its frame, however many layers."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from model.config import TrainingConfig
from model.nn.mlp import MLP
from ui.charts import diagram

CONFIGS = [
    TrainingConfig(hidden_sizes=()),
    TrainingConfig(),
    TrainingConfig(hidden_sizes=(64, 64), activation="leaky_relu", batch_normalization=True),
    TrainingConfig(hidden_sizes=(1500, 1000, 500), background=True, activation="gelu"),
    TrainingConfig(hidden_sizes=(4096,) * 6, batch_normalization=True, background=True, activation="leaky_relu"),
    TrainingConfig(hidden_sizes=(1, 2, 3, 10, 1000, 7)),
]
SMALL = [config for config in CONFIGS if sum(config.hidden_sizes) < 5000]


def drawn(config: TrainingConfig) -> ElementTree.Element:
    return ElementTree.fromstring(diagram.network_svg(config))[0]


def texts(config: TrainingConfig) -> list[str]:
    return [text.text for text in drawn(config).iter("text")]


def name(config: TrainingConfig) -> str:
    return "-".join(map(str, config.sizes))


@pytest.mark.parametrize("config", SMALL, ids=name)
def test_parameters_and_products_are_the_networks(config: TrainingConfig) -> None:
    mlp = MLP(config.sizes, config.activation, batch_normalization=config.batch_normalization)
    layers = [
        sum(part.size for part in (layer.weights, layer.biases, layer.gamma) if part is not None)
        for layer in mlp.layers
    ]
    assert config.layer_parameters == layers
    assert diagram.multiply_adds(config) == mlp.num_weights
    assert f"{mlp.parameters.size:,} parameters, {mlp.num_weights:,} multiply-adds per image" in texts(config)


@pytest.mark.parametrize("config", CONFIGS, ids=name)
def test_every_layer_and_its_parameters_are_written_in_order(config: TrainingConfig) -> None:
    shown = texts(config)
    sizes = [f"{size:,}" for size in config.sizes]
    assert shown[: len(sizes)] == sizes
    counts = shown[len(sizes) : 2 * len(sizes) - 1]
    for text, count in zip(counts, config.layer_parameters, strict=True):
        scale = {"k": 1e3, "M": 1e6}.get(text[-1], 1)
        assert float(text.rstrip("kM").replace(",", "")) * scale == pytest.approx(count, rel=0.005 if scale > 1 else 0)


@pytest.mark.parametrize("config", CONFIGS, ids=name)
def test_nothing_leaves_the_frame_or_runs_into_the_next(config: TrainingConfig) -> None:
    svg = drawn(config)
    width, height = map(float, svg.get("viewBox").split()[2:])
    rows: dict[str, list[tuple[float, float]]] = {}
    for text in svg.iter("text"):
        size = float(re.search(r"font-size:(\d+)px", text.get("style"))[1])
        half, x = 0.52 * size * len(text.text) / 2, float(text.get("x"))
        assert half <= x <= width - half
        assert size < float(text.get("y")) < height
        rows.setdefault(text.get("y"), []).append((x - half, x + half))
    for row in rows.values():
        ends = sorted(row)
        assert all(right < left for (_, right), (left, _) in pairwise(ends))
    for path in svg.iter("path"):
        ys = [float(y) for y in re.findall(r"[ML][\d.]+ (-?[\d.]+)", path.get("d"))]
        assert 30 < min(ys) <= max(ys) < 160  # between the names above and the numbers below


def test_columns_grow_with_their_units_far_more_slowly_and_few_are_counted_exactly() -> None:
    def dots(units: int) -> int:
        path = list(drawn(TrainingConfig(hidden_sizes=(units,))).iter("path"))[3].get("d")
        return path.count("h0")

    heights = [dots(units) for units in (1, 2, 5, 10, 20, 100, 500, 1000, 4096)]
    assert heights == sorted(set(heights))
    assert heights[:4] == [1, 2, 5, 10]
    assert heights[-1] < 40


def test_the_diagram_has_a_text_alternative() -> None:
    config = TrainingConfig(hidden_sizes=(64, 32), activation="tanh")
    assert drawn(config).get("role") == "img"
    assert drawn(config).get("aria-label") == (
        "The network: 784 inputs, 2 hidden layers of 64 and 32 units with tanh, and 10 outputs, one for each digit; "
        "52,650 parameters, 52,544 multiply-adds per image."
    )
    assert diagram.describe_network(TrainingConfig(hidden_sizes=())) == "784 inputs and 10 outputs"
    alone = TrainingConfig(hidden_sizes=(1,), background=True, batch_normalization=True)
    assert diagram.describe_network(alone) == (
        "784 inputs, a hidden layer of 1 unit with batch normalization and ReLU, and 11 outputs"
    )
    assert "what is none" in drawn(alone).get("aria-label")


def test_the_diagram_has_the_color_of_the_text() -> None:
    svg = diagram.network_svg(TrainingConfig())
    assert set(re.findall(r'(?:stroke|fill)="([^"]*)"', svg)) == {"currentColor", "none"}
