import numpy as np
import pytest

from model.checkpoint import DEFAULT_WEIGHTS
from model.presets import PRESETS, preset
from model.training import train

PUBLISHED = {
    "full-batch": (1, "relu", 200),
    "mini-batch": (1, "relu", None),
    "deep-64": (2, "relu", 1000),
    "tanh-10": (1, "tanh", 100),
    "wide-512": (2, "relu", 1000),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_recipes_are_as_they_were_published(name):
    hidden_layers, activation, epochs = PUBLISHED[name]
    config = PRESETS[name].config
    assert len(config.hidden_sizes) == hidden_layers
    assert config.activation == activation
    assert epochs is None or config.epochs == epochs
    assert config.data == "mnist"


def test_details_are_as_they_were_published():
    assert PRESETS["mini-batch"].config.hidden_sizes == PRESETS["tanh-10"].config.hidden_sizes == (10,)
    assert PRESETS["wide-512"].config.hidden_sizes == (512, 256)
    for name in ("full-batch", "wide-512"):
        assert (PRESETS[name].config.batch_size, PRESETS[name].config.optimizer) == (0, "sgd")
    deep = PRESETS["deep-64"].config
    assert (deep.hidden_sizes, deep.learning_rate, deep.batch_size) == ((64, 64), 0.1, 64)
    assert (deep.initialization, deep.initial_std) == ("normal", 0.01)
    assert (deep.training_size, deep.validation_size) == (42_000, 1000)


def test_full_batch_begins_with_the_published_cost(mnist_5k):
    run = train(preset("full-batch").config.changed(data="mnist-5k"), mnist_5k)
    next(run)
    assert next(run).cost_per_output == pytest.approx(0.230267, abs=2e-4)


@pytest.mark.parametrize("name", PRESETS)
def test_every_recipe_fits_the_embedded_data(name, mnist_5k):
    run = train(preset(name).config.changed(data="mnist-5k"), mnist_5k, report_every=1)
    next(run)
    assert np.isfinite(next(run).loss)
    run.close()


def test_every_recipe_explains_itself():
    for recipe in PRESETS.values():
        assert recipe.summary.endswith(".")
        assert recipe.published.endswith(".")


def test_the_network_to_draw_with_is_a_recipe_of_its_own():
    assert DEFAULT_WEIGHTS.stem in PRESETS


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ValueError, match=r"preset must be one of full-batch, .*, reader; got 'best'"):
        preset("best")
