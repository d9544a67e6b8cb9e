"""Presets that train in no time, with published figures of every kind."""

from model.config import TrainingConfig
from model.presets import PRESETS, Preset, PublishedFigure, at_least, within

FULL_BATCH = TrainingConfig(
    validation_size=0, hidden_sizes=(8,), optimizer="sgd", learning_rate=0.5, batch_size=0, epochs=3, training_size=300
)
UNPUBLISHED = next(name for name, entry in PRESETS.items() if not entry.figures)
FIGURES = (
    within("accuracy", 0.5, 0.5, epoch=0),
    within("cost_per_output", 0.1, 0.001, epoch=3),
    at_least("test_accuracy", 0.0),
    PublishedFigure("precision", 0.5),
)
TINY = Preset("Tiny.", "Accuracy {}, cost {}, test {}, precision {}.", FULL_BATCH, FIGURES)
QUICK = Preset("Quick.", "Recall {}.", FULL_BATCH.changed(epochs=1), (PublishedFigure("recall", None),))
