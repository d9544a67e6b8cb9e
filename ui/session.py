"""A visitor's session: the networks and data sets at hand, the ink, and the training that runs.

The one home of `st.session_state`: the pages ask here, so that what is kept from page to page and over a reload,
and what all visitors share, can be read in one place.
"""

from __future__ import annotations

import runpy
import threading
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import streamlit as st

from model import checkpoint, data
from model.checkpoint import Checkpoint
from model.data import Dataset
from model.jobs import Job
from model.presets import PRESETS
from ui import messages, visitors

DEFAULT_NETWORK = checkpoint.DEFAULT_WEIGHTS.stem
NETWORKS_LIMIT = 20  # kept for each visitor; the oldest goes first


@dataclass
class Session:
    """What one visitor has made or brought."""

    visitor: str  # the browser's name
    networks: dict[str, Checkpoint] = field(default_factory=dict)  # trained here, or opened from a file
    datasets: dict[str, Uploaded] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # what a page wants to find again
    job: Job | None = None
    job_network: str | None = None  # what the job's network is called in the menus, once it is done


class Uploaded(NamedTuple):
    """A data set from a visitor's files, in a folder that goes when nothing refers to it any more."""

    dataset: Dataset
    folder: TemporaryDirectory[str]


@st.cache_resource(show_spinner=False)
def _visitors() -> visitors.Visitors[Session]:
    return visitors.Visitors()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda session: _leave(session))
def _presence(_session: Session) -> Session:
    """Stands for this connection: made when the browser connects, released when it goes away or reloads."""
    _visitors().arrive(_session.visitor, _session)
    return _session


def _leave(session: Session) -> None:
    everyone = _visitors()
    everyone.leave(session.visitor)
    after = threading.Timer(visitors.AWAY_SECONDS + 1, lambda: _end(everyone.let_go()))
    after.daemon = True
    after.start()


def _end(sessions: list[Session]) -> None:
    for session in sessions:
        if session.job:
            session.job.end()


def begin() -> None:
    """Find this visitor's session again, or begin one; to be called first on every run."""
    if "session" not in st.session_state:
        name = visitors.name()
        st.session_state["session"] = _visitors().find(name) or Session(name)
    session = current()
    _presence(session)
    visitors.tell_browser(session.visitor)
    _collect_network()


def current() -> Session:
    """This visitor's session."""
    if "session" not in st.session_state:
        # A server's very first visitor has come by a page's own address: before st.navigation was ever called,
        # Streamlit takes pages/ for its older kind of app and runs the page alone.
        runpy.run_path(str(checkpoint.WEIGHTS.parent / "app.py"))
        st.stop()
    session: Session = st.session_state["session"]
    return session


def remember(name: str, value: Any) -> None:
    """Keep a value under a name, for this visitor."""
    current().values[name] = value


def remembered(name: str, default: Any = None) -> Any:
    """What was kept under a name."""
    return current().values.get(name, default)


def entered(page: str) -> bool:
    """Whether this run is the first since the visitor came to a page; each page asks once, at its beginning."""
    current()
    before, st.session_state["page"] = st.session_state.get("page"), page
    return bool(before != page)


# ------------------------------------------------------------------------------------------------ networks


@st.cache_resource(show_spinner=False)
def shipped(name: str) -> Checkpoint:
    """One of the trained networks that come with Inkling; shared by all visitors, so never changed."""
    return checkpoint.load(checkpoint.WEIGHTS / f"{name}.safetensors")


def shipped_names() -> list[str]:
    """The names of the networks that come with Inkling, the one that Draw starts with first."""
    names = [path.stem for path in Path(checkpoint.WEIGHTS).glob("*.safetensors")]
    order = [DEFAULT_NETWORK, *PRESETS, *sorted(names)]
    return sorted(names, key=order.index)


def add_network(name: str, trained: Checkpoint) -> str:
    """Keep a network for this visitor, and choose it for Draw and Evaluate; returns the name that it got.

    To be called before the page's menu of networks is made: in a callback, or on a page without it.
    """
    networks = current().networks
    taken, unique, number = {*networks, *shipped_names()}, name, 2
    while unique in taken:
        unique, number = f"{name} {number}", number + 1
    networks[unique] = trained
    while len(networks) > NETWORKS_LIMIT:
        networks.pop(next(iter(networks)))
    remember("network", unique)
    return unique


def choose_network() -> tuple[str, Checkpoint]:
    """A menu of the networks at hand, this visitor's newest first; returns the chosen one's name and itself.

    The choice holds on all pages. A file that is no network gets a message, and the choice stays as it was.
    """
    names = [*reversed(current().networks), *shipped_names()]
    chosen = remembered("network")
    st.session_state["network"] = chosen if chosen in names else DEFAULT_NETWORK
    name = st.selectbox(
        "Network",
        names,
        key="network",
        on_change=lambda: remember("network", st.session_state["network"]),
        help="Which trained network reads: one that came with Inkling, one you trained here, or one from a file.",
    )
    with st.expander("Use a network from a file", icon=":material/upload_file:"):
        st.file_uploader(
            "A network that Inkling saved, .safetensors or .npz",
            key="network_file",
            max_upload_size=checkpoint.SIZE_LIMIT // 2**20,
            on_change=_open_network,
        )
        if problem := remembered("network_problem"):
            messages.problem(problem)
    return name, current().networks.get(name) or shipped(name)


def _open_network() -> None:
    file = st.session_state["network_file"]
    remember("network_problem", None)
    if file is None:
        return
    try:
        add_network(Path(file.name).stem, checkpoint.load(file.getvalue(), file.name))
    except ValueError as error:
        remember("network_problem", str(error))


# ----------------------------------------------------------------------------------------------- data sets


@st.cache_resource(show_spinner="Opening the data ...")
def _named_dataset(name: str) -> Dataset:
    return data.load(name)


def open_dataset(name: str) -> Dataset:
    """A data set by its name in the menu."""
    uploaded = current().datasets.get(name)
    return uploaded.dataset if uploaded else _named_dataset(name)


def dataset_folder(name: str) -> Path:
    """Where a data set's arrays lie, for a worker process to open."""
    uploaded = current().datasets.get(name)
    return Path(uploaded.folder.name) / "data" if uploaded else data.prepare(name)


def choose_dataset() -> str | None:
    """A menu of the data sets at hand, and ways to more; returns the chosen one's name, None if it is not here yet.

    The choice holds on all pages. Files that are no data set get a message, and the choice stays as it was.
    """
    names = [*data.DATASETS, *current().datasets]
    chosen = remembered("dataset")
    st.session_state["dataset"] = chosen if chosen in names else "mnist-5k"
    name = st.selectbox(
        "Data",
        names,
        key="dataset",
        on_change=lambda: remember("dataset", st.session_state["dataset"]),
        help="The images to learn from and to be tested on.",
    )
    with st.expander("Use images from your own files", icon=":material/upload_file:"):
        st.file_uploader(
            "A CSV table, MNIST's IDX files (images and labels together) or mnist.npz",
            accept_multiple_files=True,
            key="dataset_files",
            on_change=_open_dataset,
        )
        if problem := remembered("dataset_problem"):
            messages.problem(problem)
    try:
        absent = not data.is_present("mnist")
    except ValueError as error:
        absent = True
        messages.problem(str(error))
    st.caption(data.DATASETS[name] if name in data.DATASETS else messages.plain(repr(open_dataset(name))))
    if absent and name in data.DATASETS:
        _offer_mnist()
    return None if absent and name == "mnist" else name


def _open_dataset() -> None:
    uploads = st.session_state["dataset_files"]
    remember("dataset_problem", None)
    if not uploads:
        return
    name = ", ".join(file.name for file in uploads)[:80]
    if name in data.DATASETS:
        name += " (your file)"
    folder = TemporaryDirectory(prefix="inkling-")
    try:
        opened = data.from_files({file.name: file.getvalue() for file in uploads}, name)
        data.save(opened, Path(folder.name) / "data")
        opened = data.open_folder(Path(folder.name) / "data")  # mapped, not held in memory
    except ValueError as error:
        remember("dataset_problem", str(error))
    else:
        current().datasets = {name: Uploaded(opened, folder)}  # one at a time: they are large
        remember("dataset", name)


def _offer_mnist() -> None:
    """Offer to fetch the whole of MNIST, and do so."""
    if not st.button("Fetch all 70,000 digits (11 MB)", key="fetch_mnist", icon=":material/download:"):
        return
    bar = st.progress(0.0, "Fetching MNIST")

    def show(done: int, total: int) -> None:
        bar.progress(done / total, f"Fetching MNIST: {done / total:.0%}")

    try:
        data.prepare("mnist", show)
    except ValueError as error:
        bar.empty()
        messages.problem(str(error))
    else:
        remember("dataset", "mnist")
        st.rerun()


# ------------------------------------------------------------------------------------------------ training


def job() -> Job | None:
    """This visitor's training, running or done; one at a time."""
    return current().job


def start_job(new: Job) -> None:
    """Make this the visitor's training; one that still runs is ended."""
    session = current()
    old, session.job, session.job_network = session.job, new, None
    if old:
        threading.Thread(target=old.end, name="end of a job").start()  # it may take a step's time


def job_network() -> str | None:
    """What the network of the visitor's training is called in the menus; None until it is done."""
    _collect_network()
    return current().job_network


def _collect_network() -> None:
    """Put a training's network into the menus when it is done, on whatever page the visitor is by then."""
    session = current()
    if session.job and not session.job_network:
        view = session.job.view()
        if not view.is_live and any(point.step for point in view.points):
            session.job_network = add_network(session.job.name, session.job.checkpoint())
