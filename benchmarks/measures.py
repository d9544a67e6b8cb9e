"""The time of an epoch is not all that counts in a library that people use.

Measured here are the seconds to an accuracy, the reading of one image, augmentation's share of a step, and memory.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import memory, subprocess_worker
from benchmarks.adapters import ADAPTERS, BASE
from benchmarks.harness import Measurement, Show, choose_threads, compare, interleave
from benchmarks.subprocess_worker import SubprocessWorker
from benchmarks.workloads import Workload
from model.training.checkpoint import DEFAULT_WEIGHTS

Measure = dict[str, Any]  # plain values, as they go into the JSON

ACCURACY_WORKLOAD = Workload((512, 256), 128, "adam")
TARGETS = (0.97, 0.98)  # of the test images
MAX_EPOCHS = 30  # epochs, to reach them
SEEDS = 3

READERS = {BASE: "benchmarks.adapters.inkling:Reader", "PyTorch": "benchmarks.adapters.pytorch:Reader"}
IMAGES_READ, READING_ROUNDS = 500, 9

WIDE = Workload((800, 800), 128, "adam")  # the network whose step augmentation feeds, and whose memory is measured


def seconds_to(curve: Sequence[tuple[float, float]], target: float) -> float:
    """The seconds after which a curve of (seconds, accuracy) first reaches the target.

    Raises:
        ValueError: it never does.
    """
    for seconds, accuracy in curve:
        if accuracy >= target:
            return seconds
    raise ValueError(f"an accuracy of {target:.0%} was expected within {MAX_EPOCHS} epochs; got {curve[-1][1]:.2%}")


def epoch(adapter: SubprocessWorker) -> float:
    """The seconds that a prepared library takes for an epoch."""
    seconds: float = adapter.call("timed_epoch")[0]
    return seconds


def time_to_accuracy(names: Sequence[str], folder: Path, show: Show) -> Measure:
    """Seconds of training to each target, by Inkling and by PyTorch, over some seeds."""
    rivals = [name for name in names if name in (BASE, "PyTorch", "PyTorch fused")]
    curves: dict[str, list[list[tuple[float, float]]]] = {name: [] for name in rivals}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(SubprocessWorker(ADAPTERS[name].home)) for name in rivals}
        for name, adapter in workers.items():
            show(f"accuracy: {name} warms up")
            adapter.call("prepare", ACCURACY_WORKLOAD, folder)
            if ADAPTERS[name].sets_threads:
                choose_threads(adapter, partial(epoch, adapter))
            else:
                epoch(adapter)

        def train(name: str) -> float:
            show(f"accuracy: {name}")
            workers[name].call("prepare", replace(ACCURACY_WORKLOAD, seed=len(curves[name])), folder)
            curves[name].append(workers[name].call("curve", max(TARGETS), MAX_EPOCHS))
            return seconds_to(curves[name][-1], max(TARGETS))

        interleave({name: partial(train, name) for name in workers}, SEEDS)
    return {
        "work": ACCURACY_WORKLOAD.name,
        "seeds": SEEDS,
        "seconds": {
            f"{target:g}": compare({name: [seconds_to(curve, target) for curve in curves[name]] for name in rivals})
            for target in TARGETS
        },
        "epochs": {
            f"{target:g}": {
                name: statistics.median(epochs_to(curve, target) for curve in curves[name]) for name in rivals
            }
            for target in TARGETS
        },
    }


def epochs_to(curve: Sequence[tuple[float, float]], target: float) -> float:
    """The epochs, to a quarter, after which a curve first reaches the target."""
    return next(number for number, (_, accuracy) in enumerate(curve, 1) if accuracy >= target) / 4


def one_image(names: Sequence[str], folder: Path, show: Show) -> Measure:
    """The time from one image of 0..255 to its probabilities, by the network that Draw begins with."""
    rivals = {name: home for name, home in READERS.items() if name in names}
    with ExitStack() as stack:
        readers = {name: stack.enter_context(SubprocessWorker(home)) for name, home in rivals.items()}

        def measure_once(name: str) -> Measurement:
            return lambda: readers[name].call("seconds", IMAGES_READ)

        for name, reader in readers.items():
            show(f"image: {name} warms up")
            reader.call("prepare", DEFAULT_WEIGHTS, folder)
            if ADAPTERS[name].sets_threads:
                choose_threads(reader, measure_once(name))
            else:
                measure_once(name)()
        answers = [reader.call("read", 20) for reader in readers.values()]
        if not all(np.allclose(answer, answers[0], atol=1e-4) for answer in answers):
            raise ValueError(f"{' and '.join(readers)} must read an image alike; their probabilities differ")
        show("image")
        taken = interleave({name: measure_once(name) for name in readers}, READING_ROUNDS)
    return {"seconds": compare(taken)}


def augmentation(folder: Path, rounds: int, show: Show) -> Measure:
    """The time to distort a batch as a share of the time of the step that it feeds."""
    shares: Measure = {}
    with SubprocessWorker(ADAPTERS[BASE].home) as inkling:
        for optimizer in ("adam", "sgd"):
            show(f"augmentation: beside a step of {optimizer}")
            inkling.call("prepare", replace(WIDE, optimizer=optimizer), folder)
            measurements: dict[str, Measurement] = {
                "step": partial(inkling.call, "step_seconds"),
                "affine": partial(inkling.call, "distort_seconds", False),
                "elastic": partial(inkling.call, "distort_seconds", True),
            }
            interleave(measurements, 1)  # warms up
            shares[optimizer] = compare(interleave(measurements, rounds), base="step")
    return {"work": WIDE.name, "shares": shares}


def peak_memory(names: Sequence[str], source: str, folder: Path, show: Show) -> Measure:
    """Peak memory, in bytes, of training for an epoch: Inkling with elastic augmentation, PyTorch with none.

    PyTorch keeps the images once as floats, as where its speed is measured, and once as bytes.
    """
    layers = ",".join(map(str, WIDE.hidden_sizes))
    show(f"memory: {BASE}")
    inkling = [sys.executable, "-m", "model", "train", "--data", source, "--validation-size", "0", "--epochs", "1"]
    inkling += ["--hidden-sizes", layers, "--batch-size", str(WIDE.batch_size), "--optimizer", WIDE.optimizer]
    peaks = {BASE: memory.peak([*inkling, "--augmentation", "elastic", "--json"])}
    calls = subprocess_worker.as_bytes([("use_threads", (1,)), ("prepare", (WIDE, folder)), ("epoch", ())])
    if "PyTorch" in names:
        for name in ("PyTorch", "PyTorchFromBytes"):
            show(f"memory: {name}")
            peaks[name] = memory.peak(subprocess_worker.command(f"benchmarks.adapters.pytorch:{name}"), calls)
    return {"work": WIDE.name, "bytes": peaks, "ratios": {name: value / peaks[BASE] for name, value in peaks.items()}}
