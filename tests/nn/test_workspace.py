import numpy as np

from model.nn.mlp import MLP
from model.nn.workspace import Workspace


def test_arrays_have_a_row_for_each_image_and_a_column_for_each_unit():
    workspace = Workspace(MLP((784, 30, 20, 10), batch_normalization=True), 7)
    assert workspace.rows == 7
    assert [z.shape for z in workspace.pre_activations] == [(7, 30), (7, 20), (7, 10)]
    assert [delta.shape for delta in workspace.deltas] == [(7, 30), (7, 20), (7, 10)]
    assert [a.shape for a in workspace.activations] == [(7, 30), (7, 20)]
    assert [u.shape for u in workspace.normalized] == [(7, 30), (7, 20)]
    assert Workspace(MLP((784, 30, 10)), 7).normalized == []


def test_the_gradient_is_laid_out_like_the_parameters():
    mlp = MLP((784, 5, 10), dtype=np.float64)
    workspace = Workspace(mlp, 3)
    assert workspace.gradient.shape == mlp.parameters.shape
    assert workspace.gradient.dtype == np.float64
    assert all(np.shares_memory(layer.weights, workspace.gradient) for layer in workspace.gradients)
