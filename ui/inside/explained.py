"""The network that is explained: one from the menus, or that of the visitor's run while it trains."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from model.jobs import Job
from ui import state
from ui.browser import networks as browser_networks
from ui.browser import run_networks
from ui.pickers import networks

SECONDS_TO_LOOK = 4.0  # from one look at the visitor's run to the next
MAX_SNAPSHOTS = 12
MAX_SNAPSHOT_BYTES = 24_000_000  # of the parameters of all: the browser keeps them


class Explained(NamedTuple):
    """A network in the menu of Inside."""

    name: str
    sizes: tuple[int, ...]  # pixels, units of each hidden layer, outputs
    num_parameters: int
    run: Job | None  # the visitor's, from which it came or comes
    is_in_training: bool = False

    @property
    def address(self) -> str | None:
        """Where the browser gets the network; None for one that is too large."""
        if self.run and self.is_in_training:
            return run_networks.address(state.visitor(), self.run)
        return browser_networks.address(self.name)

    @property
    def version(self) -> str | None:
        """Names a network where it rests; None for one that learns at this moment."""
        return run_networks.version(self.run.state()) if self.run and self.is_in_training else self.name


def select() -> Explained:
    """Show the menu of networks, the run that trains before the others; returns the selected one.

    Raises:
        OSError: it can't be opened.
        ValueError: its file makes no sense.
    """
    run = _run_in_training()
    name = networks.select_name(first=[_name(run)] if run else [])
    if run and name == _name(run):
        return Explained(name, run.initial_config.sizes, run.initial_config.num_parameters, run, is_in_training=True)
    mlp, here = networks.find(name).network.mlp, state.visitor()
    came_from = next((job for job in list(here.jobs) if here.job_networks.get(job.number) == name), None)
    return Explained(name, mlp.sizes, mlp.parameters.size, came_from)


def _run_in_training() -> Job | None:
    """The visitor's selected run, if it trains and has a network that can be read."""
    job = state.visitor().job
    return job if job and job.is_live and job.files.network_file.exists() else None


def _name(run: Job) -> str:
    return f"{run.name} (in training)"


def keep_up(drawn: Explained) -> None:
    """Redraw the page when the explained run rests, goes on or ends, or when there is one that can be offered.

    Who looks at another network meanwhile keeps it.

    Args:
        drawn: what the page was drawn for.
    """
    job = state.visitor().job
    if job and job.is_live and (drawn.is_in_training or not _run_in_training()):
        _look(_offer(drawn), drawn)


@st.fragment(run_every=SECONDS_TO_LOOK)
def _look(offered: tuple[object, ...], drawn: Explained) -> None:
    if _offer(drawn) != offered:
        st.rerun()


def _offer(drawn: Explained) -> tuple[object, ...]:
    run = _run_in_training()
    return run.number if run else None, drawn.version


def snapshots(run: Job | None) -> list[dict[str, Any]]:
    """Snapshots of a run for the browser, evenly chosen: their steps, and where it gets them."""
    kept = run.state().snapshots if run else []
    if not run or not run_networks.is_small_enough(run):
        return []
    count = min(len(kept), MAX_SNAPSHOTS, MAX_SNAPSHOT_BYTES // (4 * run.initial_config.num_parameters))
    if count < 2:  # nothing to compare
        return []
    chosen = [kept[round(place * (len(kept) - 1) / (count - 1))] for place in range(count)]
    return [{"step": one.step, "address": run_networks.address(state.visitor(), run, one)} for one in chosen]
