"""Whatever a command is given, it ends with exit code 2 and one line, and leaves files that are not its own alone."""

import json
import lzma
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Run, last_json

pytestmark = pytest.mark.usefixtures("shared_cache")


def refused(run: Run, *arguments: object) -> str:
    code, out, err = run(*arguments)
    assert (code, out) == (2, ""), err
    assert err.count("\n") == 1, err
    return err


@pytest.mark.parametrize("content", ["precious", "a line\nand an unfinished one", "[]\n", "5", "null"])
def test_a_file_that_is_no_journal_stays_as_it_is(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "notes.log"
    file.write_text(content)
    for command in (("report", "x"), ("sweep", "--name", "x", "--vary", "dropout=0..0.5")):
        assert "no journal of a study" in refused(run, *command, "--storage", file)
        assert file.read_text() == content


@pytest.mark.parametrize(
    ("record", "code", "lines"),
    [
        pytest.param(
            {"strokes": [[[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]], {"x": [1], "y": [2]}]}, 0, [1, 2, 3], id="strokes"
        ),
        pytest.param({"drawing": [[[1, 2], [3, 4]], {"points": [5, 6]}]}, 2, [1, 3], id="drawing"),
    ],
)
def test_strokes_of_mixed_forms_spoil_their_own_line_at_most(
    run: Run, tmp_path: Path, record: dict, code: int, lines: list[int]
) -> None:
    file = tmp_path / "mixed.jsonl"
    good = {"strokes": [[[0, 0], [0, 90]]]}
    file.write_text("\n".join(map(json.dumps, (good, record, good))))
    ended, out, err = run("classify", file, "--json")
    assert (ended, [one["line"] for one in last_json(out)["predictions"]]) == (code, lines)
    assert err.count("\n") == (code > 0)


def test_somebody_unknown_has_no_home(run: Run, tmp_path: Path) -> None:
    nowhere = "~nobody-of-this-name/x"
    for command in (
        ("evaluate", "--data", f"{nowhere}.csv"),
        ("evaluate", "--weights", f"{nowhere}.safetensors"),
        ("train", "--ink", f"{nowhere}.jsonl"),
        ("train", "--teacher", f"{nowhere}.safetensors"),
        ("report", "x", "--storage", nowhere),
    ):
        said = refused(run, *command)
        assert sys.platform == "win32" or "the home folder of ~nobody-of-this-name is not known here" in said


def test_a_list_that_is_too_long_for_a_file_name_is_a_list(run: Run) -> None:
    code, out, err = run("evaluate", "--weights", ",".join(["starter"] * 60), "--json")
    assert code == 0, err
    assert last_json(out)["accuracy"] > 0.9


def test_damaged_parts_of_data_are_named(run: Run, tmp_path: Path) -> None:
    for digit in (1, 7):
        (tmp_path / "pictures" / str(digit)).mkdir(parents=True)
        Image.new("L", (28, 28), 40 * digit).save(tmp_path / "pictures" / str(digit) / "good.png")
    good = (tmp_path / "pictures" / "1" / "good.png").read_bytes()
    (tmp_path / "pictures" / "1" / "bad.png").write_bytes(good[:33] + b"\x00\x00\x00\x04????" + good[41:])
    code, _, err = run("evaluate", "--data", tmp_path / "pictures")
    assert code == 0, err
    assert "left out 1/bad.png" in err.replace("\n", " ")

    odd = tmp_path / "odd.zip"
    with zipfile.ZipFile(odd, "w") as archive:
        archive.writestr("train.csv", b"label\n")
    content = bytearray(odd.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 99  # the version that is needed to unpack it
    odd.write_bytes(content)
    assert "expected a zip or npz file" in refused(run, "evaluate", "--data", odd)

    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("train.csv", b"label,pixel0\n" * 50)
    content = packed.read_bytes()
    start = content.index(b"train.csv") + len("train.csv") + 9  # past the header of the filter
    packed.write_bytes(content[:start] + b"\xff" * 20 + content[start + 20 :])
    with zipfile.ZipFile(packed) as archive, pytest.raises(lzma.LZMAError):
        archive.read("train.csv")
    assert "cannot be unpacked" in refused(run, "evaluate", "--data", packed)


def test_a_plan_of_other_types_is_refused(run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    for text, said in (
        ("objective = 5\n[vary]\ndropout = '0..0.5'\n", "objective must be a text or a list of texts; got 5"),
        ("[vary]\ndropout = '0..0.5'\n[base]\nself = 1\n", "self"),
        ("sampler = 'grid'\n[vary]\nlearning_rate = '0.001..10:1e-9'\n", "a grid may have at most 100,000 points"),
    ):
        plan.write_text(text)
        assert said in refused(run, "sweep", plan, "--storage", tmp_path / "studies")


def test_names_with_brackets_are_shown_as_they_are(run: Run, tmp_path: Path) -> None:
    network = tmp_path / "net[b].safetensors"
    assert run("train", "--hidden-sizes", "4", "--epochs", "1", "--training-size", "200", "--out", network)[0] == 0
    code, out, err = run("stress", "--weights", network, "--images", "50")
    assert code == 0, err
    assert "net[b]" in out
