"""An export is a trained network to take home: its weights, how it learned, and a program that reads digits with it.

The program is written for this one network and needs NumPy alone, so whoever opens it sees all that reading takes.
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
from numpy.typing import NDArray

from model.common.constants import PIXELS
from model.inference.classification import DIGIT_AT_LEAST
from model.nn.activations import LEAKY_RELU_SLOPE
from model.nn.batch_norm import BATCH_NORM_EPSILON
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint
from model.training.history import HistoryPoint

PROGRAM_NAME, EXAMPLES_NAME = "predict.py", "examples.npy"


def history_csv(points: Sequence[HistoryPoint]) -> str:
    """The learning curves as CSV, a column for each field of `Point`; empty where nothing was measured."""
    table = StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(HistoryPoint._fields)
    for point in points:
        writer.writerow("" if value is None or math.isnan(value) else value for value in point)
    return table.getvalue()


def bundle(checkpoint: Checkpoint, points: Sequence[HistoryPoint], name: str, examples: NDArray[np.uint8]) -> bytes:
    """A zip with all that belongs to a network: the same for the same network, to the last byte.

    The weights are called by the network's `name`, as far as a file can be; examples (n, 784) are images to try
    the program on.

    Raises:
        ValueError: the examples are no images.
    """
    if examples.dtype != np.uint8 or examples.ndim != 2 or examples.shape[1] != PIXELS:
        raise ValueError(f"examples must be uint8 of shape (n, {PIXELS}); got {examples.dtype} of {examples.shape}")
    weights_name = f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-')[:60] or 'network'}.safetensors"
    images = BytesIO()
    np.save(images, examples, allow_pickle=False)
    files: dict[str, str | bytes] = {
        weights_name: _in_order(checkpoint.to_bytes()),
        "history.csv": history_csv(points),
        PROGRAM_NAME: script(checkpoint.network, weights_name),
        EXAMPLES_NAME: images.getvalue(),
    }
    if checkpoint.config:
        files["settings.json"] = checkpoint.config.model_dump_json(indent=2) + "\n"
    files = {"README.txt": _readme(checkpoint, weights_name, len(examples)), **files}

    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file_name, content in files.items():
            entry = zipfile.ZipInfo(file_name)  # which dates it 1980, always
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # of Unix, wherever this runs: a plain file
            # Weights look like noise, so packing would take its time and gain little.
            entry.compress_type = zipfile.ZIP_STORED if file_name == weights_name else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _in_order(content: bytes) -> bytes:
    """A safetensors file with its metadata in alphabetical order: the library writes another one each time."""
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers after it stay aligned
    return len(text).to_bytes(8, "little") + text + content[start:]


def _readme(checkpoint: Checkpoint, weights_name: str, examples: int) -> str:
    lines = [f"{checkpoint.network.mlp!r}: reads handwritten digits."]
    accuracy, tested_on = (checkpoint.scores.get(key) for key in ("test_accuracy", "tested_on"))
    if isinstance(accuracy, float):
        lines.append(f"It read {accuracy:.2%} of the test images of {tested_on} right.")
    contents = {
        weights_name: "the weights; Inkling opens this file too",
        PROGRAM_NAME: "reads images with them, and needs nothing but Python and NumPy",
        EXAMPLES_NAME: f"{examples} images to try it on",
        "history.csv": "how it learned: loss and accuracy, step by step",
    }
    if checkpoint.config:
        contents["settings.json"] = "what it was trained with"
    width = max(map(len, contents))
    lines += ["", *(f"{file_name:{width}}  {what}" for file_name, what in contents.items())]
    lines += ["", "Unpack them into one folder and run there:", ""]
    lines += ["    pip install numpy", f"    python {PROGRAM_NAME} {EXAMPLES_NAME}", ""]
    return "\n".join(lines)


# -------------------------------------------------------------------------------------------------- program

PROGRAM = Template('''\
"""The network $shape reads handwritten digits, with NumPy alone: python $program images.npy

The file holds images as bytes, (n, 784) or (n, 28, 28): 0 is paper, 255 is ink. A line for each says
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
    """Each layer's arrays by name. The file is the length of a header, the header as JSON, and all arrays in a row."""
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
    """How much speaks for each digit$or_none, (n, $classes)."""
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.shape[1:] not in ((784,), (28, 28)):
        raise ValueError(f"got {images.dtype} of shape {images.shape}")
    x = images.reshape(-1, 784).astype(np.float32) / 255
$hidden    return x @ last["weights"] + last["biases"]


def softmax(z):
    """Probabilities proportional to exp(z); the largest z is taken off first, so that exp never overflows."""
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
$sums        x = $activation
""")

SUMS = """\
        z = x @ layer["weights"] + layer["biases"]  # (n, units)
"""

NORMALIZED_SUMS = f"""\
        z = x @ layer["weights"]  # (n, units)
        # Batch normalization: by the mean and variance that each unit's sums had while the network learned.
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
    """The probability of each digit, (n, 10)."""
    return softmax($digits)
''')

WITH_BACKGROUND = Template('''
def answers(images):
    """The probability of each digit if the image shows one, (n, 10), and the probability that it does, (n,)."""
    z = logits(images)
    digits = softmax($digits)
$caution    return digits, 1 - softmax(z)[:, 10]


def predict(images):
    """The probability of each digit if the image shows one, (n, 10)."""
    return answers(images)[0]
''')

REPORT = """\
    for digits in results:
        print(f"{digits.argmax()} {digits.max():.6f}")"""

REPORT_WITH_BACKGROUND = f"""\
    for digits, is_digit in zip(*results):
        if is_digit < {DIGIT_AT_LEAST}:
            print(f"no digit {{1 - is_digit:.6f}}")
        else:
            print(f"{{digits.argmax()}} {{digits.max():.6f}}")"""


def script(network: DigitClassifier, weights_name: str) -> str:
    """A program that reads digits as the network does, from its weights in a safetensors file of that name.

    It has only the parts that this network needs: its own activation, and batch normalization, a temperature or
    the class of what is no digit only where the network has them.

    Raises:
        ValueError: the name is none for such a file; or the network isn't one for digits.
    """
    if not re.fullmatch(r"[\w-][\w .-]*\.safetensors", weights_name):
        raise ValueError(f"the weights' file must be called like mine.safetensors; got {weights_name!r}")
    if network.mlp.sizes[0] != PIXELS:
        raise ValueError(f"the network must have {PIXELS} inputs; got {network.mlp!r}")
    with_background = network.has_reject_class
    return PROGRAM.substitute(
        program=PROGRAM_NAME,
        shape="-".join(map(str, network.mlp.sizes)),
        weights=weights_name,
        classes=network.mlp.sizes[-1],
        or_none=", and for none" if with_background else "",
        hidden=_hidden(network),
        predict=_predict(network, with_background),
        results="answers(images)" if with_background else "predict(images)",
        report=REPORT_WITH_BACKGROUND if with_background else REPORT,
        line=f"which digit it is{', or that it is no digit,' if with_background else ''} and how probable that is",
    )


def _hidden(network: DigitClassifier) -> str:
    if len(network.mlp.sizes) == 2:
        return NO_HIDDEN_LAYER
    sums = NORMALIZED_SUMS if network.mlp.batch_normalization else SUMS
    return HIDDEN_LAYERS.substitute(sums=sums, activation=FORMULAS[network.mlp.activation])


def _predict(network: DigitClassifier, with_background: bool) -> str:
    divided = "" if network.temperature == 1 else f" / {network.temperature!r}"
    if not with_background:
        return DIGITS_ONLY.substitute(digits=f"logits(images){divided}")
    caution = f"    z[:, 10] += {network.reject_bias!r}\n" if network.reject_bias else ""
    return WITH_BACKGROUND.substitute(digits=f"z[:, :10]{divided}", caution=caution)
