"""The data sets to choose from: the built-in ones, and those from the visitor's files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model import data
from model.config import TrainingConfig
from model.data import Dataset
from model.reading.uploads import unpack_dataset
from ui import state
from ui.common import errors
from ui.pickers import menu
from ui.pickers.menu import Files
from ui.state import reading, runtime
from ui.state.visitor_state import UploadedDataset


@st.cache_resource(show_spinner="Opening the data ...")
def _open_builtin(name: str) -> Dataset:
    return data.open_folder(data.prepare(name))  # of a name that is known; `data.load` would open any file


def open_dataset(name: str) -> Dataset:
    """Open the data set with this name in the menu."""
    uploaded = state.visitor().datasets.get(name)
    return uploaded.dataset if uploaded else _open_builtin(name)


def num_train_images(name: str, config: TrainingConfig) -> int:
    """How many images of a data set are left to learn from, without the validation split.

    Raises:
        ValueError: there is none.
    """
    available = data.TRAINING_IMAGES[name] if name in data.TRAINING_IMAGES else len(open_dataset(name).images)
    return data.split_sizes(available, config.validation_size, config.training_size)[0]


def split_problem(name: str, config: TrainingConfig) -> str:
    """What is wrong with the settings by which a data set is divided into training and validation; empty if nothing."""
    try:
        num_train_images(name, config)
    except ValueError as error:
        return str(error)
    return ""


def folder(name: str) -> Path:
    """The folder of a data set's arrays, which a worker process can open."""
    uploaded = state.visitor().datasets.get(name)
    return Path(uploaded.folder.name) / "data" if uploaded else runtime.unpacked(name)


def identity(name: str) -> str:
    """Tells apart data sets of the same name: those from files lie in folders of their own."""
    uploaded = state.visitor().datasets.get(name)
    return uploaded.folder.name if uploaded else name


def keep_alive(name: str) -> object:
    """An object that must be referenced for as long as the data set's folder is needed."""
    return state.visitor().datasets.get(name)


def is_available(name: str) -> bool:
    """Whether a built-in data set can be opened without a download."""
    try:
        return data.is_present(name)
    except ValueError:
        return False  # $MNIST_DIR lacks some of the files: `select_dataset` shows the message


def select_dataset() -> str | None:
    """Show the menu of data sets and the upload of files; returns the selected name, None if it needs a download.

    The selection is the same on all pages.
    """
    names = [*data.DATASETS, *state.visitor().datasets]
    selected = state.visitor().dataset if state.visitor().dataset in names else "mnist-5k"
    absent, problem = _lacks_mnist()
    offer = _offer_mnist if absent else None
    name = menu.choose(
        "Data set",
        names,
        selected,
        key="dataset",
        on_change=_select,
        files=FILES,
        explanation="The images to train and to test on.",
        more=None if selected == "mnist" else offer,
    )
    if problem:
        errors.show_error(problem)
    st.caption(data.DATASETS[name] if name in data.DATASETS else errors.escape_markdown(repr(open_dataset(name))))
    _show_notes(name)
    if offer and name == "mnist":
        offer()
        return None
    return name


def _lacks_mnist() -> tuple[bool, str]:
    """Whether the full MNIST must be downloaded first, and why the files in $MNIST_DIR can't be used."""
    try:
        return not data.is_present("mnist"), ""
    except ValueError as error:
        return True, str(error)


def _select(name: str) -> None:
    state.visitor().dataset = name


def _show_notes(name: str) -> None:
    """Show what was taken for granted when the visitor's files were read, and what is doubtful."""
    uploaded = state.visitor().datasets.get(name)
    if uploaded is None or not uploaded.dataset.notes:
        return
    notes = (re.sub(r"; --turn .*", ".", note) for note in uploaded.dataset.notes)  # here a button does it
    text = "\n\n".join(map(errors.escape_markdown, notes))
    st.info(text, icon=":material/info:")
    if turn := data.suggested_turn(uploaded.dataset):
        st.button(
            "Turn them upright",
            help=f"Turns all images: {turn}.",
            icon=":material/rotate_90_degrees_cw:",
            key="turn_images",
            on_click=_turn,
            args=(name, turn),
        )


def _turn(name: str, turn: str) -> None:
    """Turn the images of the visitor's data set, which then stand upright."""
    uploaded = state.visitor().datasets.get(name)
    if uploaded is None:
        return
    with menu.noting_problem(FILES.key):
        folder = _new_folder()
        data.save(data.turned(uploaded.dataset, turn), target := Path(folder.name) / "data")
        state.visitor().datasets = {name: UploadedDataset(data.open_folder(target), folder)}


def _new_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="upload-", dir=runtime.pool().folder, ignore_cleanup_errors=True)


def _take(uploads: Sequence[UploadedFile]) -> None:
    """Make a data set of the files, and choose it."""
    name = ", ".join(file.name for file in uploads)[:80]
    if name in data.DATASETS:
        name += " (your file)"
    folder = _new_folder()
    sources, target = {file.name: file.getvalue() for file in uploads}, Path(folder.name) / "data"
    if len(sources) < len(uploads):
        raise ValueError(
            f"expected files of different names; got {name}: remove those that are not meant, or put all in a zip"
        )
    size = sum(map(len, sources.values()))
    reading.read_upload(name, size, unpack_dataset, sources, name, target)
    dataset = data.open_folder(target)  # mapped, not held in memory
    visitor = state.visitor()
    visitor.datasets = {name: UploadedDataset(dataset, folder)}  # one at a time: they are large
    visitor.dataset = name


FILES = Files(
    "Load data files",
    "A CSV table, MNIST's IDX files (images and labels together), drawings (JSON), an npz, or a zip with such files or "
    "with pictures in a folder for each digit",
    "dataset_files",
    _take,
    multiple=True,
)


def _offer_mnist() -> None:
    """Offer the download of the full MNIST."""
    if not st.button(f"Download full MNIST ({data.DOWNLOAD_SIZE})", key="fetch_mnist", icon=":material/download:"):
        return
    bar = st.progress(0.0, "Downloading MNIST")

    def show(done: int, total: int) -> None:
        bar.progress(done / total, f"Downloading MNIST: {done / total:.0%}")

    try:
        data.prepare("mnist", show)
    except ValueError as error:
        bar.empty()
        errors.show_error(str(error))
    else:
        state.visitor().dataset = "mnist"
        st.rerun()
