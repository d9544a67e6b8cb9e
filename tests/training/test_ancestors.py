"""A run can learn from other networks: from teachers, and by starting with a trained network's parameters."""

from pathlib import Path

import numpy as np
import pytest

from model.config import TrainingConfig
from model.ink import InkMixture
from model.nn.classifier import DigitClassifier
from model.nn.distillation import soften
from model.training import Trainer, ancestors, fit, train
from model.training.ancestors import UNKNOWN, Ancestors, data_of
from model.training.checkpoint import Checkpoint
from model.training.resume import ResumeCheckpoint
from tests.nn.networks import random_network
from tests.toy_data import patterns

TOY = patterns(300, 50)
SMALL = TrainingConfig(hidden_sizes=(12, 8), batch_size=32, epochs=3, validation_size=110, augmentation="elastic")


@pytest.fixture
def saved(tmp_path):
    """Write networks, each by its settings and the seed of its random values, and return their paths."""

    def save(name, *, seed=0, scores=None, with_config=True, **settings):
        config = TrainingConfig(**{"hidden_sizes": (12, 8), **settings})
        mlp = random_network(
            config.sizes,
            config.activation,
            batch_normalization=config.batch_normalization,
            dtype=np.float32,
            seed=seed,
        )
        Checkpoint(DigitClassifier(mlp), config if with_config else None, scores or {}).save(tmp_path / name)
        return str(tmp_path / name)

    return save


def last(config, **options):
    *_, progress = train(config, TOY, **options)
    return progress


# -- A teacher ----------------------------------------------------------------------------------------------


def test_teachers_answer_the_very_images_that_the_network_gets(saved):
    paths = saved("a.safetensors", hidden_sizes=(5,)), saved("b.npz", seed=1, hidden_sizes=(6, 7))
    config = SMALL.changed(teacher=",".join(paths), teacher_temperature=3, teacher_weight=0.25)
    trainer = Trainer(config, TOY, prefetch_size=100)
    teachers = [one.mlp for one in trainer.ancestors.teachers]
    assert [one.sizes for one in teachers] == [(784, 5, 10), (784, 6, 7, 10)]
    trainer.batches.shuffle()
    while trainer.batches.left:
        batch = trainer.batches.take(32)
        assert (batch.soft.temperature, batch.soft.weight) == (3, 0.25)
        expected = soften([one.logits(batch.images) for one in teachers], 3)
        np.testing.assert_allclose(batch.soft.probabilities, expected, rtol=1e-4, atol=1e-6)


def test_without_a_teacher_nobody_answers():
    trainer = Trainer(SMALL, TOY)
    trainer.batches.shuffle()
    assert trainer.batches.take(32).soft is None


def test_a_network_becomes_like_its_teacher():
    data = patterns(600, 200)
    plain = SMALL.changed(hidden_sizes=(32,), augmentation="none", epochs=20)
    *_, end = train(plain, data)
    learned = Ancestors((end.network.copy(),))
    config = plain.changed(teacher="of this test", teacher_weight=1, seed=3)
    wrong = patterns(600, 200)
    wrong.labels[:] = (wrong.labels + 1) % 10  # what the teacher says is all that counts
    *_, student = train(config, wrong, ancestors=learned)
    answers = end.network.predict_proba(data.test_images).argmax(axis=1)
    assert student.network.accuracy(data.test_images, answers) > 0.9


def test_the_weight_and_the_temperature_matter_with_a_teacher_alone(saved):
    path = saved("teacher.safetensors")
    alone = last(SMALL).network.checksum()
    assert last(SMALL.changed(teacher_weight=0.5, teacher_temperature=5)).network.checksum() == alone
    taught = {
        last(SMALL.changed(teacher=path, teacher_weight=weight, teacher_temperature=temperature)).network.checksum()
        for weight, temperature in ((0.5, 2), (0.5, 5), (0.9, 2))
    }
    assert len(taught | {alone}) == 4


@pytest.mark.parametrize(
    "settings", [{}, {"background": True, "average_last": 2, "batch_normalization": True}], ids=str
)
def test_a_distilled_training_repeats_bit_for_bit_and_goes_on_after_an_interruption(saved, settings):
    path = saved("teacher.safetensors", background=settings.get("background", False))
    config, few = SMALL.changed(teacher=path, **settings), InkMixture(source_size=30)
    expected = last(config, mixture=few)
    assert last(config, mixture=few).network.checksum() == expected.network.checksum()
    for step in (6, 8):  # between two epochs, and within one
        at = next(progress for progress in train(config, TOY, mixture=few, report_every=1) if progress.step == step)
        resumed = last(config, mixture=few, start=at.snapshot())
        assert resumed.network.checksum() == expected.network.checksum()
        assert resumed.validation_loss == expected.validation_loss


@pytest.mark.parametrize(
    ("teacher", "student", "message"),
    [
        (
            {"background": True},
            {},
            r"^teacher must have 10 outputs, as many as this network; .*teacher.npz has 11: turn the reject class on",
        ),
        (
            {},
            {"background": True},
            r"^teacher must have 11 outputs, as many as this network; .*teacher.npz has 10: turn the reject class off",
        ),
    ],
)
def test_a_teacher_of_other_outputs_is_refused(saved, teacher, student, message):
    with pytest.raises(ValueError, match=message):
        Trainer(SMALL.changed(teacher=saved("teacher.npz", **teacher), **student), TOY)


# -- The network to start from ------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"batch_normalization": True}, {"background": True}], ids=str)
def test_a_run_starts_with_the_parameters_of_the_network_that_it_is_given(saved, settings):
    path = saved("start.safetensors", seed=4, **settings)
    config = SMALL.changed(start_from=path, seed=9, **settings)
    first = next(train(config, TOY, mixture=InkMixture(source_size=30)))
    given = random_network(config.sizes, batch_normalization=config.batch_normalization, dtype=np.float32, seed=4)
    np.testing.assert_array_equal(first.network.mlp.parameters, given.parameters)
    np.testing.assert_array_equal(first.network.mlp.running_statistics, given.running_statistics)


def test_it_then_learns_as_any_other_and_the_given_network_stays_as_it_is(saved):
    config = SMALL.changed(start_from=saved("start.safetensors"))
    trainer = Trainer(config, TOY)
    before = trainer.ancestors.start.checksum()
    *_, end = fit(trainer)
    assert end.network.checksum() != before == trainer.ancestors.start.checksum()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"hidden_sizes": (12, 9)}, "784-12-9-10 relu"),
        ({"hidden_sizes": (12,)}, "784-12-10 relu"),
        ({"activation": "tanh"}, "784-12-8-10 tanh"),
        ({"batch_normalization": True}, "784-12-8-10 relu with batch normalization"),
        ({"background": True}, "784-12-8-11 relu"),
    ],
)
def test_a_network_of_another_shape_is_refused(saved, given, told):
    path = saved("start.npz", **given)
    message = rf"^start_from must be a network of the same layers, 784-12-8-10 relu; .*start.npz is {told} \("
    with pytest.raises(ValueError, match=message):
        Trainer(SMALL.changed(start_from=path), TOY)


# -- Where they come from -----------------------------------------------------------------------------------


def test_a_network_that_comes_with_inkling_is_known_by_its_name():
    config = TrainingConfig(hidden_sizes=(64,), teacher="starter, wide-512", start_from="starter")
    found = Ancestors.by_name(config)
    assert [one.mlp.sizes for one in found.teachers] == [(784, 64, 10), (784, 512, 256, 10)]
    assert found.start.mlp.sizes == (784, 64, 10)
    assert found.data == ("mnist-5k", "mnist")
    assert found.checksums() == Ancestors.by_name_or_path(config).checksums()
    assert ancestors.problem(config) is None


@pytest.mark.parametrize("name", ["../weights/starter", "starter.safetensors", "weights/starter.safetensors", "nobody"])
@pytest.mark.parametrize("setting", ["teacher", "start_from"])
def test_no_name_leads_to_another_file(setting, name, saved):
    path = saved("mine.safetensors")
    for given in (name, path):
        config = TrainingConfig(hidden_sizes=(64,), **{setting: given})
        with pytest.raises(
            ValueError, match=f"^{setting}: .* is not among the networks that come with Inkling: champion"
        ):
            Ancestors.by_name(config)
        assert "is not among the networks" in ancestors.problem(config)


@pytest.mark.parametrize("setting", ["teacher", "start_from"])
def test_a_file_that_is_missing_or_no_network_is_told_of(setting, tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nothing")
    for path, message in ((tmp_path / "none.npz", "there is no such file"), (damaged, "damaged.safetensors")):
        with pytest.raises(ValueError, match=f"^{setting}: .*{message}"):
            Ancestors.by_name_or_path(SMALL.changed(**{setting: str(path)}))


def test_other_networks_of_the_same_names_are_another_run(saved):
    config = SMALL.changed(teacher=saved("teacher.safetensors", seed=0))
    places = [ResumeCheckpoint(config, TOY, (), Ancestors.by_name_or_path(config).checksums()).path]
    saved("teacher.safetensors", seed=1)
    places.append(ResumeCheckpoint(config, TOY, (), Ancestors.by_name_or_path(config).checksums()).path)
    assert len({*places, ResumeCheckpoint(config, TOY).path}) == 3


# -- What they have seen ------------------------------------------------------------------------------------


def test_what_its_ancestors_have_seen_a_network_has_seen(saved):
    first = saved("first.safetensors", data="mnist", ink="a.jsonl,b.jsonl")
    second = SMALL.changed(start_from=first, data="mnist-5k")
    made = Checkpoint.of(second, last(second), TOY, "finished")
    assert made.scores["ancestors_trained_on"] == "mnist,a.jsonl,b.jsonl"
    assert data_of(made) == ("mnist-5k", "mnist", "a.jsonl", "b.jsonl")
    path = first.replace("first", "second")
    made.save(Path(path))
    third = SMALL.changed(teacher=path, data="mine.csv")
    assert Ancestors.by_name_or_path(third).data == ("mnist-5k", "mnist", "a.jsonl", "b.jsonl")


def test_what_is_not_known_is_told_from_what_is(saved):
    path = saved("of-unknown-origin.npz", with_config=False)
    config = SMALL.changed(teacher=path)
    assert Ancestors.by_name_or_path(config).data == (UNKNOWN,)
    network = DigitClassifier(random_network(config.sizes, dtype=np.float32))
    assert data_of(Checkpoint(network, config)) == ("mnist-5k", UNKNOWN)  # its scores are not there yet
    assert data_of(Checkpoint(network, config.changed(teacher="champion"))) == ("mnist-5k", "mnist")
    assert data_of(Checkpoint(network, SMALL)) == ("mnist-5k",)
