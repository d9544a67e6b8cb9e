"""The mean of several networks."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training import Trainer, train
from model.training.checkpoint import Checkpoint
from model.training.soup import average, checked, mean_network
from tests.toy_data import patterns

TOY = patterns(300, 50)
SMALL = TrainingConfig(hidden_sizes=(8,), batch_size=32, epochs=2, validation_size=110)
NO_IMAGES = np.empty((0, 784))


def trained(config):
    *_, end = train(config, TOY)
    return Checkpoint.of(config, end, TOY, "finished")


def test_the_mean_of_three_networks_worked_by_hand():
    networks = [DigitClassifier(MLP((784, 10))) for _ in range(3)]
    for network, weight, bias in zip(networks, (1, 4, -2), (0, 0.5, 1), strict=True):
        network.mlp.layers[0].weights[:], network.mlp.layers[0].biases[:] = weight, bias
        network.temperature = 3.0
    mean = mean_network(networks, NO_IMAGES)
    assert (mean.mlp.layers[0].weights == 1).all()
    assert (mean.mlp.layers[0].biases == 0.5).all()
    assert mean.temperature == 1.0
    assert (networks[0].mlp.layers[0].weights == 1).all()
    assert (networks[1].mlp.layers[0].weights == 4).all()


def test_the_mean_is_validated_and_calibrated_as_after_a_training():
    one, other = trained(SMALL), trained(SMALL.changed(epochs=5, learning_rate=0.01))
    mean = average([("one", one), ("other", other)], TOY, [])
    parameters = (one.network.mlp.parameters + other.network.mlp.parameters) / 2
    np.testing.assert_allclose(mean.network.mlp.parameters, parameters, rtol=1e-6, atol=1e-7)
    trainer = Trainer(SMALL, TOY)
    accuracy = trainer.validate(mean.network)[1]
    found = average([("one", one), ("other", other)], TOY, [])
    assert found.network.checksum() == mean.network.checksum()
    assert mean.scores["validation_accuracy"] == accuracy
    assert repr(mean.scores["epochs"]) == "7"
    assert mean.scores["average_of"] == "one, other"
    assert mean.config == SMALL


def test_batch_normalization_gets_the_statistics_of_the_mean_network():
    one, other = (trained(SMALL.changed(batch_normalization=True, epochs=epochs)) for epochs in (1, 3))
    mean = average([("one", one), ("other", other)], TOY, []).network.mlp
    images = TOY.images[Trainer(SMALL, TOY).split.train_rows] / 255
    np.testing.assert_allclose(mean.running_mean, (images @ mean.layers[0].weights).mean(axis=0), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hidden_sizes": (9,)}, "the same layers; one is 784-8-10 relu, other is 784-9-10 relu"),
        ({"activation": "tanh"}, "other is 784-8-10 tanh"),
        ({"batch_normalization": True}, "other is 784-8-10 relu with batch normalization"),
        ({"seed": 3}, "the same images aside .*; seed is '0' in one, '3' in other"),
        ({"validation_size": 100}, "validation_size is '110.0' in one, '100.0' in other"),
    ],
)
def test_networks_that_do_not_go_together_are_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        checked([("one", trained(SMALL)), ("other", trained(SMALL.changed(**changes)))])


def test_one_alone_and_one_without_settings_are_refused():
    one = trained(SMALL)
    with pytest.raises(ValueError, match="two networks or more to average; got 1"):
        checked([("one", one)])
    with pytest.raises(ValueError, match="other: its file must tell the settings"):
        checked([("one", one), ("other", Checkpoint(one.network))])
