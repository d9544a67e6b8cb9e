"""The network to be perturbed: one from the menus, or that of a run that pauses; a run can then train on."""

from __future__ import annotations

from typing import NamedTuple

from model.config import TrainingConfig
from model.jobs import Job, JobStatus
from model.jobs.protocol import SnapshotRef
from model.nn.classifier import DigitClassifier
from ui import state
from ui.pickers import networks
from ui.state import jobs


class Source(NamedTuple):
    """A network that is perturbed."""

    name: str
    network: DigitClassifier
    config: TrainingConfig | None  # its settings, if they are known
    run: Job | None  # from which it comes, if training can go on there
    snapshot: SnapshotRef | None  # the state in which it goes on


def select() -> Source:
    """Show the menu of networks, the runs that pause before the others; returns the selected one.

    Raises:
        OSError: It can't be opened.
        ValueError: Its file makes no sense.
    """
    paused = {f"{job.label} (paused)": job for job in reversed(jobs.shown_jobs()) if job.is_paused}
    paused = {name: job for name, job in paused.items() if job.state().snapshots}
    name = networks.select_name(_chosen_here, first=list(paused))
    here = state.visitor()
    came_from = (job for job in list(here.jobs) if here.job_networks.get(job.number) == name)
    run = paused.get(name) or next(filter(_can_go_on, came_from), None)
    snapshot = run.state().snapshots[-1] if run else None
    if run and snapshot:
        try:
            network = state.tab().unperturbed.get(
                (run.number, snapshot),
                lambda: run.network_at(snapshot),  # the very one that would go on
            )
        except ValueError:
            if name in paused:
                raise
        else:
            return Source(name, network, run.config, run, snapshot)
    checkpoint = networks.find(name)
    return Source(name, checkpoint.network, checkpoint.config, None, None)


def _chosen_here() -> str:
    """The network that was chosen here: it stays when the network of a run that ends becomes the visitor's choice."""
    tab, here = state.tab(), state.visitor()
    if here.network_chosen_on:
        tab.chosen_to_perturb = here.network
    return tab.chosen_to_perturb or here.network


def _can_go_on(job: Job) -> bool:
    return job.status in (JobStatus.FINISHED, JobStatus.STOPPED) and bool(job.state().snapshots)
