"""Early stopping keeps the network that validated best."""

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.early_stopping import EarlyStopping


def after_epochs(scores, patience=2):
    """Early stopping after epochs of these losses and accuracies; each network's temperature is its epoch."""
    network = DigitClassifier(MLP((784, 10)))
    early_stopping = EarlyStopping(network, patience)
    for epoch, (loss, accuracy) in enumerate(scores, 1):
        network.temperature = epoch
        early_stopping.update(network, epoch, loss, accuracy)
    return early_stopping


def test_the_best_accuracy_is_kept_and_of_equal_ones_that_with_the_lower_loss():
    assert after_epochs([(0.5, 0.8), (0.4, 0.9), (0.6, 0.85)]).best.temperature == 2
    assert after_epochs([(0.5, 0.9), (0.4, 0.9), (0.4, 0.9)]).best.temperature == 2


def test_it_stops_after_as_many_epochs_as_its_patience():
    early_stopping = after_epochs([(0.5, 0.9), (0.5, 0.8)])
    assert [early_stopping.should_stop(epoch) for epoch in (1, 2, 3, 4)] == [False, False, True, True]
    assert "in 2 epochs" in early_stopping.message
    assert "the network of epoch 1" in early_stopping.message


def test_without_patience_it_never_stops():
    assert not after_epochs([(0.5, 0.9)], patience=0).should_stop(1000)
