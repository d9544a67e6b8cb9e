"""Example runs that are worth watching: settings known to do well or badly, what to watch, and why it happens."""

from __future__ import annotations

from dataclasses import dataclass

from model.config import TrainingConfig
from model.training.finding import Kind

SGD = TrainingConfig(optimizer="sgd", hidden_sizes=(64,), learning_rate=0.1)


@dataclass(frozen=True)
class Example:
    """An example: one run, or two that differ in one setting and are drawn on the same charts.

    Attributes:
        name: What its button is called in the page's code.
        title: What its card is called.
        icon: Of the card, a Material symbol.
        watch: A sentence on what to look at.
        why: A sentence on why it happens.
        then: A sentence on what to try next.
        configs: The settings of the runs; the last one is selected.
        kinds: What the diagnosis may find in the last run.
    """

    name: str
    title: str
    icon: str
    watch: str
    why: str
    then: str
    configs: tuple[TrainingConfig, ...]
    kinds: tuple[Kind, ...]

    @property
    def is_pair(self) -> bool:
        """Whether two runs are compared."""
        return len(self.configs) == 2


EXAMPLES = (
    Example(
        "overfitting",
        "Overfitting",
        "school",
        "Training accuracy reaches 100 %, and validation accuracy stays about ten points below.",
        "There are only 300 images to learn from, and 200,000 weights that can memorize each of them.",
        "Raise the training set size or turn on augmentation, restart, and see the gap close.",
        (TrainingConfig(hidden_sizes=(256,), training_size=500, validation_size=0.4, epochs=40),),
        (Kind.OVERFITTING,),
    ),
    Example(
        "too_large",
        "Learning rate too large",
        "moving",
        "Within the first steps the loss shoots up more than a million times: look at it on the log scale.",
        "Each step jumps across the valley and lands higher on its other side, where the gradient is larger still.",
        "Lower the learning rate to 0.2 and restart.",
        (SGD.changed(activation="leaky_relu", learning_rate=2, epochs=8),),
        (Kind.LARGE_STEPS,),
    ),
    Example(
        "too_small",
        "Learning rate too small",
        "snooze",
        "The loss does fall, but so slowly that it would need hundreds of epochs.",
        "A step changes the weights by a hundredth of a percent, a tenth of what is usual.",
        "Move the learning rate up while it trains: the curves bend at once.",
        (SGD.changed(learning_rate=0.001),),
        (Kind.SMALL_STEPS,),
    ),
    Example(
        "dead_relus",
        "Dead ReLUs",
        "heart_broken",
        "Within an epoch nearly all units are dead (see Layers), and accuracy stays at chance.",
        "A few large steps made their sums negative for every image, and a ReLU that is always 0 gets no gradient.",
        "Lower the learning rate to 0.1: it helps only after a restart, with new weights.",
        (SGD.changed(hidden_sizes=(64, 64), learning_rate=2, epochs=5),),
        (Kind.GUESSING,),
    ),
    Example(
        "deep_sigmoid",
        "Sigmoid in depth",
        "stairs",
        "The loss stays at 2.30, and the first layers' gradients are a hundred times weaker than the output's (see "
        "Layers).",
        "On its way back, the gradient is multiplied by the slope of each sigmoid, which is 0.25 at most.",
        "Choose ReLU and restart: the same five layers learn.",
        (SGD.changed(activation="sigmoid", hidden_sizes=(32,) * 5, epochs=5),),
        (Kind.GUESSING,),
    ),
    Example(
        "batch_size",
        "Batch size 1 against 512",
        "grain",
        "In three epochs one run takes 10,800 steps, each after a single image, and the other one takes 24.",
        "A single image shows the way only roughly, but after each one the network is already better.",
        "Raise the learning rate of the large batch to 0.5: it can afford longer steps.",
        tuple(SGD.changed(hidden_sizes=(32,), learning_rate=0.02, batch_size=size, epochs=3) for size in (512, 1)),
        (Kind.IMPROVING, Kind.LEARNED),
    ),
    Example(
        "augmentation",
        "With and without augmentation",
        "texture",
        "Without augmentation the gap grows; with it, training accuracy stays below validation accuracy.",
        "No image comes twice, so none can be memorized, and the varied images are the harder ones.",
        "Open Draw and compare what both networks make of your own digits.",
        tuple(TrainingConfig(augmentation=kind, epochs=20) for kind in ("none", "elastic")),
        (Kind.IMPROVING, Kind.LEARNED, Kind.LEVEL),
    ),
    Example(
        "too_few_units",
        "A network that is too small",
        "compress",
        "Both accuracies level off together below 70 %, however long it trains.",
        "Two units leave two numbers of each image, too few to tell ten digits apart.",
        "Add units to layer 1 and restart: eight of them reach 85 %.",
        (TrainingConfig(hidden_sizes=(2,), learning_rate=0.01, epochs=20),),
        (Kind.UNDERFITTING,),
    ),
)
