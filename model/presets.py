"""A preset is a recipe by name: a network, how to train it, and what its author published of the result.

Five are the small public networks that this project began from; `reader` is the network that reads your drawings.
"""

from __future__ import annotations

from dataclasses import dataclass

from model.config import TrainingConfig

KAGGLE_SIZE = 42_000  # images in Kaggle's train.csv, all of them MNIST's; here as many of MNIST's, by the seed


@dataclass(frozen=True)
class Preset:
    """A recipe, and a sentence each on what it is and on what was published of it."""

    summary: str
    published: str
    config: TrainingConfig


PRESETS = {
    "full-batch": Preset(
        "One hidden layer, trained by plain gradient descent: every step looks at all the images.",
        "Accuracy 9.28 % at iteration 0, 31.83 % at 20, 67.94 % at 40, 81.13 % at 60, 86.86 % at 100, 90.01 % at "
        "200; cost 0.230267 at first and 0.035363 in the end, averaged over the ten outputs of each image.",
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
    ),
    "mini-batch": Preset(
        "The smallest useful network, ten hidden units, trained in small batches on Kaggle's 42,000 images.",
        "Accuracy 92.70 %, precision 92.76 %, recall 92.70 %, F1 92.69 %.",
        TrainingConfig(
            data="mnist",
            training_size=KAGGLE_SIZE,
            hidden_sizes=(10,),
            optimizer="sgd",
            learning_rate=0.1,
            batch_size=32,
            epochs=30,
        ),
    ),
    "deep-64": Preset(
        "Two hidden layers of 64 units, small random weights, plain steps in batches of 64, for a long time.",
        "Validation accuracy 79.9 % after the first epoch, 97.7 % in the end, after 14 min 42 s.",
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
    ),
    "tanh-10": Preset(
        "Ten hidden units that bend their sums by tanh: a small network in which every setting can be felt.",
        "Test accuracy 92.2 % after 100 epochs.",
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
    ),
    "wide-512": Preset(
        "Two wide hidden layers, 512 and 256 units, trained for 1,000 steps on all images at once.",
        "A test accuracy, with samples of right and wrong answers as images.",
        TrainingConfig(
            data="mnist",
            validation_size=0,
            hidden_sizes=(512, 256),
            optimizer="sgd",
            learning_rate=0.5,
            batch_size=0,
            epochs=1000,
        ),
    ),
    "reader": Preset(
        "The network that reads your drawings: two hidden layers of 800 units, which never saw an image twice the "
        "same way.",
        "Inkling's own; see weights/README.md.",
        TrainingConfig(
            data="mnist",
            hidden_sizes=(800, 800),
            optimizer="adamw",
            learning_rate=0.001,
            weight_decay=0.01,
            schedule="one_cycle",
            warmup=0.1,
            batch_size=128,
            epochs=30,
            augmentation="elastic",
        ),
    ),
}


def name_of(config: TrainingConfig) -> str | None:
    """The recipe that a config follows, on whatever data; None if it follows none."""
    matching = (name for name, recipe in PRESETS.items() if recipe.config.changed(data=config.data) == config)
    return next(matching, None)


def preset(name: str) -> Preset:
    """A preset by its name.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}; got {name!r}")
    return PRESETS[name]
