"""Each example of the gallery is a run that can be started, and does what its card says: the diagnosis finds it."""

import re

import pytest

from model.config import TrainingConfig
from model.training import Trainer, fit
from model.training.observer import RunObserver
from ui.train import url_state
from ui.train.examples import EXAMPLES, Example

NAMES = [example.name for example in EXAMPLES]


def test_there_are_eight_each_with_its_name_and_three_sentences() -> None:
    assert len(set(NAMES)) == 8
    for example in EXAMPLES:
        for sentence in (example.watch, example.why, example.then):
            assert re.fullmatch(r"[A-Z].*[.]", sentence)
            assert not re.search(r"[.!?] [A-Z]", sentence), "one sentence"


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_an_address_can_hold_its_settings(example: Example) -> None:
    for config in example.configs:
        differing = {name: value for name, value in config if value != getattr(url_state.DEFAULT, name)}
        texts = {name: ",".join(map(str, it)) if isinstance(it, tuple) else str(it) for name, it in differing.items()}
        assert url_state.parse(texts) == (config, [])


def test_the_runs_of_a_pair_differ_in_one_setting() -> None:
    pairs = [example.configs for example in EXAMPLES if example.is_pair]
    assert len(pairs) == 2
    for first, second in pairs:
        assert sum(getattr(first, name) != getattr(second, name) for name in TrainingConfig.model_fields) == 1


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_the_diagnosis_finds_what_the_card_says(example: Example, mnist_5k) -> None:
    trainer = Trainer(example.configs[-1], mnist_5k)
    observer = RunObserver(trainer, mnist_5k)
    for progress in fit(trainer, threads=1):
        observer.observe(progress)
    first, *_ = observer.diagnose(progress.status)
    assert first.kind in example.kinds, str(first)


@pytest.mark.parametrize(("units", "least", "most"), [(2, 0.1, 0.7), (8, 0.85, 1)])
def test_a_network_that_is_too_small_does_as_its_card_says(units: int, least: float, most: float, mnist_5k) -> None:
    (config,) = next(example.configs for example in EXAMPLES if example.name == "too_few_units")
    *_, last = fit(Trainer(config.model_copy(update={"hidden_sizes": (units,)}), mnist_5k), threads=1)
    assert least <= last.validation_accuracy < most
    assert last.epoch_accuracy < most
