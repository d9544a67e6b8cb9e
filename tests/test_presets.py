import numpy as np
import pytest

from model.presets import PRESETS, PublishedFigure, at_least, preset, within
from model.training import train
from model.training.checkpoint import DEFAULT_WEIGHTS

PUBLISHED = {
    "full-batch": (1, "relu", 200),
    "mini-batch": (1, "relu", None),
    "deep-64": (2, "relu", 1000),
    "tanh-10": (1, "tanh", 100),
    "wide-512": (2, "relu", 1000),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_presets_are_as_they_were_published(name):
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
def test_every_preset_fits_the_embedded_data(name, mnist_5k):
    run = train(preset(name).config.changed(data="mnist-5k"), mnist_5k, report_every=1)
    next(run)
    assert np.isfinite(next(run).loss)
    run.close()


def test_every_preset_explains_itself():
    for entry in PRESETS.values():
        assert entry.summary.endswith(".")
        assert entry.published.endswith(".")
        assert entry.sentence.count("{}") == len(entry.figures)


def test_sentences_tell_the_figures():
    assert PRESETS["full-batch"].published == (
        "Accuracy 9.28 % at iteration 0, 31.83 % at 20, 67.94 % at 40, 81.13 % at 60, 86.86 % at 100, 89.13 % at 150, "
        "90.01 % at 200; cost 0.230267 at first and 0.035363 in the end, averaged over the ten outputs of each image."
    )
    assert PRESETS["mini-batch"].published == "Accuracy 92.70 %, precision 92.76 %, recall 92.70 %, F1 92.69 %."
    assert PRESETS["deep-64"].published == (
        "Validation accuracy 79.9 % after the first epoch, 97.7 % in the end, after 14 min 42 s."
    )
    assert PRESETS["tanh-10"].published == "Test accuracy 92.2 % after 100 epochs."


def bands(name):
    return {
        (figure.measure, figure.epoch): (figure.lowest, figure.highest)
        for figure in PRESETS[name].figures
        if figure.holds(0.0) is not None
    }


def test_bands_are_as_wide_as_they_are_said_to_be():
    full = bands("full-batch")
    assert full.keys() == {*(("accuracy", at) for at in (100, 150, 200)), *(("cost_per_output", at) for at in (0, 200))}
    assert full["accuracy", 100] == pytest.approx((0.8536, 0.8836))
    assert full["accuracy", 150] == pytest.approx((0.8763, 0.9063))
    assert full["accuracy", 200] == pytest.approx((0.8901, 0.9101))
    assert full["cost_per_output", 0] == pytest.approx((0.230267 * 0.9, 0.230267 * 1.1))
    assert full["cost_per_output", 200] == pytest.approx((0.035363 * 0.9, 0.035363 * 1.1))
    published = {"test_accuracy": 0.9270, "precision": 0.9276, "recall": 0.9270, "f1": 0.9269}
    assert bands("mini-batch") == {(measure, None): (value, None) for measure, value in published.items()}
    assert bands("tanh-10") == {("test_accuracy", None): (0.922, None)}
    deep = bands("deep-64")
    assert deep.keys() == {("validation_accuracy", 1), ("best_validation_accuracy", None)}
    assert deep["validation_accuracy", 1] == pytest.approx((0.759, 0.839))
    # An accuracy's standard error on 1,000 images, by the binomial distribution; two of them, rounded to a point.
    lowest, highest = deep["best_validation_accuracy", None]
    assert lowest == pytest.approx(0.977 - round(2 * (0.977 * 0.023 / 1000) ** 0.5, 2))
    assert highest is None
    assert bands("wide-512") == {}


@pytest.mark.parametrize(
    ("figure", "reached", "holds"),
    [
        (within("accuracy", 0.5, 0.25), 0.25, True),
        (within("accuracy", 0.5, 0.25), 0.75, True),
        (within("accuracy", 0.5, 0.25), 0.76, False),
        (within("accuracy", 0.5, 0.25), 0.24, False),
        (at_least("accuracy", 0.5), 0.5, True),
        (at_least("accuracy", 0.5), 1.0, True),
        (at_least("accuracy", 0.5), 0.49, False),
        (at_least("accuracy", 0.5), None, False),
        (PublishedFigure("accuracy", 0.5), 0.1, None),
        (PublishedFigure("accuracy", 0.5), None, None),
    ],
)
def test_a_band_has_its_borders(figure, reached, holds):
    assert figure.holds(reached) is holds


def test_the_quicker_way_trains_the_same_network():
    wide = PRESETS["wide-512"]
    assert wide.mini_batches
    assert wide.mini_batches.sizes == wide.config.sizes
    assert (wide.mini_batches.optimizer, wide.mini_batches.learning_rate) == ("sgd", 0.1)
    assert 64 <= wide.mini_batches.batch_size <= 128


def test_the_network_to_draw_with_is_a_preset_of_its_own():
    assert DEFAULT_WEIGHTS.stem in PRESETS


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match=f"preset must be one of {', '.join(PRESETS)}; got 'best'"):
        preset("best")
