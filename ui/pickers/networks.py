"""The networks to choose from: those that come with Inkling, those that the visitor trained, and those from files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model.jobs import Job
from model.presets import PRESETS
from model.reading.uploads import check_network
from model.training import checkpoint, checkpoint_formats
from model.training.checkpoint import Checkpoint
from ui import state
from ui.common.formatting import percent
from ui.pickers import menu
from ui.pickers.menu import Files
from ui.state import limits, reading
from ui.state.visitor_state import VisitorState

DEFAULT = checkpoint.DEFAULT_WEIGHTS.stem
MAX_NETWORKS, MAX_BYTES = 20, 100e6  # of networks kept for each visitor; the oldest goes first


@st.cache_resource(show_spinner=False)
def load_shipped(name: str) -> Checkpoint:
    """One of the trained networks that come with Inkling; shared by all visitors, so never changed.

    Raises:
        ValueError: there is none of this name: a browser may send any.
    """
    if name not in shipped_names():
        raise ValueError(f"there is no network named {name[:80]!r}")
    return checkpoint.load(checkpoint.WEIGHTS / f"{name}.safetensors")


def shipped_names() -> list[str]:
    """The names of the networks that come with Inkling, the one that Draw starts with first."""
    return list(_shipped())


@functools.cache  # each answer to a drawing asks for them
def _shipped() -> tuple[str, ...]:
    names = [path.stem for path in Path(checkpoint.WEIGHTS).glob("*.safetensors")]
    order = [DEFAULT, *PRESETS, *sorted(names)]
    return tuple(sorted(names, key=order.index))


def add(name: str, trained: Checkpoint) -> str:
    """Keep a network for this visitor, and choose it for Draw and Evaluate; returns the name that it got.

    To be called before the page's menu of networks is made: in a callback, or on a page without it.
    """
    return _add(state.visitor(), name, trained)


def _add(here: VisitorState, name: str, trained: Checkpoint) -> str:
    """Do the same for a visitor; it asks Streamlit for nothing, so no run of a page ends in the middle of it."""
    networks = here.networks
    taken, unique, number = {*networks, *shipped_names()}, name, 2
    while unique in taken:
        unique, number = f"{name} {number}", number + 1
    networks[unique] = trained
    while len(networks) > MAX_NETWORKS or (len(networks) > 1 and _size(networks.values()) > MAX_BYTES):
        networks.pop(next(iter(networks)))
    here.network, here.network_chosen_on = unique, ""
    return unique


def _size(networks: Iterable[Checkpoint]) -> int:
    return sum(one.network.mlp.parameters.nbytes for one in networks)


def select_network(begin_with: Callable[[], str] | None = None) -> tuple[str, Checkpoint]:
    """Show the menu of networks, this visitor's newest first, and the upload; returns the selected name and network.

    The selection is the same on all pages.

    Args:
        begin_with: finds the network to select on a page that has a say in it; by default it is the visitor's choice.
    """
    name = select_name(begin_with)
    return name, find(name)


def select_name(begin_with: Callable[[], str] | None = None, first: Sequence[str] = ()) -> str:
    """Show the same; returns the selected name.

    Args:
        begin_with: see `select_network`.
        first: what the menu offers before the networks. Where it is missing, the menu stands at the default network.
    """
    _collect()
    names, selected = [*first, *menu_names()], begin_with() if begin_with else state.visitor().network
    return menu.choose(
        "Network",
        names,
        selected if selected in names else DEFAULT,
        key="network",
        on_change=_select,
        files=FILES,
        describe=describe,
        explanation="The network that predicts: one that comes with Inkling, one you trained here, or one from a file.",
    )


def menu_names() -> list[str]:
    """The names of all networks, this visitor's first, the newest before the others."""
    return [*reversed(state.visitor().networks), *shipped_names()]


def find(name: str) -> Checkpoint:
    """The network of this name in the menu."""
    return state.visitor().networks.get(name) or load_shipped(name)


def describe(name: str) -> str:
    """A network's name with a few words on what it is."""
    own = state.visitor().networks.get(name)
    if own is None:
        note = PRESETS[name].note if name in PRESETS else ""
    else:
        accuracy, data = own.scores.get("test_accuracy"), own.scores.get("tested_on")
        note = f"{percent(accuracy)} on {data}" if isinstance(accuracy, float) and data else ""
    return f"{name} ({note})" if note else name


def _select(name: str) -> None:
    _collect()  # or the network of a run that has just ended would take the place of this choice
    visitor = state.visitor()
    visitor.network, visitor.network_chosen_on = name, state.tab().page


def _take(uploads: Sequence[UploadedFile]) -> None:
    """Open the file with a network, and choose that."""
    (file,) = uploads
    content = reading.read_upload(file.name, file.size, check_network, file.getvalue(), file.name)
    opened = checkpoint.load(content, f"{file.name}.safetensors")
    limits.check_size(opened.network.mlp.parameters.size)
    _select(add(Path(file.name).stem, opened))


FILES = Files(
    "Load a model file",
    "A model file that Inkling saved, .safetensors or .npz",
    "network_file",
    _take,
    max_megabytes=checkpoint_formats.SIZE_LIMIT // 2**20,
)


def of_job(job: Job) -> str | None:
    """The name in the menus of the network from one of the visitor's runs; None until the run has ended."""
    _collect()
    return state.visitor().job_networks.get(job.number)


def _collect() -> None:
    """Add the networks of ended runs to the menus, whatever page the visitor is on."""
    here = state.visitor()
    with here.lock:  # two tabs of a visitor may come here at the same time
        for job in list(here.jobs):
            if job.number not in here.job_networks and not job.is_live and any(it.step for it in job.state().points):
                here.job_networks[job.number] = _add(here, job.name, job.checkpoint())
