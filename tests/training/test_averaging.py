"""Weight averaging ends a run with the mean of the parameters after each of its last steps."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import Trainer, fit, train
from model.training.averaging import WeightAverage, measure_statistics
from model.training.threads import limited
from tests.nn.networks import random_network
from tests.toy_data import patterns

TOY = patterns(300, 50)
SMALL = TrainingConfig(hidden_sizes=(12, 8), batch_size=32, epochs=4, validation_size=110)  # 6 steps an epoch
NO_IMAGES = np.empty((0, 784))


def steps_of(config):
    """The parameters after each step of a run that averages nothing, (steps, parameters)."""
    run = train(config.changed(average_last=0), TOY, report_every=1)
    return np.array([progress.network.mlp.parameters.copy() for progress in run if progress.step])


def test_the_mean_of_two_steps_worked_by_hand():
    network = DigitClassifier(MLP((784, 10)))
    average = WeightAverage(network, 1)
    for weight, bias in ((1, -2), (4, 0)):
        network.mlp.layers[0].weights[:], network.mlp.layers[0].biases[:] = weight, bias
        average.add(network.mlp)
    mean = average.update(NO_IMAGES).mlp
    assert (mean.layers[0].weights == 2.5).all()
    assert (mean.layers[0].biases == -1).all()
    assert (network.mlp.layers[0].weights == 4).all()


@pytest.mark.parametrize(("last", "steps"), [(1, 6), (3, 18), (4, 24), (100, 24)])
def test_a_run_ends_with_the_mean_of_its_last_epochs(last, steps):
    *_, end = train(SMALL.changed(average_last=last), TOY)
    np.testing.assert_allclose(end.network.mlp.parameters, steps_of(SMALL)[-steps:].mean(axis=0), rtol=1e-5, atol=1e-7)


def test_until_the_end_the_network_learns_on_and_the_mean_is_what_is_validated():
    trainer = Trainer(SMALL.changed(average_last=2), TOY)
    expected = steps_of(SMALL)
    for progress in fit(trainer, report_every=1):
        if progress.status == "running" and progress.step:
            np.testing.assert_array_equal(progress.network.mlp.parameters, expected[progress.step - 1])
        if progress.epoch_ended and progress.epoch == 3:
            assert not np.array_equal(trainer.average.network.mlp.parameters, progress.network.mlp.parameters)
            assert (progress.validation_loss, progress.validation_accuracy) == trainer.validate(trainer.average.network)
    with limited(1):
        assert trainer.validation == trainer.validate()
    assert trainer.network.temperature == trainer.average.network.temperature


def test_batch_normalization_gets_the_statistics_of_the_mean_network():
    trainer = Trainer(SMALL.changed(batch_normalization=True, average_last=3), TOY)
    *_, end = fit(trainer)
    mean, images = end.network.mlp, TOY.images[trainer.split.train_rows] / 255
    hidden = images @ mean.layers[0].weights
    np.testing.assert_allclose(mean.running_mean[:12], hidden.mean(axis=0), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(mean.running_var[:12], hidden.var(axis=0), rtol=1e-3)


def test_those_statistics_are_of_augmented_images_and_change_nothing_else():
    config = SMALL.changed(batch_normalization=True, augmentation="affine")
    plain, averaged = Trainer(config, TOY), Trainer(config.changed(average_last=3), TOY)
    for each in (plain, averaged):
        while each.step < 18:
            each.advance(6)
    assert plain.network.checksum() != averaged.average.network.checksum()
    np.testing.assert_array_equal(plain.mlp.parameters, averaged.mlp.parameters)
    images = TOY.images[averaged.split.train_rows] / 255
    variance = (images @ averaged.average.network.mlp.layers[0].weights).var(axis=0)
    assert not np.allclose(averaged.average.network.mlp.running_var[:12], variance, rtol=0.01)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_statistics_are_those_of_each_layer_after_the_ones_below(activation):
    mlp, images = (
        random_network((5, 4, 3, 10), activation, batch_normalization=True),
        np.random.default_rng(0).random((50, 5)),
    )
    twin = mlp.copy()
    measure_statistics(mlp, images)
    x = images
    function = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[activation]
    for layer, units in ((0, slice(0, 4)), (1, slice(4, 7))):
        z = x @ twin.layers[layer].weights
        np.testing.assert_allclose(mlp.running_mean[units], z.mean(axis=0))
        np.testing.assert_allclose(mlp.running_var[units], z.var(axis=0))
        normalized = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5)
        x = function(normalized * twin.layers[layer].gamma + twin.layers[layer].biases)
    np.testing.assert_array_equal(mlp.parameters, twin.parameters)


def test_a_run_that_is_ended_early_has_the_mean_so_far():
    trainer, expected = Trainer(SMALL.changed(average_last=2), TOY), steps_of(SMALL)
    while trainer.step < 15:
        trainer.advance(1)
    trainer.finish()
    np.testing.assert_allclose(trainer.mlp.parameters, expected[12:15].mean(axis=0), rtol=1e-5, atol=1e-7)


def test_a_run_that_is_ended_before_the_last_epochs_stays_as_it_is():
    trainer, expected = Trainer(SMALL.changed(average_last=2), TOY), steps_of(SMALL)
    while trainer.step < 12:
        trainer.advance(1)
    trainer.finish()
    np.testing.assert_array_equal(trainer.mlp.parameters, expected[11])


def test_early_stopping_chooses_between_mean_networks_too():
    config = SMALL.changed(average_last=3, early_stopping=50)
    trainer = Trainer(config, TOY)
    *_, end = fit(trainer)
    assert end.validation_accuracy == trainer.early_stopping.best_score[0]
    assert end.network.checksum() == trainer.early_stopping.best.checksum()


def test_a_fork_averages_its_own_steps_alone():
    parent = Trainer(SMALL.changed(average_last=2), TOY)
    *_, _ = fit(parent)
    fork = Trainer(SMALL.changed(average_last=2, epochs=5), TOY)
    fork.fork(parent.snapshot())
    assert fork.average.steps == 0
    while fork.status == "running":
        fork.advance(6)
    assert fork.average.steps == 6


def test_divergence_forgets_the_mean():
    trainer = Trainer(SMALL.changed(average_last=4), TOY)
    trainer.advance(6)
    trainer.mlp.parameters[:] = np.finfo(np.float32).max
    with np.errstate(all="ignore"):
        trainer.advance(6)
    assert (trainer.status, trainer.average.steps) == ("diverged", 0)
    assert np.isfinite(trainer.mlp.parameters).all()
