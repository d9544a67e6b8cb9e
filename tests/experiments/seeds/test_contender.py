"""Settings are named as people would name them, and what can't be compared says why."""

from pathlib import Path

import pytest

from model.config import TrainingConfig
from model.experiments.seeds.contender import contender, contenders, network_file
from model.presets import PRESETS
from model.training.shipped import shipped


def test_settings_are_a_preset_or_what_is_written() -> None:
    assert contender("starter", {}).config == PRESETS["starter"].config
    assert contender("starter,epochs=3", {}).config == PRESETS["starter"].config.changed(epochs=3)
    written = contender("optimizer=sgd,learning-rate=0.1,hidden_sizes=64,32", {"epochs": "2"})
    assert written.config == TrainingConfig(optimizer="sgd", learning_rate=0.1, hidden_sizes=(64, 32), epochs=2)
    assert contender("", {"epochs": "2"}).config == TrainingConfig(epochs=2)


def test_options_alone_give_a_name_to_one_setting() -> None:
    assert contender("", {"hidden_sizes": "8", "epochs": "2"}).name == "hidden layers 8 and epochs 2"
    assert contender("optimizer=sgd", {"hidden_sizes": "8"}).name == "SGD"
    assert contender("starter", {"epochs": "2"}).name == "starter"


def test_what_is_written_goes_before_what_is_common() -> None:
    assert contender("epochs=5", {"epochs": "2"}).config.epochs == 5
    assert contender("starter", {"epochs": "2"}).config.epochs == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("optimizer=adam", "Adam"),
        ("optimizer=sgd,learning_rate=0.1", "SGD with learning rate 0.1"),
        ("dropout=0.1,optimizer=sgd,activation=tanh", "SGD tanh with dropout 0.1"),
        ("dropout=0.1,epochs=3,momentum=0.5", "dropout 0.1, epochs 3 and momentum 0.5"),
        ("dropout=0.1,epochs=3", "dropout 0.1 and epochs 3"),
        ("hidden_sizes=64,32", "hidden layers 64-32"),
        ("hidden_sizes=", "hidden layers none"),
        ("augmentation=none", "augmentation none"),
        ("background=true", 'reject class ("not a digit") yes'),
        ("starter", "starter"),
        ("starter,epochs=3", "starter with epochs 3"),
        ("", "the default setting"),
        ("dropout=0.1,epochs=2,momentum=0.8,beta2=0.9,seed=3", "this setting"),
    ],
)
def test_settings_have_a_short_name(text: str, name: str) -> None:
    assert contender(text, {}).name == name


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["starter"], "needs two settings or networks; got 1"),
        (["nothing", "starter"], "'nothing' is neither a preset"),
        (["optimzer=adam", "starter"], "'optimzer=adam' is no setting with a value"),
        (["optimizer=adam,optimizer=sgd", "starter"], "optimizer is given twice"),
        (["optimizer=quick", "starter"], "optimizer must be"),
        (["optimizer=adam", "learning_rate=0.001"], "Adam and learning rate 0.001 are the same settings"),
        (["data=mnist", "optimizer=sgd"], "data differs, .*; --data sets it for all"),
        (["seed=1", "optimizer=sgd"], "seed differs, 1 of seed 1 and 0 of SGD: each pair of runs has the same seed"),
        (["validation_size=0.2", "optimizer=sgd"], "validation_size differs"),
        (["training_size=100", "optimizer=sgd"], "training_size differs"),
    ],
)
def test_what_can_not_be_compared_says_why(texts: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        contenders(texts, {})


def test_settings_of_the_same_name_are_told_apart() -> None:
    found = contenders(["starter", "epochs=3", "learning_rate=0.1,epochs=3"], {})
    assert len({one.name for one in found}) == 3
    twins = contenders(["learning_rate=0.10000001", "learning_rate=0.1"], {})
    assert [one.name for one in twins] == ["learning rate 0.1 (1)", "learning rate 0.1 (2)"]


def test_networks_are_told_from_settings(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.touch()
    assert network_file(str(path)) == path
    assert network_file("champion.safetensors") == shipped()["champion"]
    assert network_file("champion") is None
    assert network_file("optimizer=adam") is None
    with pytest.raises(ValueError, match="there is no such file"):
        network_file("nowhere.safetensors")
