"""A zip file of a trained network: its weights, its history, and a program that classifies digits without Inkling.

The program is generated for this network and needs only NumPy, so its source shows everything that inference takes.
"""

from __future__ import annotations

import csv
import json
import math
import re
import zipfile
from collections.abc import Sequence
from io import BytesIO, StringIO
from string import Template

import numpy as np

from model.common.arrays import U8
from model.common.constants import PIXELS
from model.inference.thresholds import ACCEPT_AT_LEAST
from model.nn.activations import LEAKY_RELU_SLOPE
from model.nn.batch_norm import BATCH_NORM_EPSILON
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint
from model.training.history import HistoryPoint

PROGRAM_NAME, EXAMPLES_NAME = "predict.py", "examples.npy"


def history_csv(points: Sequence[HistoryPoint]) -> str:
    """Return the learning curves as CSV, a column for each field of `HistoryPoint`; empty if not measured."""
    table = StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(HistoryPoint._fields)
    for point in points:
        writer.writerow("" if value is None or math.isnan(value) else value for value in point)
    return table.getvalue()


def bundle(checkpoint: Checkpoint, points: Sequence[HistoryPoint], name: str, examples: U8) -> bytes:
    """Return a zip file with everything about a network; for the same network it is the same to the last byte.

    Args:
        checkpoint: The network, with its settings and scores.
        points: Its learning curves; without any, the file has no history.
        name: Names the file of the weights, as far as a file name can.
        examples: Images to try the program on, uint8 (n, 784).

    Raises:
        ValueError: The examples are not images.
    """
    if examples.dtype != np.uint8 or examples.ndim != 2 or examples.shape[1] != PIXELS:
        raise ValueError(f"examples must be uint8 of shape (n, {PIXELS}); got {examples.dtype} of {examples.shape}")
    weights_name = f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-')[:60] or 'network'}.safetensors"
    images = BytesIO()
    np.save(images, examples, allow_pickle=False)
    files: dict[str, str | bytes] = {
        weights_name: in_order(checkpoint.to_bytes()),
        PROGRAM_NAME: script(checkpoint.network, weights_name),
        EXAMPLES_NAME: images.getvalue(),
    }
    if points:
        files["history.csv"] = history_csv(points)
    if checkpoint.config:
        files["settings.json"] = checkpoint.config.model_dump_json(indent=2) + "\n"
    files = {"README.txt": _readme(checkpoint, weights_name, len(examples), has_history=bool(points)), **files}

    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file_name, content in files.items():
            entry = zipfile.ZipInfo(file_name)  # always dated 1980
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix's plain file, on every system
            # Weights look like noise: compression would take long and gain little.
            entry.compress_type = zipfile.ZIP_STORED if file_name == weights_name else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def in_order(content: bytes) -> bytes:
    """Return a safetensors file with sorted metadata: the library writes it in another order each time."""
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # keeps the numbers after it aligned
    return len(text).to_bytes(8, "little") + text + content[start:]


def _readme(checkpoint: Checkpoint, weights_name: str, examples: int, *, has_history: bool) -> str:
    """Return the text that says what the files are and how to run the program."""
    lines = [f"{checkpoint.network.mlp!r}: classifies handwritten digits."]
    accuracy, tested_on = (checkpoint.scores.get(key) for key in ("test_accuracy", "tested_on"))
    if isinstance(accuracy, float):
        lines.append(f"Its accuracy on the test images of {tested_on} is {accuracy:.2%}.")
    contents = {
        weights_name: "the weights; Inkling opens this file too",
        PROGRAM_NAME: "classifies images with them; needs only Python and NumPy",
        EXAMPLES_NAME: f"{examples} images to try it on",
    }
    if has_history:
        contents["history.csv"] = "loss and accuracy during training"
    if checkpoint.config:
        contents["settings.json"] = "the settings of the training run"
    width = max(map(len, contents))
    lines += ["", *(f"{file_name:{width}}  {what}" for file_name, what in contents.items())]
    lines += ["", "Unpack them into one folder and run there:", ""]
    lines += ["    pip install numpy", f"    python {PROGRAM_NAME} {EXAMPLES_NAME}", ""]
    return "\n".join(lines)


# -------------------------------------------------------------------------------------------------- program

PROGRAM = Template('''\
"""The network $shape classifies handwritten digits with NumPy: python $program images.npy

The file holds images as bytes, (n, 784) or (n, 28, 28): 0 is paper, 255 is ink. The output is a line for each image:
$line.
"""

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("$weights")


@cache
def layers():
    """Return each layer's arrays by name. The file is a header's length, the header as JSON, and all arrays."""
    content = WEIGHTS.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    found = {}
    for name, entry in json.loads(content[8:start]).items():
        if name != "__metadata__":
            _, index, part = name.split(".")  # layers.0.weights
            first, end = (start + offset for offset in entry["data_offsets"])
            found.setdefault(int(index), {})[part] = np.frombuffer(content[first:end], "<f4").reshape(entry["shape"])
    return [found[index] for index in sorted(found)]


def logits(images):
    """Return the logit of each digit$or_none, (n, $classes)."""
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.shape[1:] not in ((784,), (28, 28)):
        raise ValueError(f"got {images.dtype} of shape {images.shape}")
    x = images.reshape(-1, 784).astype(np.float32) / 255
$hidden    return x @ last["weights"] + last["biases"]


def softmax(z):
    """Return probabilities proportional to exp(z); the largest z is subtracted first, so exp cannot overflow."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

$predict

def main(arguments):
    try:
        if len(arguments) != 1:
            raise ValueError(f"got {len(arguments)} arguments")
        with open(arguments[0], "rb") as file:
            images = np.lib.format.read_array(file, allow_pickle=False)
        results = $results
    except (OSError, ValueError, MemoryError) as error:
        expected = f"one .npy file of images, uint8 (n, 784) or (n, 28, 28), and {WEIGHTS.name} beside this program"
        print(f"$program: expected {expected}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
$report
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
''')

NO_HIDDEN_LAYER = """\
    (last,) = layers()
"""

HIDDEN_LAYERS = Template("""\
    *hidden, last = layers()
    for layer in hidden:
$pre_activations        x = $activation
""")

PRE_ACTIVATIONS = """\
        z = x @ layer["weights"] + layer["biases"]  # (n, units)
"""

NORMALIZED_PRE_ACTIVATIONS = f"""\
        z = x @ layer["weights"]  # (n, units)
        # Batch normalization by the running mean and variance of each unit, measured in training.
        z = (z - layer["mean"]) * (layer["scales"] / np.sqrt(layer["variance"] + {BATCH_NORM_EPSILON}))
        z = z + layer["biases"]
"""

FORMULAS = {
    "relu": "np.maximum(z, 0)  # ReLU",
    "leaky_relu": f"np.maximum(z, {LEAKY_RELU_SLOPE} * z)  # leaky ReLU",
    "tanh": "np.tanh(z)",
    "sigmoid": "0.5 * (1 + np.tanh(0.5 * z))  # the sigmoid 1 / (1 + exp(-z)), which would overflow",
    "gelu": "0.5 * z * (1 + np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z * z * z)))  # GELU",
}

DIGITS_ONLY = Template('''
def predict(images):
    """Return the probability of each digit, (n, 10)."""
    return softmax($digits)
''')

WITH_REJECT_CLASS = Template('''
def predict_all(images):
    """Return the probability of each digit if the image shows one, (n, 10), and the probability that it does, (n,)."""
    z = logits(images)
    digits = softmax($digits)
$reject_bias    return digits, 1 - softmax(z)[:, 10]


def predict(images):
    """Return the probability of each digit if the image shows one, (n, 10)."""
    return predict_all(images)[0]
''')

REPORT = """\
    for digits in results:
        print(f"{digits.argmax()} {digits.max():.6f}")"""

REPORT_WITH_REJECT_CLASS = f"""\
    for digits, is_digit in zip(*results):
        if is_digit < {ACCEPT_AT_LEAST}:
            print(f"no digit {{1 - is_digit:.6f}}")
        else:
            print(f"{{digits.argmax()}} {{digits.max():.6f}}")"""


def script(network: DigitClassifier, weights_name: str) -> str:
    """Return the source of a program that classifies digits with the network's weights, from a safetensors file.

    It contains only what this network needs: its own activation, and batch normalization, temperature and reject class
    only if the network has them.

    Raises:
        ValueError: The name is not one of a safetensors file, or the network does not take images (28, 28).
    """
    if not re.fullmatch(r"[\w-][\w .-]*\.safetensors", weights_name):
        raise ValueError(f"the weights' file must be called like mine.safetensors; got {weights_name!r}")
    if network.mlp.sizes[0] != PIXELS:
        raise ValueError(f"the network must have {PIXELS} inputs; got {network.mlp!r}")
    with_reject_class = network.has_reject_class
    return PROGRAM.substitute(
        program=PROGRAM_NAME,
        shape="-".join(map(str, network.mlp.sizes)),
        weights=weights_name,
        classes=network.mlp.sizes[-1],
        or_none=" and of none" if with_reject_class else "",
        hidden=_hidden(network),
        predict=_predict(network, with_reject_class),
        results="predict_all(images)" if with_reject_class else "predict(images)",
        report=REPORT_WITH_REJECT_CLASS if with_reject_class else REPORT,
        line=f"the digit{', or that it is no digit,' if with_reject_class else ''} and its probability",
    )


def _hidden(network: DigitClassifier) -> str:
    """Return the lines of the hidden layers."""
    if len(network.mlp.sizes) == 2:
        return NO_HIDDEN_LAYER
    pre_activations = NORMALIZED_PRE_ACTIVATIONS if network.mlp.batch_normalization else PRE_ACTIVATIONS
    return HIDDEN_LAYERS.substitute(pre_activations=pre_activations, activation=FORMULAS[network.mlp.activation])


def _predict(network: DigitClassifier, with_reject_class: bool) -> str:
    """Return the functions that make probabilities of logits."""
    divided = "" if network.temperature == 1 else f" / {network.temperature!r}"
    if not with_reject_class:
        return DIGITS_ONLY.substitute(digits=f"logits(images){divided}")
    reject_bias = f"    z[:, 10] += {network.reject_bias!r}\n" if network.reject_bias else ""
    return WITH_REJECT_CLASS.substitute(digits=f"z[:, :10]{divided}", reject_bias=reject_bias)
