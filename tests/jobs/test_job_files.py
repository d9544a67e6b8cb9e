"""The files of a run: written by the worker, read by the app at any time."""

import numpy as np
import pytest

from model.jobs.job_files import JobFiles
from model.jobs.protocol import SnapshotRef
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP


@pytest.fixture
def files(tmp_path):
    return JobFiles(tmp_path)


def blank(sizes=(784, 12, 5, 11)):
    return DigitClassifier(MLP(sizes, "relu", batch_normalization=True))


@pytest.fixture
def network():
    network, rng = blank(), np.random.default_rng(1)
    for values in (network.mlp.parameters, network.mlp.running_statistics):
        values[...] = rng.normal(size=values.shape)
    network.temperature, network.reject_bias = 1 / 3, -0.1
    return network


def test_a_network_is_read_as_it_was_written_to_the_last_bit(files, network):
    files.write_network(network)
    read = blank()
    files.read_network(read)
    np.testing.assert_array_equal(read.mlp.parameters, network.mlp.parameters)
    np.testing.assert_array_equal(read.mlp.running_statistics, network.mlp.running_statistics)
    assert (read.temperature, read.reject_bias) == (network.temperature, network.reject_bias)


def test_the_first_layer_is_read_alone(files, network):
    files.write_network(network)
    np.testing.assert_array_equal(files.read_first_layer(784, 12), network.mlp.layers[0].weights)


def test_before_the_first_write_a_network_is_zeros(files):
    network = blank()
    files.read_network(network)
    assert not any(layer.weights.any() for layer in network.mlp.layers)
    assert not files.read_first_layer(784, 12).any()


def test_a_later_write_replaces_the_file(files, network):
    files.write_network(network)
    network.mlp.parameters += 1
    files.write_network(network)
    np.testing.assert_array_equal(files.read_first_layer(784, 12), network.mlp.layers[0].weights)
    assert [path.name for path in files.folder.iterdir()] == [files.network_file.name]


def test_a_file_that_is_locked_for_a_moment_is_replaced_all_the_same(files, network, monkeypatch):
    """As Windows does it while somebody reads the file."""
    replace, refused = type(files.network_file).replace, []

    def replace_later(path, target):
        if len(refused) < 3:
            refused.append(path)
            raise PermissionError(13, "in use")
        return replace(path, target)

    monkeypatch.setattr(type(files.network_file), "replace", replace_later)
    files.write_network(network)
    assert len(refused) == 3
    np.testing.assert_array_equal(files.read_first_layer(784, 12), network.mlp.layers[0].weights)


def test_a_snapshot_that_is_gone_says_so(files):
    with pytest.raises(ValueError, match=r"the snapshot of epoch 1\.5 is no longer kept; choose another"):
        files.read_network_at(SnapshotRef(1.5, 18, "18.npz"), blank())
