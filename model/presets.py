"""Presets: settings by name, with a summary and with what was published of their results.

Five are the small public networks that this project began from. `handwriting` is the network for drawings, `champion`
the best on MNIST, `tiny-100k` and `tiny-25k` are small ones that learned from larger ones, and `starter` is a small one
whose score on mnist-5k is a fair one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from model.common.formatting import format_measure
from model.config import TrainingConfig

KAGGLE_SIZE = 42_000  # images in Kaggle's train.csv, all of them MNIST's; here as many of MNIST's, by the seed
SAMPLING_ERROR = 0.01  # two standard errors of an accuracy of 97.7 %, measured on 1,000 images


@dataclass(frozen=True)
class PublishedFigure:
    """A figure that was published of a run, and the band in which a reproduction counts as the same.

    `measure` is a name in experiments/reproduction.py; accuracies are 0..1. `published` is None if the figure is not
    known here. Without `epoch` it is about the whole run; without a band it is shown for comparison alone.
    """

    measure: str
    published: float | None
    epoch: int | None = None  # 0: before the first step
    lowest: float | None = None
    highest: float | None = None
    decimals: int = 2  # of the percentage, as published

    def __str__(self) -> str:
        return "not at hand" if self.published is None else format_measure(self.measure, self.published, self.decimals)

    def holds(self, reached: float | None) -> bool | None:
        """Tell whether a result is in the band: None without a band, False without a result."""
        if self.lowest is None and self.highest is None:
            return None
        low = -math.inf if self.lowest is None else self.lowest
        high = math.inf if self.highest is None else self.highest
        return reached is not None and low <= reached <= high


@dataclass(frozen=True)
class Preset:
    """Settings, a note for menus, a sentence on what they are, one on what was published, and the published figures.

    `note` is a few words on the network. `sentence` has a pair of braces for each figure. `mini_batches` trains the
    same network in small batches, to see how soon it is as accurate.
    """

    summary: str
    sentence: str
    config: TrainingConfig
    figures: tuple[PublishedFigure, ...] = ()
    mini_batches: TrainingConfig | None = None
    note: str = ""

    @property
    def published(self) -> str:
        """Return the sentence on what was published, with the figures."""
        return self.sentence.format(*self.figures)


def within(
    measure: str, published: float, tolerance: float, epoch: int | None = None, decimals: int = 2
) -> PublishedFigure:
    """Make a figure that a result may miss by the tolerance, above or below."""
    return PublishedFigure(measure, published, epoch, published - tolerance, published + tolerance, decimals)


def at_least(measure: str, published: float, tolerance: float = 0.0, decimals: int = 2) -> PublishedFigure:
    """Make a figure that a result must reach, or fall short of by no more than the tolerance."""
    return PublishedFigure(measure, published, lowest=published - tolerance, decimals=decimals)


WIDE = TrainingConfig(
    data="mnist",
    validation_size=0,
    hidden_sizes=(512, 256),
    optimizer="sgd",
    learning_rate=0.5,
    batch_size=0,
    epochs=1000,
)


def distilled(teacher: str, hidden_sizes: tuple[int, ...], learning_rate: float, epochs: int) -> TrainingConfig:
    """Make the settings of a small network that learns from a larger one, which was validated on the same images."""
    return TrainingConfig(
        data="mnist",
        validation_size=2000,
        hidden_sizes=hidden_sizes,
        activation="gelu",
        optimizer="adamw",
        learning_rate=learning_rate,
        weight_decay=0.01,
        schedule="one_cycle",
        warmup=0.2,
        batch_size=128,
        epochs=epochs,
        augmentation="elastic",
        augmentation_strength=0.5,
        teacher=teacher,
        teacher_temperature=2.0,
        teacher_weight=0.9,
    )


PRESETS = {
    "full-batch": Preset(
        "One hidden layer, trained by plain gradient descent: every step uses all images.",
        "Accuracy {} at iteration 0, {} at 20, {} at 40, {} at 60, {} at 100, {} at 150, {} at 200; cost {} at first "
        "and {} in the end, averaged over the ten outputs of each image.",
        TrainingConfig(
            data="mnist",
            validation_size=0,
            hidden_sizes=(32,),
            initialization="normal",
            initial_std=0.01,
            optimizer="sgd",
            learning_rate=0.25,  # not published; with 32 units it follows the published curve most closely
            batch_size=0,
            epochs=200,
        ),
        (
            PublishedFigure("accuracy", 0.0928, epoch=0),
            PublishedFigure("accuracy", 0.3183, epoch=20),
            PublishedFigure("accuracy", 0.6794, epoch=40),
            PublishedFigure("accuracy", 0.8113, epoch=60),
            within("accuracy", 0.8686, 0.015, epoch=100),
            within("accuracy", 0.8913, 0.015, epoch=150),
            within("accuracy", 0.9001, 0.01, epoch=200),
            within("cost_per_output", 0.230267, 0.0230267, epoch=0),
            within("cost_per_output", 0.035363, 0.0035363, epoch=200),
        ),
        note="32 units, full batch",
    ),
    "mini-batch": Preset(
        "The smallest useful network, ten hidden units, trained in small batches on Kaggle's 42,000 images.",
        "Accuracy {}, precision {}, recall {}, F1 {}.",
        TrainingConfig(
            data="mnist",
            training_size=KAGGLE_SIZE,
            hidden_sizes=(10,),
            optimizer="sgd",
            learning_rate=0.1,
            batch_size=32,
            epochs=30,
        ),
        (
            at_least("test_accuracy", 0.9270),
            at_least("precision", 0.9276),
            at_least("recall", 0.9270),
            at_least("f1", 0.9269),
        ),
        note="10 ReLU units",
    ),
    "deep-64": Preset(
        "Two hidden layers of 64 units, small random weights, plain steps in batches of 64, for a long time.",
        "Validation accuracy {} after the first epoch, {} in the end, after {}.",
        TrainingConfig(
            data="mnist",
            training_size=KAGGLE_SIZE,
            validation_size=1000,
            hidden_sizes=(64, 64),
            initialization="normal",
            initial_std=0.01,
            optimizer="sgd",
            learning_rate=0.1,
            batch_size=64,
            epochs=1000,
            early_stopping=200,
        ),
        (
            within("validation_accuracy", 0.799, 0.04, epoch=1, decimals=1),
            at_least("best_validation_accuracy", 0.977, SAMPLING_ERROR, decimals=1),
            PublishedFigure("seconds_to_best", 14 * 60 + 42),
        ),
        note="two layers of 64 units",
    ),
    "tanh-10": Preset(
        "Ten hidden tanh units: a small network on which every setting has a visible effect.",
        "Test accuracy {} after 100 epochs.",
        TrainingConfig(
            data="mnist",
            hidden_sizes=(10,),
            activation="tanh",
            initialization="glorot",
            optimizer="sgd",
            learning_rate=0.1,
            batch_size=64,
            epochs=100,
        ),
        (at_least("test_accuracy", 0.922, decimals=1),),
        note="10 tanh units",
    ),
    "wide-512": Preset(
        "Two wide hidden layers, 512 and 256 units, trained for 1,000 steps on all images at once.",
        "A test accuracy, its figure {}, with samples of right and wrong answers as images.",
        WIDE,
        (PublishedFigure("test_accuracy", None),),
        WIDE.changed(learning_rate=0.1, batch_size=64, epochs=30),
        note="512 and 256 units",
    ),
    "handwriting": Preset(
        "The network for your drawings: trained on MNIST and on ink, with different images in every epoch, and with a "
        "reject class for scribbles and letters.",
        "Trained for Inkling: 99.46 % on MNIST's test images.",
        TrainingConfig(
            data="mnist",
            background=True,
            validation_size=0.05,
            hidden_sizes=(1024, 1024),
            activation="gelu",
            optimizer="adamw",
            learning_rate=0.001,
            weight_decay=0.01,
            schedule="one_cycle",
            warmup=0.1,
            batch_size=128,
            epochs=110,
            augmentation="elastic",
            average_last=10,
        ),
        note="best on drawings",
    ),
    "champion": Preset(
        "The best on MNIST: three wide hidden layers, trained for many epochs with elastic augmentation.",
        "Trained for Inkling: 99.58 % on MNIST's test images.",
        TrainingConfig(
            data="mnist",
            validation_size=2000,
            hidden_sizes=(1500, 1000, 500),
            optimizer="adamw",
            learning_rate=0.001,
            weight_decay=0.03,
            schedule="one_cycle",
            warmup=0.05,
            batch_size=128,
            epochs=240,
            augmentation="elastic",
        ),
        note="best on MNIST",
    ),
    "tiny-100k": Preset(
        "A small network for phones and pages, 103,750 parameters: it learned from champion.",
        "Trained for Inkling: 99.43 % on MNIST's test images.",
        distilled("champion", hidden_sizes=(114, 114), learning_rate=0.004, epochs=100),
        note="small, two layers of 114 units",
    ),
    "tiny-25k": Preset(
        "A very small network, 24,706 parameters: it learned from tiny-100k.",
        "Trained for Inkling: 99.05 % on MNIST's test images.",
        distilled("tiny-100k", hidden_sizes=(20, 64, 64, 44), learning_rate=0.012, epochs=1500).changed(
            batch_normalization=True
        ),
        note="smallest, four narrow layers",
    ),
    "starter": Preset(
        "A small network that learned from mnist-5k's 4,000 training images alone: the other 1,000 are a fair test.",
        "Trained for Inkling: 92.5 % on the 1,000 test images of mnist-5k.",
        TrainingConfig(hidden_sizes=(64,), epochs=20),
        note="fair test on mnist-5k",
    ),
}


def name_of(config: TrainingConfig) -> str | None:
    """Return the name of the preset with these settings, whatever the data and ink; None if there is none."""
    given = {"data": config.data, "ink": config.ink}
    matching = (name for name, entry in PRESETS.items() if entry.config.model_copy(update=given) == config)
    return next(matching, None)


def preset(name: str) -> Preset:
    """Return a preset by its name.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}; got {name!r}")
    return PRESETS[name]
