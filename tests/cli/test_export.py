"""`python -m model export`: every format from every kind of file, and one line where it can't be."""

import functools
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from model.data.npz import open_npz
from model.export.formats import FORMATS
from model.training import checkpoint
from tests.cli.conftest import Run


@pytest.fixture
def export(run: Run) -> Run:
    """Exports: exit code, stdout, stderr."""
    return functools.partial(run, "export")


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_written_and_its_size_said(
    export: Run, tmp_path: Path, ending: str, shared_cache: Path
) -> None:
    path = tmp_path / f"tanh{ending.upper() if ending == '.html' else ending}"
    path.write_text("an old file")
    code, out, err = export("tanh-10", "--to", path, "--json")
    assert (code, err) == (0, "")
    content = path.read_bytes()
    assert json.loads(out.splitlines()[-1]) == {"path": str(path), "bytes": len(content), "format": ending[1:]}
    assert list(tmp_path.iterdir()) == [path]  # nothing is left of writing it
    original = checkpoint.load(checkpoint.WEIGHTS / "tanh-10.safetensors")
    if ending in (".npz", ".safetensors"):
        assert checkpoint.load(path).network.checksum() == original.network.checksum()
    if ending == ".npz":
        with open_npz(content, path.name) as archive:
            np.testing.assert_array_equal(archive.read("layers.0.weights"), original.network.mlp.layers[0].weights)
    if ending == ".zip":
        packed = zipfile.ZipFile(io.BytesIO(content))
        assert {"predict.py", "tanh-10.safetensors", "examples.npy"} < set(packed.namelist())
        assert "history.csv" not in packed.namelist()
    if ending == ".html":
        assert b"<strong>tanh-10</strong>" in content


def test_a_file_is_exported_under_its_own_name_or_another(export: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.npz"
    assert export("tanh-10", "--to", mine)[:2] == (0, f"{mine}: {mine.stat().st_size:,} bytes\n")
    for options, name in (((), "mine"), (("--name", "Ada's"), "Ada&#39;s")):
        assert export(mine, "--to", tmp_path / "page.html", *options)[0] == 0
        assert f"<title>{name} reads digits" in (tmp_path / "page.html").read_text()


def test_bad_input_is_one_line_and_leaves_no_file(export: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "text.npz"
    text.write_text("no network")
    out = tmp_path / "out"
    for arguments, said in (
        ((), "Missing argument 'FILE'"),
        (("handwriting",), "Missing option '--to'"),
        (("handwritng", "--to", out / "page.html"), "networks that come with Inkling are champion, deep-64"),
        (("handwriting", "--to", out / "net.pt"), "must end in .html, .onnx, .npz, .safetensors or .zip; got 'net.pt'"),
        (("handwriting", "--to", out / "net"), "got 'net'"),
        ((text, "--to", out / "page.html"), "text.npz"),
        ((tmp_path, "--to", out / "page.html"), "there is no such file"),
        (("handwriting", "--to", tmp_path / "nowhere" / "page.html"), "nowhere: there is no such folder"),
    ):
        out.mkdir(exist_ok=True)
        code, stdout, err = export(*arguments)
        assert (code, stdout) == (2, "")
        assert said in err
        assert err.startswith("error: ")
        assert err.count("\n") == 1
    monkeypatch.setitem(sys.modules, "onnx", None)
    code, _, err = export("tanh-10", "--to", out / "net.onnx")
    assert (code, err) == (2, "error: an ONNX file needs the package onnx: pip install onnx\n")
    assert list(out.iterdir()) == []
