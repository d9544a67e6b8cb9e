import json
import math
from dataclasses import replace

import numpy as np
import pytest

from model.config import TrainingConfig
from model.ink import InkMixture, sampler
from model.training import Change, Trainer, fit, train
from model.training.snapshot import Snapshot
from tests.digit_files import npz
from tests.paths import INK
from tests.toy_data import patterns

TOY = patterns(300)
SMALL = TrainingConfig(hidden_sizes=(12, 8), batch_size=32, epochs=6, validation_size=110)
EVERYTHING = {
    "dropout": 0.3, "batch_normalization": True, "augmentation": "elastic", "early_stopping": 50,
    "label_smoothing": 0.1, "schedule": "one_cycle", "clip_norm": 1, "weight_decay": 0.01, "average_last": 4,
}  # fmt: skip


def stored(snapshot, tmp_path):
    """What comes back of a snapshot from a file."""
    path = tmp_path / "snapshot.npz"
    with path.open("wb") as file:
        snapshot.write(file)
    return Snapshot.read(path)


def seen(run):
    """All that the reports of a training say, but for the time it took; and the network of each."""
    return [
        {name: value for name, value in vars(progress).items() if "second" not in name and name != "snapshot"}
        | {"network": progress.network.checksum(), "images": round(progress.images_per_second * progress.seconds)}
        for progress in run
    ]


def at_epoch(run, epoch):
    """The snapshot at an epoch's end."""
    return next(
        progress for progress in run if progress.epoch_ended == (epoch > 0) and progress.epoch == epoch
    ).snapshot()


def assert_same(found, expected):
    """Equal reports, NaN being equal to NaN."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert {name: repr(value) for name, value in one.items()} == {name: repr(other[name]) for name in other}


# --------------------------------------------------------------------------------------------- bit for bit


@pytest.mark.parametrize("step", [0, 3, 6, 8, 15, 24])
@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "sgd"},
        {"optimizer": "momentum", "dropout": 0.3, "average_last": 4},
        {"optimizer": "nesterov", "batch_normalization": True},
        {"optimizer": "rmsprop", "augmentation": "affine"},
        {"optimizer": "adam", "schedule": "step", "step_epochs": 2, "batch_size": 0},
        {"optimizer": "adamw", **EVERYTHING},
    ],
    ids=lambda settings: settings["optimizer"],
)
def test_a_training_goes_on_from_a_snapshot_as_if_it_had_never_stopped(settings, step, tmp_path):
    config = SMALL.changed(**settings)

    def trainer():
        return Trainer(config, TOY, prefetch_size=100)  # images are prepared twice in an epoch of 190

    expected = seen(fit(trainer(), report_every=1))
    run = fit(trainer(), report_every=1)
    steps = step if config.batch_size else step // 6
    start = stored(next(progress for progress in run if progress.step == steps).snapshot(), tmp_path)
    restored = trainer()
    restored.restore(start)
    first, *rest = seen(fit(restored, report_every=1))
    (begun,) = (index for index, report in enumerate(expected) if report["step"] == first["step"])
    assert_same(rest, expected[begun + 1 :])
    # The first report is of the moment of the snapshot; only the means since the report before are gone.
    gone = {"loss": math.nan, "accuracy": math.nan}
    assert_same([first], [expected[begun] | gone])


def test_what_is_drawn_anew_each_epoch_goes_on_too(tmp_path):
    drawings = sampler.read_ink_files(str(INK))
    ink = {"ink": drawings, "mixture": InkMixture(source_size=30)}
    config = SMALL.changed(background=True, epochs=4)
    expected = seen(train(config, TOY, **ink))
    for step in (12, 15):  # between two epochs, and within one
        at = (progress for progress in train(config, TOY, **ink, report_every=1) if progress.step == step)
        start = stored(next(at).snapshot(), tmp_path)
        assert_same(seen(train(config, TOY, **ink, start=start))[-1:], expected[-1:])
    assert expected[-1]["network"] != seen(train(config, TOY))[-1]["network"]


def test_the_best_network_of_before_is_still_the_best(tmp_path):
    # Random labels: validation soon stops improving, and the best epoch lies before the interruption.
    data = patterns(200, noise=0)
    data.labels[:] = np.random.default_rng(3).integers(0, 10, 200)
    data.images[:] = np.random.default_rng(4).integers(0, 256, data.images.shape)
    config = SMALL.changed(epochs=60, early_stopping=6, validation_size=50, learning_rate=0.003)
    expected = seen(train(config, data))
    assert expected[-1]["status"] == "stopped early"
    interrupted = expected[-1]["epoch"] - 2
    start = stored(at_epoch(train(config, data), interrupted), tmp_path)
    assert 0 < start.values["best_epoch"] < interrupted
    assert_same(seen(train(config, data, start=start))[-1:], expected[-1:])


def test_a_divergence_right_after_goes_back_to_the_same_parameters():
    one, other = Trainer(SMALL, TOY), Trainer(SMALL, TOY)
    while one.epoch < 2 or one.batches.left:
        one.advance(3)
    other.restore(one.snapshot())
    for each in (one, other):
        each.network.mlp.parameters[:] = np.finfo(np.float32).max
        with np.errstate(all="ignore"):
            each.advance(3)
        assert each.status == "diverged"
    assert np.abs(one.network.mlp.parameters).max() < 10
    assert one.network.checksum() == other.network.checksum()


def test_the_time_spent_before_counts():
    run = train(SMALL, TOY)
    before = next(progress for progress in run if progress.epoch == 3 and progress.epoch_ended)
    first, second, *_ = train(SMALL, TOY, start=before.snapshot())
    assert second.seconds > first.seconds == before.seconds > 0


def test_changes_made_before_stay_made(tmp_path):
    change = Change(
        learning_rate=0.02, batch_size=50, momentum=0.5, dropout=0.2, weight_decay=0.1, label_smoothing=0.2,
        clip_norm=1, augmentation="affine",
    )  # fmt: skip
    run = train(SMALL, TOY)
    next(run)
    run.send(change)
    start = stored(at_epoch(run, 3), tmp_path)
    expected = seen(run)
    _, *rest = seen(train(SMALL, TOY, start=start))
    assert_same(rest, expected)
    assert expected[-1]["network"] != seen(train(SMALL, TOY))[-1]["network"]


def test_no_source_of_random_numbers_is_left_out():
    begun = Trainer(SMALL, TOY)
    owners = [begun, *(value for value in vars(begun).values() if type(value).__module__.startswith("model."))]
    found = {id(value) for owner in owners for value in vars(owner).values() if isinstance(value, np.random.Generator)}
    values = begun.snapshot().values
    assert len(found) == len([*values["batches"]["generators"], values["dropout"]]) > 2


# ---------------------------------------------------------------------------------------- two from one snapshot


def test_trainings_that_begin_alike_differ_by_what_is_changed_alone():
    start = at_epoch(train(SMALL.changed(**EVERYTHING), TOY), 2)
    runs = [train(SMALL.changed(**EVERYTHING), TOY, start=start) for _ in range(3)]
    for run in runs:
        next(run)
    runs[2].send(Change(learning_rate=0.0001))
    first, second, third = (seen(run)[-1]["network"] for run in runs)
    assert first == second != third


def test_a_snapshot_stays_as_it_was_when_the_training_goes_on():
    run = train(SMALL.changed(**EVERYTHING), TOY)
    start = at_epoch(run, 2)
    before = json.dumps(start.values), {name: array.copy() for name, array in start.arrays.items()}
    seen(run)
    assert json.dumps(start.values) == before[0]
    for name, array in start.arrays.items():
        np.testing.assert_array_equal(array, before[1][name])


@pytest.mark.parametrize(("settings", "at_the_end"), [({}, True), ({"early_stopping": 9}, False)])
def test_a_snapshot_can_be_taken_at_any_step_that_others_can_follow(settings, at_the_end):
    reports = list(train(SMALL.changed(epochs=2, **settings), TOY, report_every=1))
    assert [bool(report.snapshot) for report in reports] == [True] * (len(reports) - 1) + [at_the_end]


def test_a_training_that_was_finished_is_finished_when_it_goes_on():
    *_, last = train(SMALL, TOY)
    (progress,) = train(SMALL, TOY, start=last.snapshot())
    assert (progress.status, progress.network.checksum()) == ("finished", last.network.checksum())


# ---------------------------------------------------------------------------------------------------- forks


def fork(config, snapshot):
    """A trainer that continues from a snapshot as a fork."""
    training = Trainer(config, TOY)
    training.fork(snapshot)
    return training


def finish(training):
    *_, last = fit(training)  # which keeps to one thread, as `train` does: another number changes the last bits
    return last.network.checksum()


def test_a_fork_without_a_change_is_the_run_itself():
    config = SMALL.changed(**EVERYTHING)
    expected = seen(train(config, TOY))[-1]["network"]
    for step in (9, 12):
        at = next(progress for progress in train(config, TOY, report_every=1) if progress.step == step)
        assert finish(fork(config, at.snapshot())) == expected


@pytest.mark.parametrize(
    "settings",
    [{"learning_rate": 0.01}, {"epochs": 9}, {"augmentation": "affine"}, {"batch_size": 50}, {"optimizer": "sgd"},
     {"schedule": "cosine"}],
    ids=str,
)  # fmt: skip
def test_a_fork_begins_with_the_same_parameters_and_goes_its_own_way(settings):
    at = next(progress for progress in train(SMALL, TOY, report_every=1) if progress.step == 9)
    start, there = at.snapshot(), at.network.checksum()
    training = fork(SMALL.changed(**settings), start)
    assert training.network.checksum() == there
    assert training.step == 9
    assert finish(training) != seen(train(SMALL, TOY))[-1]["network"]
    assert training.config == SMALL.changed(**settings)


def test_a_finished_training_goes_on_in_a_fork_with_more_epochs():
    *_, last = train(SMALL, TOY)
    with pytest.raises(ValueError, match="epochs must be more than the 6 that are done; got 6"):
        fork(SMALL, last.snapshot())
    assert (
        finish(fork(SMALL.changed(epochs=8), last.snapshot()))
        == seen(train(SMALL.changed(epochs=8), TOY))[-1]["network"]
    )


@pytest.mark.parametrize("settings", [{"hidden_sizes": (12,)}, {"seed": 4}, {"data": "mnist"}], ids=str)
def test_a_fork_keeps_shape_data_and_start(settings):
    start = at_epoch(train(SMALL, TOY), 1)
    with pytest.raises(ValueError, match=f"{next(iter(settings))} can't change in a fork; start a new run"):
        fork(SMALL.changed(**settings), start)


# -------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    "settings", [{"hidden_sizes": (12,)}, {"optimizer": "sgd"}, {"seed": 1}, {"epochs": 7}], ids=str
)
def test_a_snapshot_of_another_training_is_refused(settings):
    start = at_epoch(train(SMALL, TOY), 1)
    with pytest.raises(ValueError, match=f"{next(iter(settings))} can't change"):
        train(SMALL.changed(**settings), TOY, start=start)


@pytest.mark.parametrize("name", ["sound.parameters", "optimizer.state"])
@pytest.mark.parametrize("array", [None, np.zeros(3, np.float32)], ids=str)
def test_a_snapshot_that_does_not_fit_is_refused(name, array):
    start = at_epoch(train(SMALL, TOY), 1)
    arrays = {key: value for key, value in start.arrays.items() if key != name}
    if array is not None:
        arrays[name] = array
    with pytest.raises(ValueError, match=rf"of a run with the same settings; what differs: {name}$"):
        train(SMALL, TOY, start=replace(start, arrays=arrays))


def test_a_snapshot_of_a_later_version_is_refused():
    start = at_epoch(train(SMALL, TOY), 1)
    with pytest.raises(ValueError, match=r"what differs: novelty$"):
        train(SMALL, TOY, start=replace(start, values={**start.values, "novelty": 1}))


# ---------------------------------------------------------------------------------------------------- files


def test_a_file_holds_plain_arrays_and_one_text(tmp_path):
    start = replace(at_epoch(train(SMALL, TOY), 1), points=[{"epoch": 1, "loss": None}])
    assert stored(start, tmp_path).points == [{"epoch": 1, "loss": None}]
    with np.load(tmp_path / "snapshot.npz", allow_pickle=False) as file:
        assert file.files == ["text", *start.arrays]
        assert json.loads(file["text"].tobytes())["values"]["epoch"] == 1
        for name, array in start.arrays.items():
            np.testing.assert_array_equal(file[name], array)


def test_a_damaged_file_is_refused_or_harmless(tmp_path):
    start = at_epoch(train(SMALL.changed(hidden_sizes=()), TOY), 1)
    stored(start, tmp_path)
    path = tmp_path / "snapshot.npz"
    sound, refused = path.read_bytes(), 0
    places = np.random.default_rng(0).integers(0, len(sound), 150)
    for place in (*places, *range(len(sound) - 400, len(sound), 7)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
        try:
            found = Snapshot.read(path)
            train(SMALL.changed(hidden_sizes=()), TOY, start=found)
        except ValueError:
            refused += 1
        else:  # a byte that means nothing, such as those of a date
            assert found.values == json.loads(json.dumps(start.values))
            assert all(np.array_equal(found.arrays[name], array) for name, array in start.arrays.items())
    assert refused > 150


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        npz({"weights": np.zeros(3)}),
        npz({"text": np.zeros(3)}),
        npz({"text": np.frombuffer(b"[1]", np.uint8)}),
        npz({"text": np.frombuffer(b'{"format": "another"}', np.uint8)}),
        npz({"text": np.frombuffer(b"[" * 100_000, np.uint8)}),
    ],
    ids=lambda content: f"{len(content)} bytes",
)
def test_a_foreign_file_is_refused_in_one_line(content, tmp_path):
    path = tmp_path / "snapshot.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^snapshot\.npz: expected .*$"):
        Snapshot.read(path)
