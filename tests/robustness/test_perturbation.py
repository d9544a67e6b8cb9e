"""Perturbations do what they say, to networks of every shape, and the same every time."""

import json

import numpy as np
import pytest

from model.nn.activations import ACTIVATIONS
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.robustness.layer_changes import CutLayer, ResetLayer, ShuffleLayer
from model.robustness.perturbation_kinds import from_json
from model.robustness.silencing import SilenceShare, SilenceUnits, parse_units, unit_strengths
from model.robustness.weight_changes import RoundWeights, WeightNoise

EACH = [
    SilenceUnits(0, (1, 3)),
    SilenceShare(0.4, seed=2),
    SilenceShare(0.4, "strongest", layer=0),
    WeightNoise(0.5, seed=1),
    RoundWeights(3),
    CutLayer(0),
    ShuffleLayer(0, seed=4),
    ResetLayer(0, seed=4, initialization="glorot"),
]
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 784)).astype(np.uint8)


def made(*hidden: int, activation: str = "relu", normalized: bool = False, outputs: int = 10, seed: int = 0) -> MLP:
    """A network in which no parameter is 0."""
    rng = np.random.default_rng(seed)
    mlp = MLP((784, *hidden, outputs), activation, batch_normalization=normalized).initialize("he", rng)
    for layer in mlp.layers:
        layer.biases[:] = rng.uniform(0.1, 0.5, layer.biases.shape)
        if layer.gamma is not None:
            layer.gamma[:] = rng.uniform(0.5, 2, layer.gamma.shape)
    mlp.running_statistics[:] = rng.uniform(0.5, 2, mlp.running_statistics.shape)
    return mlp


@pytest.mark.parametrize("perturbation", EACH, ids=lambda one: one.kind)
@pytest.mark.parametrize("hidden", [(), (8,), (8, 7, 6, 5, 6, 7)], ids=len)
@pytest.mark.parametrize("normalized", [False, True])
def test_each_works_on_any_network_or_says_why_not(perturbation, hidden, normalized):
    network = DigitClassifier(made(*hidden, normalized=normalized, outputs=11))
    before = network.checksum()
    if not hidden and perturbation.kind in ("units", "share"):
        with pytest.raises(ValueError, match="has no hidden layer, and so no units to silence"):
            perturbation.applied(network)
        return
    perturbed = perturbation.applied(network)
    assert network.checksum() == before
    assert perturbed.checksum() == perturbation.applied(network).checksum() != before
    assert np.isfinite(perturbed.predict_proba(IMAGES)).all()
    assert from_json(json.loads(json.dumps(perturbation.to_json()))) == perturbation
    assert str(perturbation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalized", [False, True])
def test_a_silenced_unit_has_no_effect_any_more(activation, normalized):
    mlp = made(5, 4, activation=activation, normalized=normalized)
    SilenceUnits(0, (1, 3)).apply(mlp)
    silenced = mlp.logits(IMAGES)
    mlp.layers[0].weights[:, [1, 3]] += 1
    mlp.layers[0].biases[[1, 3]] -= 2
    np.testing.assert_array_equal(mlp.logits(IMAGES), silenced)
    mlp.layers[0].weights[:, 0] += 1
    assert (mlp.logits(IMAGES) != silenced).any()


def test_a_larger_share_silences_the_same_units_and_more():
    def silenced(share, **more):
        mlp = made(20, 10)
        SilenceShare(share, **more).apply(mlp)
        return [set(np.flatnonzero(~layer.weights.any(axis=1))) for layer in mlp.layers[1:]]

    for order in ("random", "strongest"):
        few, many = silenced(0.2, order=order), silenced(0.6, order=order)
        assert [len(one) for one in (*few, *many)] == [4, 2, 12, 6]
        assert all(one < other for one, other in zip(few, many, strict=True))
    assert silenced(0.2, seed=1) != silenced(0.2, seed=2)
    assert [len(one) for one in silenced(0.5, layer=1)] == [0, 5]
    assert silenced(0.0) == [set(), set()]


@pytest.mark.parametrize("normalized", [False, True])
def test_strength_does_not_depend_on_how_two_layers_share_their_scale(normalized):
    mlp = made(6, 4, normalized=normalized)
    before = unit_strengths(mlp, 0)
    incoming = mlp.layers[0].weights if not normalized else mlp.layers[0].gamma
    incoming *= 4
    mlp.layers[1].weights[:] /= 4
    np.testing.assert_allclose(unit_strengths(mlp, 0), before, rtol=1e-6)
    mlp.layers[1].weights[2] *= 1000
    assert unit_strengths(mlp, 0).argmax() == 2


@pytest.mark.parametrize("bits", [1, 2, 5, 8])
def test_rounded_weights_have_so_few_values(bits):
    mlp, before = made(30), made(30)
    RoundWeights(bits).apply(mlp)
    for layer, original in zip(mlp.layers, before.layers, strict=True):
        assert len(np.unique(layer.weights)) <= max(2, 2**bits - 1)
        if bits > 1:
            step = np.abs(original.weights).max() / (2 ** (bits - 1) - 1)
            assert np.abs(layer.weights - original.weights).max() <= step * 0.501
        np.testing.assert_array_equal(layer.biases, original.biases)
    blank = MLP((784, 10))
    RoundWeights(bits).apply(blank)
    assert not blank.parameters.any()


def test_noise_has_the_spread_that_was_asked_for():
    mlp, before = made(200), made(200)
    WeightNoise(0.5, layer=0).apply(mlp)
    change = mlp.layers[0].weights - before.layers[0].weights
    assert change.std() == pytest.approx(0.5 * before.layers[0].weights.std(), rel=0.01)
    np.testing.assert_array_equal(mlp.layers[1].weights, before.layers[1].weights)


def test_a_layer_is_cut_shuffled_or_reset_and_no_other():
    before = made(30, 20, normalized=True)
    for perturbation in (CutLayer(1), ShuffleLayer(1), ResetLayer(1)):
        mlp = made(30, 20, normalized=True)
        perturbation.apply(mlp)
        np.testing.assert_array_equal(mlp.layers[0].weights, before.layers[0].weights)
        np.testing.assert_array_equal(mlp.layers[2].weights, before.layers[2].weights)
        changed = mlp.layers[1].weights
        assert (changed != before.layers[1].weights).any()
        match perturbation.kind:
            case "cut":
                assert not changed.any()
                assert len(np.unique(mlp.logits(IMAGES), axis=0)) == 1
            case "shuffle":
                np.testing.assert_array_equal(np.sort(changed.ravel()), np.sort(before.layers[1].weights.ravel()))
            case "reset":
                assert (mlp.layers[1].gamma == 1).all()
                assert not mlp.layers[1].biases.any()
                assert mlp.running_statistics_of(1).tolist() == [[0] * 20, [1] * 20]


@pytest.mark.parametrize(
    ("perturbation", "message"),
    [
        (SilenceUnits(0, (3, 8)), "layer 1 has the units 1 to 8; got 9"),
        (SilenceUnits(1, (0,)), "the hidden layers are 1 to 1; got 2"),
        (SilenceUnits(0, ()), "at least one unit"),
        (SilenceShare(1.5), "from 0 to 1; got 1.5"),
        (SilenceShare(0.5, "weakest"), "must be random or strongest; got 'weakest'"),
        (WeightNoise(float("nan")), "the noise must be from 0"),
        (RoundWeights(0), "can be rounded to 1 to 16 bits; got 0"),
        (CutLayer(2), "the layers are 1 to 2; got 3"),
        (ResetLayer(0, initialization="magic"), "initialization must be one of"),
    ],
)
def test_what_can_not_be_is_said_in_one_line(perturbation, message):
    with pytest.raises(ValueError, match=message) as error:
        perturbation.apply(made(8))
    assert "\n" not in str(error.value)


def test_lists_of_units():
    assert parse_units("3, 7,12-14; 7") == (2, 6, 11, 12, 13)
    for wrong in ("", "0", "a", "5-3", "1-", "-2", "²", "1-999999999"):
        with pytest.raises(ValueError, match="unit"):
            parse_units(wrong)


def test_what_is_no_perturbation_is_said():
    with pytest.raises(ValueError, match="kind of a perturbation must be one of units, share"):
        from_json({"kind": "burn"})
    with pytest.raises(ValueError, match="of kind bits has bits, layer"):
        from_json({"kind": "bits", "noise": 3})
