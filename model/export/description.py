"""A network in words: its shape, its score, and how it was trained, as its file says."""

from __future__ import annotations

from pathlib import Path

from model.common.formatting import format_duration
from model.config import TrainingConfig
from model.training.checkpoint import Checkpoint

SAID_WITH_THE_SHAPE = ("hidden_sizes", "activation", "batch_normalization", "background")
ALWAYS_SAID = ("data", "optimizer", "learning_rate", "batch_size", "epochs", "augmentation")


def score(checkpoint: Checkpoint) -> str | None:
    """Return a sentence on how many test images the network reads right; None if that is not known."""
    accuracy, tested_on = (checkpoint.scores.get(key) for key in ("test_accuracy", "tested_on"))
    if not isinstance(accuracy, float):
        return None
    source = f" of {_file_name(tested_on)}" if isinstance(tested_on, str) else ""
    return f"It classifies {100 * accuracy:.2f} % of the test images{source} correctly."


def facts(checkpoint: Checkpoint) -> dict[str, str]:
    """Return what is known of a network, each fact under its title."""
    mlp, scores = checkpoint.network.mlp, checkpoint.scores
    activation = TrainingConfig.setting("activation").choices[mlp.activation].label
    shape = ["-".join(map(str, mlp.sizes))]
    if len(mlp.sizes) > 2:
        shape += [activation, *(["batch normalization"] if mlp.batch_normalization else [])]
    found = {
        "Network": ", ".join(shape),
        "Parameters": f"{mlp.parameters.size:,}",
        TrainingConfig.title("background"): "yes" if checkpoint.network.has_reject_class else "no",
    }
    for key, title in (("test_accuracy", "Test accuracy"), ("validation_accuracy", "Validation accuracy")):
        if isinstance(value := scores.get(key), float):
            found[title] = f"{100 * value:.2f} %"
    if isinstance(perturbation := scores.get("perturbation"), str):
        found["Perturbation"] = perturbation
    if checkpoint.config:
        found |= _settings(checkpoint.config)
    if isinstance(epochs := scores.get("epochs"), int):
        found["Epochs trained"] = f"{epochs:,}"
    if isinstance(seconds := scores.get("seconds"), float):
        found["Training time"] = format_duration(seconds)
    return found


def _settings(config: TrainingConfig) -> dict[str, str]:
    """The settings that a reader expects, and all others that are in use and not at their defaults."""
    return {
        config.title(name): setting_value(config, name)
        for name, field in TrainingConfig.model_fields.items()
        if name not in SAID_WITH_THE_SHAPE
        and config.uses(name)
        and (name in ALWAYS_SAID or getattr(config, name) != field.default)
    }


def setting_value(config: TrainingConfig, name: str) -> str:
    """Write a setting's value as the app shows it; of a file, its name alone."""
    value = getattr(config, name)
    if name == "data":
        return _file_name(value)
    if name in ("ink", "teacher", "start_from"):
        return ", ".join(map(_file_name, value.split(",")))
    if choice := TrainingConfig.setting(name).choices.get(value if isinstance(value, str) else ""):
        return choice.label
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "all" if name == "batch_size" and value == 0 else f"{value:,.6g}"


def _file_name(source: str) -> str:
    """The name of a data set or file without its folder, which is nobody else's business."""
    return Path(source.strip().replace("\\", "/")).name
