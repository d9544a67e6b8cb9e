"""Claims about answers: each has its place, a bad file takes none of them away, and what is doubtful is said."""

import csv
import io
import json

import numpy as np
import pytest

from model import data
from model.training.checkpoint import DEFAULT_WEIGHTS
from tests.data import forms
from tests.digit_files import table
from tests.paths import INK

pytestmark = pytest.mark.usefixtures("shared_cache")


@pytest.fixture
def files(tmp_path, mnist_5k):
    """A table under a name that tells nothing, drawings with a wrong line, and a file that is none."""
    digits, drawings, notes = tmp_path / "digits", tmp_path / "mine.JSONL", tmp_path / "notes.png"
    digits.write_bytes(table(mnist_5k.test_images[:3], mnist_5k.test_labels[:3]))
    lines = INK.read_text().splitlines()
    drawings.write_text("\n".join([lines[0], "{broken", lines[1]]))
    notes.write_text("no picture")
    return digits, drawings, notes


def test_a_bad_file_is_named_and_the_others_are_answered(run, files):
    digits, drawings, notes = files
    code, out, err = run("classify", "--weights", "starter", notes, digits, drawings, "missing.png", "--json")
    assert code == 2
    result = json.loads(out.splitlines()[-1])
    places = [(one["file"], one["row"], one["line"]) for one in result["predictions"]]
    assert places == [
        *((str(digits), row, None) for row in (1, 2, 3)),
        (str(drawings), None, 1),
        (str(drawings), None, 3),
    ]
    assert [error["file"] for error in result["errors"]] == [str(notes), str(drawings), "missing.png"]
    assert "line 2" in result["errors"][1]["error"]
    assert [line for line in err.splitlines() if line.startswith("error: ")] == err.splitlines()
    assert len(err.splitlines()) == 3


def test_answers_are_a_table_too(run, files):
    digits, drawings, _ = files
    code, out, _ = run("classify", "--weights", "starter", digits, drawings, "--csv")
    assert code == 2
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["file"], row["row"], row["line"]) for row in rows] == [
        (str(digits), "1", ""),
        (str(digits), "2", ""),
        (str(digits), "3", ""),
        (str(drawings), "", "1"),
        (str(drawings), "", "3"),
    ]
    assert all(row["digit"].isdigit() and row["verdict"] for row in rows)
    assert run("classify", digits, "--csv", "--json")[0] == 2


def test_answers_in_words_have_their_places(run, files):
    digits, *_ = files
    code, out, _ = run("classify", "--weights", "starter", digits)
    assert code == 0
    assert [line.partition(":")[0] for line in out.splitlines()[:3]] == [f"{digits}, row {row}" for row in (1, 2, 3)]


@pytest.mark.parametrize("name", ["champion", "Champion", "champion (99.4 % of MNIST's test images)", DEFAULT_WEIGHTS])
def test_networks_have_the_names_that_the_app_shows(run, files, name):
    assert run("classify", files[0], "--weights", name)[0] == 0


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("--lr", "--learning-rate"),
        ("--batch_size", "--batch-size"),
        ("--hidden", "--hidden-sizes"),
        ("--epoch", "--epochs"),
    ],
)
def test_another_name_of_an_option_is_answered_by_its_own(run, option, meant):
    code, _, err = run("train", option, "1")
    assert code == 2
    assert err == f"error: No such option '{option}'; did you mean {meant}?\n"


def test_what_is_odd_about_the_data_is_said_and_can_be_turned(run, tmp_path, mnist_5k):
    lying = mnist_5k.images[:300].reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)
    path = tmp_path / "emnist.csv"
    path.write_bytes(table(lying, mnist_5k.labels[:300]))
    code, out, err = run("evaluate", "--weights", "starter", "--data", path, "--json")
    assert (code, json.loads(out)["accuracy"] < 0.5) == (0, True)
    assert err.startswith(f"note: {path.name}: the digits do not stand upright")
    assert json.loads(out)["notes"] == [err.removeprefix("note: ").strip()]
    code, out, err = run("evaluate", "--weights", "starter", "--data", path, "--turn", "transpose", "--json")
    assert (json.loads(out)["accuracy"] > 0.9, err) == (True, "")
    assert run("classify", path, "--weights", "starter")[2].startswith("note: ")
    assert run("classify", path, "--weights", "starter", "--turn", "transpose")[2] == ""


def test_a_training_that_has_learned_nothing_says_so(run, tmp_path, mnist_5k):
    rng = np.random.default_rng(0)
    path = tmp_path / "random.csv"
    path.write_bytes(table(mnist_5k.images[:1500], rng.permutation(mnist_5k.labels[:1500])))
    code, out, err = run("train", "--data", path, "--epochs", 1, "--hidden-sizes", 8, "--json")
    result = json.loads(out.splitlines()[-1])
    assert code == 0
    assert result["chance_level"]
    assert "learned nothing: No better than guessing" in " ".join(result["notes"])
    assert "note: the network has learned nothing" in err
    assert "the labels hardly fit the images" in err


def test_drawings_whose_y_points_up_are_said(run, tmp_path):
    lines = INK.read_text().splitlines()
    drawn = [json.loads(line) for line in lines if json.loads(line)["label"].isdigit()][:100]
    for drawing in drawn:
        drawing["strokes"] = [[[x, -y] for x, y, *_ in stroke] for stroke in drawing["strokes"]]
    (tmp_path / "up.jsonl").write_text("\n".join(map(json.dumps, drawn)))
    for file, told in ((INK, 0), (tmp_path / "up.jsonl", 1)):
        _, out, err = run("train", "--ink", file, "--epochs", 1, "--hidden-sizes", 4, "--fresh", "--json")
        notes = " ".join(json.loads(out.splitlines()[-1])["notes"])
        assert [text.count("the drawings do not stand upright") for text in (notes, err)] == [told, told]
    assert "after 'flip-vertically'; in a drawing, x counts to the right and y downward" in notes


def test_too_easy_labels_are_said(run, tmp_path, mnist_5k):
    labels = np.tile(np.arange(10, dtype=np.uint8), 100)
    images = np.repeat(np.eye(10, dtype=np.uint8)[labels] * 250, 78, axis=1)  # a stripe for each digit
    path = tmp_path / "stripes.csv"
    path.write_bytes(table(np.pad(images, ((0, 0), (2, 2))), labels))
    options = ("--epochs", 1, "--hidden-sizes", 32, "--learning-rate", 0.01, "--batch-size", 20)
    _, out, err = run("train", "--data", path, *options, "--json")
    assert "every validation image is right after one epoch" in " ".join(json.loads(out)["notes"])
    path.write_bytes(table(mnist_5k.images[:300], np.full(300, 7, np.uint8)))
    _, out, err = run("train", "--data", path, *options, "--json")
    assert "all 300 labels are 7" in err
    assert json.loads(out)["chance_level"]


def test_images_that_were_learned_are_known_under_any_name(run, tmp_path, mnist_5k):
    learned, renamed, mixed = (tmp_path / name for name in ("learned.csv", "renamed.csv", "mixed.csv"))
    out = tmp_path / "network.SAFETENSORS"
    learned.write_bytes(table(mnist_5k.images[:300], mnist_5k.labels[:300]))
    renamed.write_bytes(learned.read_bytes())
    mixed.write_bytes(table(mnist_5k.images[200:500], mnist_5k.labels[200:500]))
    assert run("train", "--data", learned, "--epochs", 1, "--hidden-sizes", 8, "--out", out)[0] == 0

    def note(path):
        code, stdout, stderr = run("evaluate", "--weights", out, "--data", path, "--json")
        assert code == 0, stderr
        return json.loads(stdout)["note"]

    assert "was trained on these images" in note(renamed)
    assert "trained on some of these images" in note(mixed)
    assert note("mnist-5k") is None
    learned.write_bytes(table(mnist_5k.images[500:800], mnist_5k.labels[500:800]))  # other images, the same name
    assert note(learned) is None


def test_a_network_of_a_named_data_set_is_compared_with_all_of_it(run, tmp_path, mnist_5k):
    path = tmp_path / "mine.csv"
    images = np.concatenate([mnist_5k.images[:5], mnist_5k.test_images[:95]])
    path.write_bytes(table(images, np.concatenate([mnist_5k.labels[:5], mnist_5k.test_labels[:95]])))
    assert data.is_unpacked("mnist-5k")
    _, out, _ = run("evaluate", "--weights", "starter", "--data", path, "--json")
    assert "some of these images (5.0%)" in json.loads(out)["note"]


def test_test_images_that_are_training_images_are_counted(run, tmp_path, mnist_5k):
    (tmp_path / "train.csv").write_bytes(table(mnist_5k.images[:300], mnist_5k.labels[:300]))
    (tmp_path / "test.csv").write_bytes(table(mnist_5k.images[290:400], mnist_5k.labels[290:400]))
    _, out, err = run("train", "--data", tmp_path, "--epochs", 1, "--hidden-sizes", 8, "--json")
    assert json.loads(out)["test_images_seen"] == 10
    assert "10 of the test images are training images too" in err


def test_a_zip_and_a_workbook_are_named(run, tmp_path, mnist_5k):
    zipped, workbook = tmp_path / "digits.zip", tmp_path / "digits.xlsx"
    zipped.write_bytes(forms.zipped({"train.csv": table(mnist_5k.images[:9], mnist_5k.labels[:9])}))
    workbook.write_bytes(forms.zipped({"xl/workbook.xml": b"<x/>"}))
    code, _, err = run("classify", zipped, workbook)
    assert code == 2
    assert "got a zip with train.csv; unpack it, or name it as a data set" in err
    assert "got an Excel workbook; save it as CSV" in err
    assert run("evaluate", "--weights", "starter", "--data", zipped, "--json")[0] == 0
