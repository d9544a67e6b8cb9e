"""What is set aside for validation is not learned from, images and drawings alike."""

from dataclasses import replace

import numpy as np
import pytest

from model.config import TrainingConfig
from model.ink import render
from model.training import Trainer, sample_rows
from model.training.random_streams import RandomStreams
from model.training.split import SAMPLE_SIZE, calibration_weights, make_split
from tests.toy_data import numbered, numbers, patterns

TOY = patterns(300)
SMALL = TrainingConfig(hidden_sizes=(12,), batch_size=32, epochs=2)


def divided(config, data=TOY, drawings=()):
    return make_split(config, data, drawings, RandomStreams.of(config.seed))


def test_the_validation_split_and_the_training_images_are_all_images_once():
    data = numbered(300)
    split = divided(SMALL.changed(validation_size=0.25, training_size=200), data)
    train, validation = numbers(data.images[split.train_rows]), numbers(split.validation.images)
    assert (len(train), len(validation)) == (150, 50)
    assert len({*train, *validation}) == 200
    np.testing.assert_array_equal(split.validation.labels, data.labels[validation])


def test_images_and_drawings_count_alike_where_there_are_enough_of_both():
    weights = calibration_weights(3000, 500)
    assert weights is not None
    assert weights[:3000].sum() == pytest.approx(weights[3000:].sum())
    assert len(set(weights[:3000])) == len(set(weights[3000:])) == 1
    assert calibration_weights(3000, 99) is calibration_weights(0, 500) is None


def test_a_drawing_that_was_cut_out_wrongly_is_not_learned_from(drawings):
    lying = replace(drawings[0], strokes=([[0, 0], [50, 2], [100, 0]],), label="1")
    split = divided(SMALL.changed(validation_size=0), drawings=[*drawings, lying])
    assert split.train_drawings == drawings


@pytest.mark.parametrize("validation_size", [0, 0.1, 0.9])
def test_the_sample_is_of_the_validation_split_if_there_is_one(validation_size):
    data = numbered(300)
    config = SMALL.changed(validation_size=validation_size)
    split = divided(config, data)
    rows = sample_rows(config, data)
    np.testing.assert_array_equal(split.sample_images, data.images[rows])
    np.testing.assert_array_equal(split.sample_labels, data.labels[rows])
    among = split.validation.images if validation_size else data.images[split.train_rows]
    np.testing.assert_array_equal(split.sample_images, among[:SAMPLE_SIZE])


@pytest.mark.parametrize(("validation_size", "writers"), [(0, 0), (0.1, 3), (0.5, 15), (60, 6)])
def test_the_same_share_of_the_writers_is_set_aside(validation_size, writers, drawings):
    config = SMALL.changed(validation_size=validation_size)
    images_alone = len(divided(config).validation.labels)
    split = divided(config, drawings=drawings)
    assert len(split.validation.labels) == images_alone + writers
    rendered = {render(drawing).tobytes(): int(drawing.label) for drawing in drawings}
    found = [rendered[image.tobytes()] for image in split.validation.images[images_alone:]]
    assert found == split.validation.labels[images_alone:].tolist()


def test_drawings_that_are_set_aside_are_not_learned_from(drawings):
    split = divided(SMALL.changed(validation_size=0.3), drawings=drawings)
    aside = split.validation.images[90:]
    assert (len(split.train_drawings), len(aside)) == (21, 9)
    learned = {render(drawing).tobytes() for drawing in split.train_drawings}
    assert not learned & {image.tobytes() for image in aside}


def test_accuracy_is_measured_on_the_drawings_too(drawings):
    trainer = Trainer(SMALL.changed(validation_size=0.5), TOY, drawings)
    _, accuracy = trainer.validate()
    logits = trainer.mlp.logits(trainer.split.validation.images)
    assert len(logits) == 165
    assert accuracy == np.mean(logits.argmax(axis=1) == trainer.split.validation.labels)
