"""The state of a run: all that changes from step to step, reported, taken into a snapshot and brought back from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.common.arrays import Array
from model.config import TrainingConfig
from model.nn.classifier import DigitClassifier
from model.training.change import Change, fork_conflicts
from model.training.history import MetricAccumulator, Progress
from model.training.snapshot import Snapshot

if TYPE_CHECKING:
    from model.training.trainer import Trainer

# The names of a snapshot's values, and of the trainer's attributes that they are.
COUNTERS = {
    "epoch": "epoch",
    "step": "step",
    "seen": "samples_seen",
    "seconds": "seconds",
    "epoch_ended": "epoch_ended",
    "learning_rate": "learning_rate",
    "validation": "validation",
}


def arrays(trainer: Trainer) -> dict[str, Array]:
    """Return the arrays that the coming steps depend on, by their names in a snapshot. They are not copies."""
    named = {"optimizer.state": trainer.gradient_step.optimizer.state}
    if trainer.average.epochs:
        named["average.total"] = trainer.average.total
    for name, network in _networks(trainer).items():
        named[f"{name}.parameters"] = network.mlp.parameters
        named[f"{name}.statistics"] = network.mlp.running_statistics
    return named


def take_snapshot(trainer: Trainer) -> Snapshot:
    """Return a copy of all that changes, as it is now, between two steps."""
    early_stopping, since_epoch = trainer.early_stopping, trainer.since_epoch
    values = {
        "config": trainer.config.model_dump(mode="json"),
        "batches": trainer.batches.state(),
        "dropout": trainer.gradient_step.dropout_rng.bit_generator.state,
        "calibrations": {name: (net.temperature, net.reject_bias) for name, net in _networks(trainer).items()},
        "averaged_steps": trainer.average.steps,
        "optimizer_steps": trainer.gradient_step.optimizer.steps,
        "since_epoch": (since_epoch.images, since_epoch.correct, since_epoch.loss),
        "best_score": early_stopping.best_score,
        "best_epoch": early_stopping.best_epoch,
        **{name: getattr(trainer, attribute) for name, attribute in COUNTERS.items()},
    }
    return Snapshot({name: array.copy() for name, array in arrays(trainer).items()}, values)


def restore(trainer: Trainer, snapshot: Snapshot) -> None:
    """Bring a trainer to where a run of the same config and data was.

    Raises:
        ValueError: The snapshot is of a run with other settings.
    """
    then = TrainingConfig.of(snapshot.values["config"])
    trainer.change(Change({name: value for name, value in then if value != getattr(trainer.config, name)}))
    expected = trainer.snapshot().layout()
    if snapshot.layout() != expected:
        differing = sorted({name for name, _ in expected.items() ^ snapshot.layout().items()})
        raise ValueError(f"the snapshot must be of a run with the same settings; what differs: {', '.join(differing)}")
    _load(trainer, snapshot)


def fork(trainer: Trainer, snapshot: Snapshot) -> None:
    """Bring a trainer to where a run of the same images and shape was, but keep its own settings.

    Another optimizer than the snapshot's starts with an empty memory, and weight averaging starts anew.

    Raises:
        ValueError: A setting differs that a fork can't change, or no epochs are left for it.
    """
    conflicts = fork_conflicts(TrainingConfig.of(snapshot.values["config"]), trainer.config)
    if conflicts:
        raise ValueError(f"{', '.join(conflicts)} can't change in a fork; start a new run for it")
    done = snapshot.values["epoch"] - (snapshot.values["batches"]["position"] < len(trainer.batches))
    if done >= trainer.config.epochs:
        raise ValueError(f"epochs must be more than the {done} that are done; got {trainer.config.epochs}")
    _load(trainer, snapshot)
    trainer.average.clear()  # its own last epochs are others


def _networks(trainer: Trainer) -> dict[str, DigitClassifier]:
    """Return the networks that the coming steps depend on, by their names in a snapshot."""
    networks = {"network": trainer.network, "sound": trainer.divergence_guard.last_finite}
    if trainer.average.epochs:
        networks["average"] = trainer.average.network
    return networks | ({"best": trainer.early_stopping.best} if trainer.early_stopping.patience else {})


def _load(trainer: Trainer, snapshot: Snapshot) -> None:
    values = snapshot.values
    optimizer, early_stopping, since_epoch = (
        trainer.gradient_step.optimizer,
        trainer.early_stopping,
        trainer.since_epoch,
    )
    same_optimizer = values["config"]["optimizer"] == trainer.config.optimizer
    for name, array in arrays(trainer).items():
        if name in snapshot.arrays and (same_optimizer or name != "optimizer.state"):
            array[...] = snapshot.arrays[name]
    optimizer.steps = values["optimizer_steps"] if same_optimizer else 0
    trainer.average.steps = values.get("averaged_steps", 0)
    trainer.batches.restore(values["batches"])
    trainer.gradient_step.dropout_rng.bit_generator.state = values["dropout"]
    for name, network in _networks(trainer).items():
        network.temperature, network.reject_bias = values["calibrations"].get(name, (1.0, 0.0))
    since_epoch.images, since_epoch.correct, since_epoch.loss = values["since_epoch"]
    early_stopping.best_score, early_stopping.best_epoch = tuple(values["best_score"]), values["best_epoch"]
    for name, attribute in COUNTERS.items():
        value = values[name]
        setattr(trainer, attribute, tuple(value) if isinstance(value, list) else value)
    if trainer.epoch >= trainer.config.epochs and not trainer.batches.left:
        trainer.status = "finished"


def report(trainer: Trainer) -> Progress:
    """Return the state as it is now, and start new means for `loss` and `accuracy`."""
    loss, accuracy = trainer.since_report.means()
    epoch_loss, epoch_accuracy = trainer.since_epoch.means()
    trainer.since_report = MetricAccumulator()
    return Progress(
        network=trainer.network,
        epochs=trainer.config.epochs,
        epoch=trainer.epoch,
        step=trainer.step,
        fraction=trainer.fraction,
        loss=loss,
        accuracy=accuracy,
        epoch_loss=epoch_loss,
        epoch_accuracy=epoch_accuracy,
        validation_loss=trainer.validation[0],
        validation_accuracy=trainer.validation[1],
        learning_rate=trainer.learning_rate,
        images_per_second=trainer.samples_seen / trainer.seconds if trainer.seconds else 0.0,
        threads=trainer.threads,
        seconds=trainer.seconds,
        epoch_ended=trainer.epoch_ended,
        status=trainer.status,
        message=trainer.message,
        snapshot=trainer.snapshot if trainer.can_go_on else None,
        ancestors_data=trainer.ancestors.data,
    )
