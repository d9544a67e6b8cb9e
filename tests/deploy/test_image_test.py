"""The parts of `make image-test` that need no container engine."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT
from tools.image_test import base, engine, size
from tools.image_test.engine import Engine, EngineError

DU = [
    "700000\t/",
    "20000\t/app",
    "150000\t/usr",
    "160000\t/opt/venv/lib/python3.13/site-packages/pyarrow",
    "90000\tbytecode (of all these)",
]


def program(folder: Path, answer: str) -> str:
    """Write a stand-in for an engine: a shell script that gets what the engine would."""
    path = folder / "engine"
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return str(path)


def test_sizes_are_in_millions_of_bytes_and_the_largest_first() -> None:
    whole, parts = size.parts_of(DU)
    assert whole == pytest.approx(716.8)
    assert [part.name for part in parts] == ["pyarrow", "/usr", "bytecode (of all these)", "/app"]
    assert parts[0].megabytes == pytest.approx(163.84)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_an_engine_that_fails_says_why(tmp_path: Path) -> None:
    stand_in = Engine((program(tmp_path, 'echo "no space left" >&2; exit 3'),))
    assert not engine.answers(stand_in)
    with pytest.raises(EngineError, match="engine build failed:\nno space left"):
        stand_in.build("image", "")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_the_base_image_is_made_only_where_none_can_be_pulled(tmp_path: Path) -> None:
    log = tmp_path / "log"
    quoted = shlex.quote(str(log))
    pulls = Engine((program(tmp_path, f'echo "$@" >> {quoted}; [ "$1" != image ]'),))
    assert base.base_for(pulls, "python:3.13-slim") == ""
    assert log.read_text().splitlines() == ["image inspect python:3.13-slim", "pull python:3.13-slim"]
    log.unlink()
    made_before = Engine((program(tmp_path, f'echo "$@" >> {quoted}; [ "$3" = {base.TAG} ]'),))
    assert base.base_for(made_before, "python:3.13-slim") == base.TAG
    assert base.base_for(made_before, "python:3.13-slim", local=True) == base.TAG


def test_without_an_engine_one_line_says_what_to_install() -> None:
    command = [sys.executable, "-m", "tools.image_test"]
    answer = subprocess.run(command, cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert "sudo apt install podman" in line
