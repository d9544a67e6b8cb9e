"""The networks to choose from: those that come with Inkling, those that the visitor trained, and those from files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from model.jobs import Job
from model.presets import PRESETS
from model.training import checkpoint
from model.training.checkpoint import Checkpoint
from ui import state
from ui.common import errors
from ui.state import widget_state

DEFAULT = checkpoint.DEFAULT_WEIGHTS.stem
MAX_NETWORKS, MAX_BYTES = 20, 100e6  # of networks kept for each visitor; the oldest goes first


@st.cache_resource(show_spinner=False)
def load_shipped(name: str) -> Checkpoint:
    """One of the trained networks that come with Inkling; shared by all visitors, so never changed."""
    return checkpoint.load(checkpoint.WEIGHTS / f"{name}.safetensors")


def shipped_names() -> list[str]:
    """The names of the networks that come with Inkling, the one that Draw starts with first."""
    names = [path.stem for path in Path(checkpoint.WEIGHTS).glob("*.safetensors")]
    order = [DEFAULT, *PRESETS, *sorted(names)]
    return sorted(names, key=order.index)


def add(name: str, trained: Checkpoint) -> str:
    """Keep a network for this visitor, and choose it for Draw and Evaluate; returns the name that it got.

    To be called before the page's menu of networks is made: in a callback, or on a page without it.
    """
    networks = state.visitor().networks
    taken, unique, number = {*networks, *shipped_names()}, name, 2
    while unique in taken:
        unique, number = f"{name} {number}", number + 1
    networks[unique] = trained
    while len(networks) > MAX_NETWORKS or (len(networks) > 1 and _size(networks.values()) > MAX_BYTES):
        networks.pop(next(iter(networks)))
    state.visitor().network = unique
    return unique


def _size(networks: Iterable[Checkpoint]) -> int:
    return sum(one.network.mlp.parameters.nbytes for one in networks)


def select_network() -> tuple[str, Checkpoint]:
    """Show the menu of networks, this visitor's newest first, and the upload; returns the selected name and network.

    The selection is the same on all pages. A file that holds no network gets a message, and the selection stays.
    """
    _collect()
    names = [*reversed(state.visitor().networks), *shipped_names()]
    selected = state.visitor().network
    widget_state.put("network", selected if selected in names else DEFAULT)
    name = st.selectbox(
        "Network",
        names,
        key="network",
        on_change=_select,
        help="The network that predicts: one that comes with Inkling, one you trained here, or one from a file.",
    )
    with st.expander("Load a model file", icon=":material/upload_file:"):
        st.file_uploader(
            "A model file that Inkling saved, .safetensors or .npz",
            key="network_file",
            max_upload_size=checkpoint.SIZE_LIMIT // 2**20,
            on_change=_open,
        )
        if problem := state.visitor().network_problem:
            errors.show_error(problem)
    return name, state.visitor().networks.get(name) or load_shipped(name)


def _select() -> None:
    visitor = state.visitor()
    visitor.network = widget_state.get("network", visitor.network)


def _open() -> None:
    file, visitor = widget_state.get("network_file", None), state.visitor()
    visitor.network_problem = None
    if file is None:
        return
    try:
        add(Path(file.name).stem, checkpoint.load(file.getvalue(), file.name))
    except ValueError as error:
        visitor.network_problem = str(error)


def of_job(job: Job) -> str | None:
    """The name in the menus of the network from one of the visitor's runs; None until the run has ended."""
    _collect()
    return state.visitor().job_networks.get(job.number)


def _collect() -> None:
    """Add the networks of ended runs to the menus, whatever page the visitor is on."""
    here = state.visitor()
    for job in list(here.jobs):
        if job.number not in here.job_networks and not job.is_live and any(it.step for it in job.state().points):
            here.job_networks[job.number] = add(job.name, job.checkpoint())
