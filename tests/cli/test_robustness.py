"""`break` and `stress` measure what the library does, save it, and say in one line what can't be."""

import csv
import json

import numpy as np
import pytest

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.robustness.layer_changes import ResetLayer, ShuffleLayer
from model.robustness.silencing import SilenceShare, SilenceUnits
from model.robustness.stress import STRESSES, stressed
from model.robustness.weight_changes import RoundWeights
from model.training.checkpoint import WEIGHTS, Checkpoint, load

pytestmark = pytest.mark.usefixtures("shared_cache")
STARTER = load(WEIGHTS / "starter.safetensors")


@pytest.mark.parametrize(
    ("options", "perturbation"),
    [
        (["--silence", "30%"], SilenceShare(0.3)),
        (["--silence", "0.3", "--strongest"], SilenceShare(0.3, "strongest")),
        (["--silence", "1-3,60", "--layer", 1], SilenceUnits(0, (0, 1, 2, 59))),
        (["--bits", 2], RoundWeights(2)),
        (["--shuffle", "--layer", 1, "--seed", 3], ShuffleLayer(0, 3)),
        (["--reset", "--layer", 2, "--seed", 3], ResetLayer(1, 3)),
    ],
)
def test_break_scores_and_saves_the_perturbed_network(answer, mnist_5k, tmp_path, options, perturbation):
    target, table = tmp_path / "perturbed.safetensors", tmp_path / "digits.csv"
    result = answer("break", "--weights", "starter", *options, "--out", target, "--csv", table)
    test = mnist_5k.test_images, mnist_5k.test_labels
    assert result["accuracy_before"] == pytest.approx(STARTER.network.accuracy(*test))
    assert result["accuracy"] == pytest.approx(perturbation.applied(STARTER.network).accuracy(*test))
    assert result["perturbation"] == json.loads(json.dumps(perturbation.to_json()))
    saved = load(target)
    assert saved.network.checksum() == perturbation.applied(STARTER.network).checksum()
    assert saved.scores["perturbation"] == str(perturbation)
    assert "test_accuracy" not in saved.scores
    with table.open() as file:
        assert [row["digit"] for row in csv.DictReader(file)] == list("0123456789")


def test_break_without_more_measures_the_curves(run, answer):
    result = answer("break", "--weights", "tiny-25k", "--images", 100)
    assert result["n"] == 100
    assert {point["series"] for point in result["curves"]} == {
        "random units",
        "strongest units first",
        "noise",
        "rounded weights",
    }
    code, out, _ = run("break", "--weights", "starter", "--images", 100, "--cut", "--layer", 2)
    assert code == 0
    assert "layer 2 cut" in out


def test_stress_scores_each_network_at_each_amount(answer, mnist_5k, tmp_path):
    table = tmp_path / "stress.csv"
    result = answer(
        "stress", "--weights", "starter,tanh-10", "--kinds", "rotation,blur", "--images", 200, "--csv", table
    )
    rows = result["results"]
    assert len(rows) == 2 * (len(STRESSES["rotation"].amounts) + len(STRESSES["blur"].amounts))
    chosen = np.linspace(0, 999, 200).round().astype(int)
    images = stressed(mnist_5k.test_images[chosen], STRESSES["rotation"], 30)
    expected = STARTER.network.accuracy(images, mnist_5k.test_labels[chosen])
    (found,) = (
        row["accuracy"] for row in rows if (row["stress"], row["amount"], row["network"]) == ("rotation", 30, "starter")
    )
    assert found == pytest.approx(expected)
    with table.open() as file:
        assert len(list(csv.DictReader(file))) == len(rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["break", "--bits", 2, "--noise", 1], "choose one of --noise and --bits"),
        (["break", "--cut"], "--cut needs --layer, from 1 to 2"),
        (["break", "--cut", "--layer", 3], "the layers are 1 to 2; got 3"),
        (["break", "--silence", "3,4"], "units are numbered within a layer: name it with --layer"),
        (["break", "--silence", "x%"], "--silence must be a share such as 30% or units such as"),
        (["break", "--silence", "130%"], "from 0 to 1; got 1.3"),
        (["break", "--strongest"], "--strongest goes with --silence"),
        (["break", "--out", "x.npz"], "--out saves a perturbed network: say how"),
        (["break", "--weights", "starter,tanh-10", "--bits", 2], "must name one network to break; got 2"),
        (["stress", "--kinds", "heat"], "a stress must be one of shift, rotation"),
    ],
)
def test_what_can_not_be_is_one_line(run, arguments, message):
    weights = [] if "--weights" in arguments else ["--weights", "starter"]
    code, _, err = run(*arguments, *weights)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


def test_a_network_without_hidden_layers_has_no_units(run, answer, tmp_path):
    path = tmp_path / "flat.safetensors"
    Checkpoint(DigitClassifier(MLP((784, 11)).initialize("he", np.random.default_rng(0)))).save(path)
    code, _, err = run("break", "--weights", path, "--silence", "30%")
    assert (code, "has no hidden layer" in err) == (2, True)
    series = {point["series"] for point in answer("break", "--weights", path, "--images", 50)["curves"]}
    assert series == {"noise", "rounded weights"}
