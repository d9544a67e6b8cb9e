import os
from dataclasses import replace

import numpy as np
import pytest

from model.config import TrainingConfig
from model.data import Dataset
from model.ink import Drawing
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.history import Progress
from model.training.resume import MAX_FILES, SAVE_INTERVAL_S, ResumeCheckpoint
from model.training.snapshot import Snapshot
from tests.toy_data import patterns

TOY = patterns(20)
CONFIG = TrainingConfig()
LINE = Drawing((np.array([[0.0, 0.0], [0.0, 9.0]]),), label="1", writer="me")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where unfinished trainings are kept, not there yet."""
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "unfinished"


def progress(seconds, epoch, *, ended=True):
    """A training after this many seconds, in an epoch or at its end."""
    snapshot = Snapshot({"weights": np.full(3, epoch)}, {"epoch": epoch})
    return Progress(
        DigitClassifier(MLP((2, 10))), 100, epoch=epoch, seconds=seconds, snapshot=(lambda: snapshot) if ended else None
    )


def kept(place):
    snapshot = place.find()
    return snapshot and snapshot.values["epoch"]


def keep_one(place, epoch=1):
    """A file for a training."""
    place.keep(progress(0.0, 0), [])
    place.keep(progress(1000.0, epoch), [])


def test_a_training_is_kept_now_and_then_at_an_epochs_end(folder):
    assert 1 <= SAVE_INTERVAL_S <= 60
    place, found = ResumeCheckpoint(CONFIG, TOY), []
    parts = [(0, 0, True), (0.9, 1, True), (0.95, 2, False), (1.0, 2, False), (1.2, 2, True), (1.3, 3, False),
             (1.9, 3, True), (2.19, 4, True), (2.21, 5, True), (9, 6, True)]  # fmt: skip
    for time, epoch, ended in parts:
        place.keep(progress(time * SAVE_INTERVAL_S, epoch, ended=ended), [{"epoch": epoch}])
        found.append(kept(place))
        assert place.epoch == (found[-1] or 0)
    assert found == [None, None, None, None, 2, 2, 2, 2, 5, 6]
    assert place.find().points == [{"epoch": 6}]
    assert [path.name for path in folder.iterdir()] == [place.path.name]


def test_what_goes_on_is_kept_again_only_when_it_is_time():
    keep_one(ResumeCheckpoint(CONFIG, TOY), epoch=7)
    again = ResumeCheckpoint(CONFIG, TOY)
    for seconds, epoch, expected in (
        (1000, 7, 7),
        (1000 + 0.9 * SAVE_INTERVAL_S, 8, 7),
        (1001 + SAVE_INTERVAL_S, 9, 9),
    ):
        again.keep(progress(seconds, epoch), [])
        assert kept(again) == again.epoch == expected


@pytest.mark.parametrize(
    "other",
    [
        (CONFIG.changed(seed=1), TOY),
        (CONFIG.changed(epochs=11), TOY),
        (CONFIG, patterns(20, seed=1)),
        (CONFIG, patterns(21)),
        (CONFIG, Dataset(TOY.name, TOY.images, TOY.labels[::-1], TOY.images[:0], TOY.labels[:0])),
        (CONFIG, TOY, [LINE]),
        (CONFIG, TOY, [replace(LINE, label="7"), LINE]),
    ],
    ids=["seed", "epochs", "images", "count", "labels", "ink", "more ink"],
)
def test_each_training_has_a_place_of_its_own(other):
    keep_one(ResumeCheckpoint(CONFIG, TOY))
    assert kept(ResumeCheckpoint(CONFIG, TOY)) == 1
    assert kept(ResumeCheckpoint(CONFIG.changed(), patterns(20))) == 1
    assert kept(ResumeCheckpoint(*other)) is None
    keep_one(ResumeCheckpoint(*other), epoch=2)
    assert kept(ResumeCheckpoint(CONFIG, TOY)) == 1
    assert kept(ResumeCheckpoint(*other)) == 2


def test_ink_is_told_apart_by_its_strokes_labels_and_writers():
    points = LINE.strokes[0]
    drawings = [
        LINE, replace(LINE, label="7"), replace(LINE, writer="you"), replace(LINE, pen=2.0),
        replace(LINE, strokes=(points + 1,)), replace(LINE, strokes=(points, points)),
        replace(LINE, strokes=(points[:1], points[1:])),
    ]  # fmt: skip
    assert len({ResumeCheckpoint(CONFIG, TOY, [drawing]).path for drawing in drawings}) == len(drawings)
    assert ResumeCheckpoint(CONFIG, TOY, [LINE]).path == ResumeCheckpoint(CONFIG, TOY, [replace(LINE)]).path


def test_only_the_newest_are_kept(folder):
    places = [ResumeCheckpoint(CONFIG.changed(seed=seed), TOY) for seed in range(MAX_FILES + 3)]
    for age, place in enumerate(places):
        keep_one(place)
        os.utime(place.path, (age, age))
    (folder / ".part-of-a-killed-process").write_bytes(b"half")
    os.utime(folder / ".part-of-a-killed-process", (0, 0))
    keep_one(ResumeCheckpoint(CONFIG.changed(seed=3), TOY))  # again
    assert {path.name for path in folder.iterdir()} == {place.path.name for place in places[3:]}


def test_what_ended_is_forgotten(folder):
    place = ResumeCheckpoint(CONFIG, TOY)
    place.remove()
    keep_one(place)
    place.remove()
    assert place.find() is None
    assert not list(folder.iterdir())


def test_a_file_is_replaced_only_by_a_whole_one(folder, monkeypatch):
    place = ResumeCheckpoint(CONFIG, TOY)
    keep_one(place)

    def full(self, file):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Snapshot, "write", full)
    with pytest.raises(OSError, match="No space left"):
        place.keep(progress(2000.0, 2), [])
    assert kept(place) == place.epoch == 1
    assert [path.name for path in folder.iterdir()] == [place.path.name]


def test_a_damaged_file_is_told():
    place = ResumeCheckpoint(CONFIG, TOY)
    keep_one(place)
    place.path.write_bytes(place.path.read_bytes()[:-10])
    with pytest.raises(ValueError, match=rf"^{place.path.name}: expected an npz archive; it is damaged"):
        place.find()


def test_a_place_that_cannot_be_written_to_is_told(monkeypatch):
    monkeypatch.setenv("INKLING_CACHE", "/dev/null/inkling")
    place = ResumeCheckpoint(CONFIG, TOY)
    assert place.find() is None
    with pytest.raises(OSError, match="Not a directory"):
        keep_one(place)
    assert place.epoch == 0
