"""A network as an ONNX file: images in, probabilities out, with temperature and reject class inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from model.common.arrays import Array
from model.common.constants import CLASSES, NON_DIGIT, PIXELS
from model.export import description
from model.inference.thresholds import ACCEPT_AT_LEAST
from model.nn.activations import LEAKY_RELU_SLOPE
from model.nn.batch_norm import BATCH_NORM_EPSILON
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint

if TYPE_CHECKING:
    from onnx import NodeProto

OPSET, IR_VERSION = 20, 9  # of 2023, the first with GELU: most programs know them
PACKAGE = "onnx"
MISSING = "an ONNX file needs the package onnx: pip install onnx"
PREPROCESSING = "float32 (n, 784): 28x28 pixels row by row, 0 is paper and 1 is ink, digits centered as in MNIST"

# ONNX's operators and their attributes.
OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": LEAKY_RELU_SLOPE}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "gelu": ("Gelu", {"approximate": "tanh"}),
}


def onnx_file(checkpoint: Checkpoint, name: str) -> bytes:
    """Return the content of an ONNX file that computes what `DigitClassifier.predict` does.

    Its input is `images`. Its outputs are `probabilities` (n, 10), of each digit if the image shows one, and with a
    reject class `is_digit` (n,), the probability that it does.

    Args:
        checkpoint: The network, with its settings and scores.
        name: What the file calls it.

    Raises:
        ValueError: The package onnx is not installed.
    """
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ImportError:
        raise ValueError(MISSING) from None

    network = checkpoint.network
    nodes, constants = _hidden_layers(network)
    nodes += _probabilities(network, constants)
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", CLASSES])]
    if network.has_reject_class:
        outputs.append(helper.make_tensor_value_info("is_digit", TensorProto.FLOAT, ["n"]))
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", PIXELS], PREPROCESSING)],
        outputs,
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    made = helper.make_model(graph, ir_version=IR_VERSION, opset_imports=opsets, producer_name="Inkling")
    helper.set_model_props(made, _metadata(checkpoint, name))
    checker.check_model(made)
    return made.SerializeToString(deterministic=True)


def _hidden_layers(network: DigitClassifier) -> tuple[list[NodeProto], dict[str, Array]]:
    """The nodes up to the logits, and their constants; batch normalization is a part of its layer's weights."""
    from onnx import helper

    nodes: list[NodeProto] = []
    constants: dict[str, Array] = {}
    value, last = "images", len(network.mlp.layers) - 1
    operator, attributes = OPERATORS[network.mlp.activation]
    for index, layer in enumerate(network.mlp.layers):
        weights, biases = layer.weights, layer.biases
        if layer.gamma is not None:
            mean, variance = network.mlp.running_statistics_of(index)
            scales = layer.gamma / np.sqrt(variance + np.float32(BATCH_NORM_EPSILON))
            weights, biases = weights * scales, biases - mean * scales
        names = [f"layers.{index}.weights", f"layers.{index}.biases"]
        constants |= dict(zip(names, (np.ascontiguousarray(weights), np.ascontiguousarray(biases)), strict=True))
        sums = "logits" if index == last else f"layers.{index}.pre_activations"
        nodes.append(helper.make_node("Gemm", [value, *names], [sums]))
        if index < last:
            value = f"layers.{index}.activations"
            nodes.append(helper.make_node(operator, [sums], [value], **attributes))
    return nodes, constants


def _probabilities(network: DigitClassifier, constants: dict[str, Array]) -> list[NodeProto]:
    """The nodes from the logits on; adds their constants."""
    from onnx import helper

    constants["temperature"] = np.array(network.temperature, np.float32)
    if not network.has_reject_class:
        return [
            helper.make_node("Div", ["logits", "temperature"], ["calibrated"]),
            helper.make_node("Softmax", ["calibrated"], ["probabilities"], axis=1),
        ]
    constants["reject_bias"] = np.eye(1, CLASSES + 1, NON_DIGIT, np.float32) * np.float32(network.reject_bias)
    constants |= {"digits": np.arange(CLASSES), "non_digit": np.array(NON_DIGIT), "one": np.array(1, np.float32)}
    return [
        helper.make_node("Gather", ["logits", "digits"], ["digit_logits"], axis=1),
        helper.make_node("Div", ["digit_logits", "temperature"], ["calibrated"]),
        helper.make_node("Softmax", ["calibrated"], ["probabilities"], axis=1),
        helper.make_node("Add", ["logits", "reject_bias"], ["biased"]),
        helper.make_node("Softmax", ["biased"], ["all_probabilities"], axis=1),
        helper.make_node("Gather", ["all_probabilities", "non_digit"], ["is_non_digit"], axis=1),
        helper.make_node("Sub", ["one", "is_non_digit"], ["is_digit"]),
    ]


def _metadata(checkpoint: Checkpoint, name: str) -> dict[str, str]:
    found = {"name": name, "preprocessing": PREPROCESSING, **description.facts(checkpoint)}
    if checkpoint.network.has_reject_class:
        found["accept_at_least"] = f"{ACCEPT_AT_LEAST}: with a smaller is_digit, the image shows no digit"
    if checkpoint.config:
        found["config"] = checkpoint.config.model_dump_json()
    return found | {"scores": json.dumps(checkpoint.scores)}
