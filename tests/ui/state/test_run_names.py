"""A run is named by what differs from the first one; its name is unique."""

import pytest

from model.config import TrainingConfig
from ui.state.run_names import MAX_LENGTH, name_run, unique

FIRST = TrainingConfig()
TITLE = "784-128-10"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, TITLE),
        ({"learning_rate": 0.01}, "lr 0.01"),
        ({"batch_size": 1, "learning_rate": 0.01}, "lr 0.01, batch 1"),
        ({"batch_size": 0}, "full batch"),
        ({"hidden_sizes": (64, 32)}, "64-32 units"),
        ({"hidden_sizes": ()}, "no hidden layer"),
        ({"training_size": 500}, "500 images"),
        ({"dropout": 0.2}, "dropout 0.2"),
        ({"batch_normalization": True}, "batch norm"),
        ({"augmentation": "elastic", "seed": 3}, "elastic, seed 3"),
        ({"weight_decay": 1e-4}, "weight decay 0.0001"),
        ({"momentum": 0.5, "optimizer": "sgd"}, "sgd, momentum 0.5"),  # the first run's Adam uses it
        ({"step_epochs": 3}, TITLE),  # without a schedule it has no effect
        ({"activation": "tanh", "learning_rate": 1.0, "batch_size": 8, "dropout": 0.1}, "tanh, lr 1, batch 8"),
    ],
)
def test_a_run_is_named_by_what_differs(settings: dict, name: str) -> None:
    assert name_run(TrainingConfig(**settings), TITLE, reference=FIRST, taken=[]) == name


def test_a_branch_is_named_by_where_it_begins() -> None:
    named = name_run(TrainingConfig(dropout=0.5), TITLE, reference=FIRST, taken=[], branch_epoch=4.5673)
    assert named == "branch at 4.57, dropout 0.5"
    assert name_run(FIRST, TITLE, reference=FIRST, taken=[], branch_epoch=1.0) == "branch at 1"


def test_names_are_unique_and_short() -> None:
    assert name_run(FIRST, TITLE, reference=None, taken=[]) == TITLE
    assert name_run(FIRST, TITLE, reference=FIRST, taken=[TITLE]) == f"{TITLE} (2)"
    assert unique("a", ["a", "a (2)", "b"]) == "a (3)"
    assert unique("  my \n run ", []) == "my run"
    assert len(unique("long " * 100, [])) <= MAX_LENGTH
    assert unique("  ", []) == "run"
