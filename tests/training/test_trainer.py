import math
import time
import warnings

import numpy as np
import pytest
from scipy import special
from threadpoolctl import threadpool_info

from model.config import TrainingConfig
from model.ink import InkMixture, stroke_batch
from model.ink.scribbles import scribbles
from model.nn.activations import ACTIVATIONS
from model.nn.calibration import TARGET_ACCEPT_RATE
from model.nn.mlp import MLP
from model.nn.optimizers import OPTIMIZERS
from model.nn.schedules import SCHEDULES
from model.training import Change, Trainer, train
from model.training import batches as batches_module
from tests.figures import report
from tests.toy_data import numbered, numbers, patterns

TOY = patterns(300)
SMALL = TrainingConfig(hidden_sizes=(12,), batch_size=32, epochs=2)
FEW = InkMixture(source_size=60)  # made in no time


def last(run):
    *_, progress = run
    return progress


@pytest.fixture
def batches(monkeypatch):
    """The images and labels of every step, and the parameters that it began with."""
    seen = []
    backward = MLP.backward

    def spy(mlp, images, targets, *rest, **settings):
        seen.append((images.copy(), targets.argmax(axis=1), mlp.parameters.copy()))
        return backward(mlp, images, targets, *rest, **settings)

    monkeypatch.setattr(MLP, "backward", spy)
    return seen


# --------------------------------------------------------------------------------------------- what is learned


def test_each_step_follows_the_mean_gradient_of_its_own_batch(batches):
    config = TrainingConfig(hidden_sizes=(), optimizer="sgd", learning_rate=0.3, batch_size=64, validation_size=0)
    final = last(train(config.changed(epochs=1), TOY))
    assert [len(labels) for _, labels, _ in batches] == [64, 64, 64, 64, 44]
    after = [parameters for _, _, parameters in batches[1:]] + [final.network.mlp.parameters]
    for (images, labels, before), parameters in zip(batches, after, strict=True):
        weights, biases = np.split(before.astype(np.float64), [7840])
        images = images.astype(np.float64)
        errors = special.softmax(images @ weights.reshape(784, 10) + biases, axis=1) - np.eye(10)[labels]
        gradient = np.concatenate(((images.T @ errors).ravel(), errors.sum(axis=0))) / len(labels)
        np.testing.assert_allclose(parameters - before, -0.3 * gradient, rtol=1e-3, atol=1e-6)


def test_mnist_5k_is_learned_in_few_epochs(mnist_5k):
    progress = last(train(TrainingConfig(epochs=8), mnist_5k))
    assert progress.status == "finished"
    assert progress.network.accuracy(mnist_5k.test_images, mnist_5k.test_labels) > 0.9
    assert progress.validation_accuracy > 0.9


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(optimizer, mnist_5k):
    rate = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02}.get(optimizer, 0.002)
    config = TrainingConfig(hidden_sizes=(32,), optimizer=optimizer, learning_rate=rate, epochs=4)
    assert last(train(config, mnist_5k)).validation_accuracy > 0.85


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden_sizes", [(12,), (12, 12, 12)], ids=str)
def test_every_activation_learns(activation, hidden_sizes):
    config = SMALL.changed(activation=activation, hidden_sizes=hidden_sizes, batch_normalization=True, epochs=12)
    assert last(train(config.changed(learning_rate=0.01), TOY)).validation_accuracy > 0.9


def test_regularized_and_augmented_training_learns_too(mnist_5k):
    config = TrainingConfig(
        hidden_sizes=(64,), dropout=0.2, label_smoothing=0.1, clip_norm=1, weight_decay=0.01, optimizer="adamw",
        augmentation="elastic", schedule="one_cycle", learning_rate=0.005, epochs=4,
    )  # fmt: skip
    progress = last(train(config, mnist_5k))
    assert progress.validation_accuracy > 0.85
    assert progress.validation_accuracy > progress.epoch_accuracy  # which is measured with all that at work


def test_decay_shrinks_weights_and_leaves_biases_alone():
    # On blank paper the first layer's weights have no gradient: only decay moves them.
    blank = numbered(64)
    blank.images[:] = 0
    config = SMALL.changed(optimizer="adamw", learning_rate=0.01, weight_decay=0.5, validation_size=0, epochs=1)
    run = train(config, blank)
    first = next(run).network.mlp.layers[0].weights.copy()
    network = last(run).network
    np.testing.assert_allclose(network.mlp.layers[0].weights, first * (1 - 0.01 * 0.5) ** 2, rtol=1e-5)


def test_clipping_bounds_each_step(batches):
    config = SMALL.changed(optimizer="sgd", learning_rate=1, clip_norm=0.01)
    last(train(config, TOY))
    steps = np.diff([parameters for _, _, parameters in batches], axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 0.01, rtol=1e-3)


# ------------------------------------------------------------------------------------------------------ batches


@pytest.mark.parametrize("batch_size", [1, 16, 100, 0])
def test_an_epoch_shows_every_image_once_in_a_new_order(batch_size, batches):
    config = SMALL.changed(batch_size=batch_size, epochs=3, validation_size=20, hidden_sizes=(3,))
    run = train(config, numbered(120))
    assert last(run).status == "finished"
    shown = [number for images, _, _ in batches for number in numbers(images)]
    epochs = [shown[:100], shown[100:200], shown[200:]]
    assert len({tuple(epoch) for epoch in epochs}) == 3
    for epoch in epochs:
        assert sorted(epoch) == sorted(epochs[0])
        assert len(set(epoch)) == 100
    # Labels come along with their images.
    data = numbered(120)
    for images, labels, _ in batches:
        np.testing.assert_array_equal(data.labels[numbers(images)], labels)
    assert len(batches) == 3 * math.ceil(100 / (batch_size or 100))


def test_validation_images_are_measured_and_never_learned(batches, monkeypatch):
    measured = []
    read = MLP.logits
    monkeypatch.setattr(MLP, "logits", lambda self, images: measured.extend(numbers(images)) or read(self, images))
    last(train(SMALL.changed(validation_size=0.25, training_size=200), numbered(300)))
    learned = {number for images, _, _ in batches for number in numbers(images)}
    assert len(learned) == 150
    assert len(set(measured)) == 50
    assert not learned & set(measured)


def test_the_test_part_is_never_looked_at():
    class Sealed:
        name, images, labels = TOY.name, TOY.images, TOY.labels

        @property
        def test_images(self):
            raise AssertionError("the test part was looked at")

        test_labels = test_images

    config = SMALL.changed(early_stopping=1, augmentation="affine")
    assert last(train(config, Sealed())).status in ("finished", "stopped early")


# ------------------------------------------------------------------------------------------------ learning rate


def rates(**settings):
    """The learning rate of every step: 10 a epoch."""
    config = SMALL.changed(validation_size=0, batch_size=30, **settings)
    return [progress.learning_rate for progress in train(config, TOY, report_every=1) if progress.step]


def test_a_constant_rate_stays():
    assert set(rates(learning_rate=0.02)) == {0.02}


def test_step_lowers_the_rate_after_so_many_epochs():
    found = rates(schedule="step", step_epochs=2, step_factor=0.1, learning_rate=1.0, epochs=5)
    np.testing.assert_allclose(found, [1] * 20 + [0.1] * 20 + [0.01] * 10)


def test_cosine_falls_from_the_whole_rate_to_nearly_nothing():
    found = rates(schedule="cosine", learning_rate=0.5, epochs=4)
    np.testing.assert_allclose(found, [0.25 * (1 + math.cos(math.pi * step / 40)) for step in range(40)])
    assert (found[0], found[20]) == (0.5, pytest.approx(0.25))


def test_one_cycle_warms_up_and_cools_down():
    found = rates(schedule="one_cycle", warmup=0.25, learning_rate=0.1, epochs=4)
    assert found[0] == pytest.approx(0.1 / 25)
    assert np.argmax(found) == 10
    assert found[10] == pytest.approx(0.1)
    np.testing.assert_allclose(np.diff(found[:11]), 0.1 * 0.96 / 10)
    assert (np.diff(found[10:]) < 0).all()
    assert found[-1] < 0.001


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_keep_within_the_given_rate(schedule):
    for warmup in (0.0, 0.3, 0.9):
        config = TrainingConfig(schedule=schedule, warmup=warmup)
        factors = [SCHEDULES[schedule](config, done) for done in np.linspace(0, 1, 101)]
        assert min(factors) >= 0
        assert max(factors) <= 1
        assert max(factors) > 0.99


# ---------------------------------------------------------------------------------------------------- stopping


def test_early_stopping_keeps_the_best():
    # Random labels: what is learned by heart is no use, and validation soon stops improving.
    data = patterns(200, noise=0)
    data.labels[:] = np.random.default_rng(3).integers(0, 10, 200)
    data.images[:] = np.random.default_rng(4).integers(0, 256, data.images.shape)
    config = SMALL.changed(epochs=60, early_stopping=4, validation_size=50, learning_rate=0.003)
    reports = [(report.epoch, report.validation_accuracy, -report.validation_loss, report.network.checksum())
               for report in train(config, data) if report.epoch_ended]  # fmt: skip
    progress = last(train(config, data))
    assert progress.status == "stopped early"
    # The last report is of the network that is kept; the epoch before it ended unreported.
    measured = reports[:-1]
    best = max(measured, key=lambda report: report[1:3])
    assert progress.epoch == best[0] + 4
    assert progress.network.checksum() == best[3]
    assert (progress.validation_accuracy, -progress.validation_loss) == best[1:3]
    assert f"keeping the network of epoch {best[0]}" in progress.message


def test_early_stopping_gives_the_best_at_the_regular_end_too():
    config = SMALL.changed(epochs=6, early_stopping=50, learning_rate=0.05)
    reports = [report for report in train(config, TOY) if report.epoch_ended]
    assert reports[-1].status == "finished"
    assert reports[-1].validation_accuracy == max(report.validation_accuracy for report in reports)


@pytest.mark.parametrize("batch_normalization", [False, True])
@pytest.mark.parametrize("hidden_sizes", [(30, 30), (30, 30, 30, 30)], ids=str)
def test_divergence_stops_with_advice_and_keeps_sound_parameters(hidden_sizes, batch_normalization):
    config = SMALL.changed(
        hidden_sizes=hidden_sizes, optimizer="nesterov", momentum=0.99, learning_rate=10, initialization="normal",
        initial_std=10, epochs=200, batch_normalization=batch_normalization, weight_decay=1,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        progress = last(train(config, TOY))
    assert progress.status == "diverged"
    assert "Try a smaller learning rate than 10 (say 1)" in progress.message
    assert np.isfinite(progress.network.mlp.parameters).all()
    assert np.isfinite(progress.network.mlp.running_statistics).all()
    assert np.isfinite(progress.network.predict_proba(TOY.images)).all()
    assert progress.validation_accuracy is not None
    assert progress.step < 200 * 9


def test_a_divergence_is_named_by_its_step_however_rare_the_reports():
    config = SMALL.changed(optimizer="sgd", learning_rate=10, initialization="normal", initial_std=10, epochs=30)
    config = config.changed(hidden_sizes=(30,) * 3, validation_size=0)
    found = [last(train(config, TOY, report_every=every)) for every in (1, 4, 1000)]
    assert [progress.status for progress in found] == ["diverged"] * 3
    assert len({progress.step for progress in found}) == 1
    assert len({progress.message for progress in found}) == 1
    assert found[0].step > 0
    report("a run that diverges is stopped, however rare its reports, at step", found[0].step, "")


def test_what_diverges_in_its_very_last_step_is_noticed():
    config = SMALL.changed(optimizer="sgd", learning_rate=10, initialization="normal", initial_std=10, batch_size=0)
    data = patterns(40)
    found = [last(train(config.changed(epochs=epochs, hidden_sizes=(30,) * 5), data)) for epochs in (1, 2, 3, 4)]
    assert "diverged" in {progress.status for progress in found}
    assert all(np.isfinite(progress.network.mlp.parameters).all() for progress in found)


# ------------------------------------------------------------------------------------------------ reproducible


RICH = SMALL.changed(dropout=0.2, augmentation="elastic", batch_normalization=True, schedule="cosine", epochs=2)


def test_the_same_config_gives_the_same_network_bit_for_bit():
    first = last(train(RICH, TOY)).network.checksum()
    assert last(train(RICH, TOY)).network.checksum() == first
    assert last(train(RICH, TOY, report_every=1)).network.checksum() == first
    assert last(train(RICH.changed(seed=1), TOY)).network.checksum() != first


@pytest.mark.parametrize("batch_size", [0, 64])
def test_wide_networks_are_reproducible_on_several_threads(batch_size, mnist_5k):
    config = TrainingConfig(hidden_sizes=(256,), batch_size=batch_size, epochs=1, training_size=1000)
    first, second = (last(train(config, mnist_5k, threads=2)) for _ in range(2))
    assert first.threads == "2"
    assert first.network.checksum() == second.network.checksum()


def test_one_setting_leaves_the_random_numbers_of_the_others_alone(batches):
    for change in ({}, {"dropout": 0.5}, {"augmentation": "affine"}, {"activation": "tanh"}):
        last(train(SMALL.changed(epochs=1, validation_size=30, **change), numbered(150)))
    runs = [batches[start : start + 4] for start in range(0, 16, 4)]
    for run in runs[1:]:
        np.testing.assert_array_equal(run[0][2], runs[0][0][2])  # the first parameters
        for (_, labels, _), (_, expected, _) in zip(run, runs[0], strict=True):
            np.testing.assert_array_equal(labels, expected)


def test_a_training_leaves_the_process_as_it_was():
    threads, errors = [library["num_threads"] for library in threadpool_info()], np.geterr()
    run = train(SMALL, TOY)
    next(run)
    assert np.geterr() == errors
    run.close()
    assert [library["num_threads"] for library in threadpool_info()] == threads


# --------------------------------------------------------------------------------------- ink, and what is no digit


def test_what_is_no_digit_is_told_from_digits(mnist_5k, drawings):
    config = TrainingConfig(hidden_sizes=(64,), background=True, training_size=2000, epochs=3, learning_rate=0.003)
    progress = last(train(config, mnist_5k, ink=drawings, mixture=InkMixture(source_size=400)))
    network = progress.network
    assert network.mlp.sizes == (784, 64, 11)
    assert progress.validation_accuracy > 0.85
    others = scribbles(300, np.random.default_rng(99))  # none that it has learned from
    scribbled = network.predict(stroke_batch.rasterize(stroke_batch.StrokeBatch.of(others, np.zeros(300)))).is_digit
    digits = network.predict(mnist_5k.test_images).is_digit
    assert np.mean(digits > 0.5) > 0.9
    assert np.mean(scribbled > 0.5) < 0.7
    assert np.mean(digits[:, None] > scribbled) > 0.9  # of all pairs of a digit and a scribble


def test_an_epoch_shows_the_data_set_and_what_is_drawn_for_it(batches, drawings):
    config = SMALL.changed(background=True, epochs=2, validation_size=20)
    reports = list(train(config, numbered(220), ink=drawings, mixture=FEW))
    shown = [number for images, _, _ in batches for number in numbers(images)]
    labels = np.concatenate([labels for _, labels, _ in batches])
    half = len(shown) // 2
    assert half > 200 + 20
    assert len({*shown[:half]} - {0}) == len({*shown[half:]} - {0}) >= 199  # 0 is an empty corner, or the first image
    assert {*labels[:half]} == {*labels[half:]} == {*range(11)}
    assert reports[-1].images_per_second * reports[-1].seconds == pytest.approx(2 * half)


def test_with_ink_too_the_same_config_gives_the_same_network(drawings):
    config = SMALL.changed(background=True)

    def checksum(config, ink):
        return last(train(config, TOY, ink=ink, mixture=FEW)).network.checksum()

    first = checksum(config, drawings)
    assert checksum(config, list(drawings)) == first
    others = (config.changed(seed=1), drawings), (config, drawings[:20]), (config, ()), (SMALL, drawings), (SMALL, ())
    assert len({first, *(checksum(*other) for other in others)}) == 6


def test_ink_leaves_the_other_random_numbers_alone(batches, drawings):
    first_batches = []
    for ink in ((), drawings):
        batches.clear()
        list(train(SMALL.changed(batch_size=0, epochs=1), numbered(300), ink=ink, mixture=FEW))
        images, _, parameters = batches[0]
        first_batches.append(({*numbers(images)} - {0}, parameters.tolist()))
    assert first_batches[0] == first_batches[1]


def test_the_reject_bias_accepts_the_target_share_of_validation_digits(drawings):
    """They set the border, however short the training: a given share of them is taken for digits."""
    config = SMALL.changed(background=True, epochs=1, validation_size=150)
    held = Trainer(config, TOY, drawings, FEW).split.validation.images
    network = last(train(config, TOY, ink=drawings, mixture=FEW)).network
    assert len(held) > 150
    assert np.mean(network.predict(held).is_digit > 0.5) == pytest.approx(TARGET_ACCEPT_RATE, abs=1 / len(held))


# -------------------------------------------------------------------------------------------------- on the way


def test_a_change_takes_effect_in_the_next_step(batches):
    run = train(SMALL.changed(optimizer="sgd", learning_rate=0.1), TOY, report_every=1)
    next(run)
    assert next(run).learning_rate == 0.1
    before = [parameters for _, _, parameters in batches][-1]
    assert run.send(Change(learning_rate=5e-9, batch_size=50)).learning_rate == 5e-9
    assert len(batches[-1][1]) == 50
    next(run)
    assert not np.array_equal(batches[-2][2], before)  # what the first step did, and then no more
    np.testing.assert_allclose(batches[-1][2], batches[-2][2], atol=1e-7)
    # And it stays.
    assert next(run).learning_rate == 5e-9
    assert len(batches[-1][1]) == 50


CHANGES = {
    "dropout": 0.5, "learning_rate": 0.05, "momentum": 0.2, "weight_decay": 0.1, "batch_size": 50,
    "label_smoothing": 0.1, "clip_norm": 0.01, "augmentation": "elastic", "augmentation_strength": 0.5,
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL.live_fields())
def test_each_live_setting_can_change_during_a_run(name):
    def checksum(change):
        run = train(SMALL.changed(optimizer="momentum", augmentation="affine"), TOY, report_every=1)
        next(run)
        run.send(change)
        return last(run).network.checksum()

    assert checksum(Change({name: CHANGES[name]})) != checksum(None)


def test_augmentation_can_change_during_a_run(monkeypatch):
    made = []
    monkeypatch.setattr(
        batches_module,
        "distort",
        lambda images, rng, elastic, strength, out: made.append((elastic, strength.displacement)),
    )
    run = train(SMALL.changed(epochs=9), TOY, report_every=1)
    next(run)
    next(run)
    run.send(Change(augmentation="elastic"))
    run.send(Change(augmentation="affine", augmentation_strength=0.5))
    assert made == [(True, 1.2), (False, 0.6)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 3}, "seed can't change while training; start a new run for it"),
        ({"hidden_sizes": (3,), "epochs": 4}, "hidden_sizes, epochs can't change"),
        ({"learning_rate": 1000}, "learning_rate must be above 0 and at most 10; got 1000"),
        ({"batch_size": 271}, "batch_size must be at most 270, the images left to learn from; got 271"),
    ],
)
def test_a_change_that_cannot_be_is_refused(change, message):
    run = train(SMALL, TOY)
    next(run)
    with pytest.raises(ValueError, match=message):
        run.send(change)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"batch_size": 301}, "batch_size must be at most 270, .*; got 301"),
        ({"validation_size": 300}, "validation_size must leave images to learn from, of 300 in all; got 300"),
        (
            {"early_stopping": 3, "validation_size": 0},
            "early_stopping needs a validation split .* got .* 0",
        ),
    ],
)
def test_a_config_that_does_not_fit_the_data_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        next(train(SMALL.changed(**values), TOY))


# ----------------------------------------------------------------------------------------------------- reports


def test_reports_add_up(batches):
    reports = list(train(SMALL.changed(validation_size=30, epochs=3), TOY, report_every=1))
    assert [report.step for report in reports] == list(range(3 * 9 + 1))
    assert (reports[0].epoch, reports[0].fraction, reports[0].status) == (0, 0, "running")
    assert math.isnan(reports[0].loss)
    assert reports[0].validation_accuracy is not None
    sizes = [len(labels) for _, labels, _ in batches[:9]]
    losses = [report.loss for report in reports[1:10]]
    assert sizes == [32] * 8 + [14]
    assert reports[9].epoch_loss == pytest.approx(np.average(losses, weights=sizes))
    accuracies = [report.accuracy for report in reports[1:10]]
    assert reports[9].epoch_accuracy == pytest.approx(np.average(accuracies, weights=sizes))
    assert [report.step for report in reports if report.epoch_ended] == [9, 18, 27]
    assert [report.epoch for report in reports[1:]] == [1] * 9 + [2] * 9 + [3] * 9
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert reports[-1].status == "finished"
    assert reports[-1].seconds_left == 0
    assert reports[-1].images_per_second == pytest.approx(3 * 270 / reports[-1].seconds)


def test_time_spent_by_the_reader_does_not_count():
    run = train(SMALL.changed(epochs=1), TOY)
    before = next(run).seconds
    began = time.perf_counter()
    time.sleep(0.3)
    spent = next(run).seconds - before
    assert spent <= time.perf_counter() - began - 0.3


def test_the_cost_of_a_blind_guess_is_a_tenth_of_ln_10_for_each_output():
    config = SMALL.changed(batch_size=0, initialization="normal", initial_std=0.001, epochs=1)
    assert last(train(config, TOY)).cost_per_output == pytest.approx(0.230259, abs=1e-4)
