"""A training is described by one frozen value: the network's shape, how it learns, from what, and the seed.

Every range, option and explanation is written here once; the sliders, the command line, the page's address, a
checkpoint's metadata and every message about a bad value are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

HIDDEN_LAYERS_LIMIT, UNITS_LIMIT = 6, 4096

Units = Annotated[int, Field(ge=1, le=UNITS_LIMIT)]


class TrainingConfig(BaseModel):
    """Everything that decides what a training does. The same values give the same parameters, bit for bit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: str = Field(
        "mnist-5k",
        title="Data",
        description="What to learn from: mnist-5k (5,000 digits, always there), mnist (all 70,000), or a path.",
        min_length=1,
        max_length=4096,
    )
    ink: str = Field(
        "",
        max_length=4096,
        title="Ink",
        description="Drawings to learn from besides, drawn anew for each epoch: ink files (JSON lines), separated by "
        "commas; one that is not there is looked for in $INK_DIR.",
    )
    background: bool = Field(
        False,
        title="What is no digit",
        description="Also learn to tell digits from what is none: scribbles, turned and doubled digits, and the "
        "letters in the ink.",
    )
    training_size: int = Field(
        0,
        ge=0,
        le=10_000_000,
        title="Images used",
        description="Use only so many images of the training set, chosen by the seed, held-out ones among them. "
        "0 uses all.",
    )
    validation_size: float = Field(
        0.1,
        ge=0,
        le=10_000_000,
        title="Held out for validation",
        description="Images kept aside to see how the network does on digits it does not learn from. Below 1 it "
        "is a share of them, from 1 on a number; 0 holds out none.",
    )
    hidden_sizes: tuple[Units, ...] = Field(
        (128,),
        max_length=HIDDEN_LAYERS_LIMIT,
        title="Hidden layers",
        description="The number of units in each layer between the image and the answer, 0 to 6 layers.",
    )
    activation: Literal["relu", "leaky_relu", "tanh", "sigmoid", "gelu"] = Field(
        "relu",
        title="Activation",
        description="The function that bends each unit's sum. Without it, all layers together could only draw "
        "straight borders between the digits.",
    )
    batch_normalization: bool = Field(
        False,
        title="Batch normalization",
        description="Bring each unit's sums over a batch to mean 0 and deviation 1 before bending them.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="Dropout",
        description="The share of hidden units silenced at random at each step, so that none is relied on alone.",
    )
    initialization: Literal["he", "glorot", "normal"] = Field(
        "he",
        title="Initial weights",
        description="How wide the random first weights are spread: he and glorot fit the layer's size, normal "
        "takes the deviation you give.",
    )
    initial_std: float = Field(
        0.01,
        gt=0,
        le=10,
        title="Deviation of the first weights",
        description="Standard deviation of the first weights; used with normal only.",
    )
    optimizer: Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"] = Field(
        "adam",
        title="Optimizer",
        description="The rule that turns the gradient into a step. sgd takes it as it is; the others remember "
        "earlier ones.",
    )
    learning_rate: float = Field(
        0.001,
        gt=0,
        le=10,
        title="Learning rate",
        description="How far each step goes. Too small learns slowly; too large jumps over the goal.",
    )
    momentum: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Momentum",
        description="How much of its earlier direction a step keeps (Adam calls it beta 1). sgd and rmsprop have none.",
    )
    beta2: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Memory of squares",
        description="How much rmsprop and adam remember of the gradient's earlier squares (Adam calls it beta 2).",
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Weight decay",
        description="How strongly weights are pulled towards zero at each step; keeps them from growing needlessly.",
    )
    schedule: Literal["constant", "step", "cosine", "one_cycle"] = Field(
        "constant",
        title="Schedule",
        description="How the learning rate changes: not at all, down in steps, down along a cosine, or up and down.",
    )
    warmup: float = Field(
        0.3,
        ge=0,
        le=0.9,
        title="Warm-up",
        description="The share of the training in which one_cycle raises the learning rate to its full height.",
    )
    step_epochs: int = Field(
        10,
        ge=1,
        le=10_000,
        title="Epochs to a step",
        description="After how many epochs step lowers the rate.",
    )
    step_factor: float = Field(
        0.5, gt=0, le=1, title="Step factor", description="What step multiplies the learning rate by."
    )
    batch_size: int = Field(
        64,
        ge=0,
        le=1_000_000,
        title="Batch size",
        description="Images averaged for one step. 0 takes all of them at once (full batch).",
    )
    epochs: int = Field(10, ge=1, le=10_000, title="Epochs", description="How many times each training image is seen.")
    label_smoothing: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Label smoothing",
        description="The share of certainty taken from the right answer and spread over all ten, against "
        "overconfidence.",
    )
    clip_norm: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="Gradient clipping",
        description="A gradient longer than this is shortened to it. 0 leaves it alone.",
    )
    early_stopping: int = Field(
        0,
        ge=0,
        le=10_000,
        title="Early stopping",
        description="Stop after so many epochs without a better validation accuracy, and keep the best "
        "parameters. 0 never stops early.",
    )
    augmentation: Literal["none", "affine", "elastic"] = Field(
        "none",
        title="Augmentation",
        description="Show each image a little different every time: affine turns, scales and slants it; elastic "
        "also bends it.",
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Where the random numbers start. The same seed and settings give the same network again.",
    )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> TrainingConfig:
        """A config from plain values (texts also do).

        Raises:
            ValueError: one line that names each bad field, what it must be, and what came.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            raise ValueError(explain(error)) from None

    def changed(self, **values: Any) -> TrainingConfig:
        """This config with some fields changed, and checked like any other."""
        return self.of(self.model_dump() | values)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The network's layers, from the image's 784 pixels to the 10 digits, and what is none if it learns that."""
        return (784, *self.hidden_sizes, 11 if self.background else 10)


# Fields that a running training can change: the others decide its shape, its data or its beginning.
LIVE_FIELDS = (
    "learning_rate",
    "batch_size",
    "momentum",
    "dropout",
    "weight_decay",
    "label_smoothing",
    "clip_norm",
    "augmentation",
)


def limits(name: str) -> dict[str, float]:
    """The limits of a field, by their names in pydantic: ge, gt, le, lt, min_length, max_length."""
    return _limits(TrainingConfig.model_fields[name])


def options(name: str) -> tuple[str, ...]:
    """The values that a field can take, if they are a fixed list; else nothing."""
    annotation = TrainingConfig.model_fields[name].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def explain(error: ValidationError) -> str:
    """Pydantic's findings in one line: `learning_rate must be above 0 and at most 10; got -1`."""
    return "; ".join(_explain_one(finding) for finding in error.errors())


def _explain_one(finding: Mapping[str, Any]) -> str:
    name, *inner = finding["loc"]
    field = TrainingConfig.model_fields.get(name)
    got = repr(finding["input"])[:60]
    if field is None:
        return f"{name[:60]} is no setting; the settings are {', '.join(TrainingConfig.model_fields)}"
    if inner:
        return f"{name} must be whole numbers from 1 to {UNITS_LIMIT} each; got {got} in layer {int(inner[0]) + 1}"
    return f"{name} must be {_requirement(name, field)}; got {got}"


def _requirement(name: str, field: FieldInfo) -> str:
    if options(name):
        return f"one of {', '.join(options(name))}"
    bounds = _limits(field)
    if field.annotation is str:
        return f"a text of {bounds.get('min_length', 0):.0f} to 4096 characters"
    if name == "hidden_sizes":
        return f"at most {HIDDEN_LAYERS_LIMIT} whole numbers from 1 to {UNITS_LIMIT}, separated by commas"
    if field.annotation is bool:
        return "true or false"
    kind = "a whole number, " if field.annotation is int else ""
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    return kind + " and ".join(
        f"{words[key]} {value:g}" if value < 1e6 else f"{words[key]} {value:,}"
        for key, value in bounds.items()
        if key in words
    )


def _limits(field: FieldInfo) -> dict[str, float]:
    return {
        key: getattr(rule, key)
        for rule in field.metadata
        for key in ("gt", "ge", "lt", "le", "min_length", "max_length")
        if getattr(rule, key, None) is not None
    }
