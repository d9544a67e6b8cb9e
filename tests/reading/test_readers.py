"""A file that takes all the memory or time it can get ends the process that reads it; whoever brought it reads why."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from model import data
from model.ink import BlankDrawing
from model.ink.photo import find_digit
from model.reading import Readers, ReadingLimits
from model.reading.uploads import check_network, unpack_dataset
from model.training import checkpoint
from tests.paths import ROOT
from tests.polling import is_running, wait_for
from tests.reading import hostile

T = TypeVar("T")

MEMORY = 512 * 2**20
LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system may not limit it")


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    opened = Readers(ReadingLimits(memory=MEMORY), size=2)
    yield opened
    opened.close()


def ask(readers: Readers, reader: Callable[..., T], *arguments: object, owner: str = "me") -> T:
    return readers.read("the file", 0, owner, reader, *arguments)


def picture() -> bytes:
    pixels = np.full((60, 60), 255, np.uint8)
    pixels[10:50, 28:33] = 0
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def test_what_a_reader_finds_and_what_it_refuses_come_back(readers: Readers) -> None:
    here, there = find_digit(picture()), ask(readers, find_digit, picture())
    np.testing.assert_array_equal(there.image, here.image)
    assert there.box == here.box
    with pytest.raises(ValueError, match="a picture must be a PNG, JPEG"):
        ask(readers, find_digit, b"no picture")
    blank = io.BytesIO()
    Image.new("L", (50, 50), 255).save(blank, "PNG")
    with pytest.raises(BlankDrawing, match="no ink"):
        ask(readers, find_digit, blank.getvalue())
    with pytest.raises(FileNotFoundError):
        ask(readers, os.listdir, "/nowhere")


def test_one_process_reads_one_file_after_another(readers: Readers) -> None:
    assert ask(readers, hostile.my_pid) == ask(readers, hostile.my_pid) != os.getpid()


def test_a_fault_of_a_reader_is_an_error_of_the_file_and_its_process_lives(readers: Readers) -> None:
    pid = ask(readers, hostile.my_pid)
    with pytest.raises(ValueError, match="makes no sense"):
        ask(readers, hostile.fail)
    assert ask(readers, hostile.my_pid) == pid


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        pytest.param(hostile.fill_memory, "the file must be readable within 512 MB of memory", marks=LIMITED),
        (hostile.crash, "takes more, or is damaged: save it smaller"),
    ],
)
def test_a_process_that_ends_is_explained_and_replaced(
    readers: Readers, reader: Callable[[], object], message: str
) -> None:
    pid = ask(readers, hostile.my_pid)
    with pytest.raises(ValueError, match=message):
        ask(readers, reader)
    assert ask(readers, hostile.my_pid) != pid
    assert not is_running(pid)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(ReadingLimits(seconds=1, patience=100), marks=LIMITED, id="of computing"),
        pytest.param(ReadingLimits(seconds=1, patience=0.5), id="by the clock"),
    ],
)
def test_a_file_that_takes_too_long_is_given_up(limits: ReadingLimits) -> None:
    with closing(Readers(limits, size=1)) as readers:
        with pytest.raises(ValueError, match="readable within 1 seconds; it takes longer: save it smaller"):
            ask(readers, hostile.compute_for_ever)
        assert readers.read("a large file", 2**30, "me", abs, -1) == 1  # it has more time, on a busy machine too


def test_nobody_waits_for_anothers_file_and_ones_own_are_read_one_by_one(readers: Readers, tmp_path: Path) -> None:
    answers: list[str] = []

    def read(path: Path) -> None:
        answers.append(ask(readers, hostile.answer_when, path, owner="slow"))

    paths = tmp_path / "first", tmp_path / "second"
    threads = [threading.Thread(target=read, args=(path,), daemon=True) for path in paths]
    threads[0].start()
    wait_for(lambda: not readers.is_free("slow"), "the slow file's turn")
    threads[1].start()
    assert ask(readers, abs, -1, owner="quick") == 1
    paths[1].write_text("second")
    assert threads[1].is_alive()  # it waits for the first
    paths[0].write_text("first")
    for thread in threads:
        thread.join(60)
    assert answers == ["first", "second"]


def test_when_the_app_is_killed_its_processes_end_in_the_midst_of_a_file() -> None:
    script = "from model.reading import Readers; from tests.reading import hostile; readers = Readers();"
    script += "print(readers.read('it', 0, 'me', hostile.my_pid), flush=True);"
    script += "readers.read('it', 0, 'me', hostile.compute_for_ever)"
    app = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert app.stdout
    pid = int(app.stdout.readline())
    app.send_signal(signal.SIGKILL)
    app.wait()
    app.stdout.close()
    wait_for(lambda: not is_running(pid), "the process's end")


# -- Hostile files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", hostile.READ_AS_PICTURE.values(), ids=list(hostile.READ_AS_PICTURE))
def test_a_hostile_picture_is_refused(readers: Readers, make: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match=r"no ink|scans"):
        ask(readers, find_digit, make())


@pytest.mark.parametrize("make", hostile.READ_AS_NETWORK.values(), ids=list(hostile.READ_AS_NETWORK))
def test_a_hostile_network_is_refused_by_what_its_headers_say(readers: Readers, make: Callable[[], bytes]) -> None:
    pid = ask(readers, hostile.my_pid)
    with pytest.raises(ValueError, match="tensors that no network has: more"):
        ask(readers, check_network, make(), "network.npz")
    assert ask(readers, hostile.my_pid) == pid


@pytest.mark.parametrize(("name", "make"), hostile.READ_AS_DATASET.items(), ids=list(hostile.READ_AS_DATASET))
def test_a_hostile_data_set_is_refused_before_it_fills_the_memory(
    readers: Readers, name: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    pid = ask(readers, hostile.my_pid)
    with pytest.raises(ValueError, match=f"^{name}: .*(shrink|at most)"):
        ask(readers, unpack_dataset, {name: make()}, name, tmp_path / "data")
    assert ask(readers, hostile.my_pid) == pid
    assert not list(tmp_path.iterdir())


def test_sound_files_come_through(readers: Readers, tmp_path: Path) -> None:
    shipped = (checkpoint.WEIGHTS / "tanh-10.safetensors").read_bytes()
    content = ask(readers, check_network, shipped, "mine.safetensors")
    again = checkpoint.load(content, "mine.safetensors")
    assert again.network.checksum() == checkpoint.load(shipped, "mine.safetensors").network.checksum()
    table = b"\n".join(b"%d" % digit + b",9" * 784 for digit in range(10))
    ask(readers, unpack_dataset, {"table.csv": table}, "mine", tmp_path / "data")
    dataset = data.open_folder(tmp_path / "data")
    assert (dataset.name, dataset.labels.tolist()) == ("mine", list(range(10)))
