"""Train on from a perturbed network, beside the unperturbed one, and watch both."""

from __future__ import annotations

import math

import streamlit as st

from model.config import TrainingConfig
from model.jobs import Fork, Job
from model.robustness.perturbation import Perturbation
from ui import state
from ui.charts import curve_summary, learning_curves, vega
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import Look
from ui.common import errors, formatting
from ui.experiments.break_it_source import Source
from ui.state import jobs, presentation
from ui.train import actions

SECONDS = 1.0  # from one look at the runs to the next
MORE_EPOCHS = 5


def offer(source: Source, perturbation: Perturbation) -> None:
    """The button that trains on, for a network of a run that can."""
    if source.run is None or source.snapshot is None:
        st.caption("To train on from here, choose the network of one of your runs that has ended or is paused.")
        return
    with st.container(key="perturb_fork", horizontal=True, vertical_alignment="bottom", gap="medium"):
        epochs = st.number_input(
            "Epochs",
            1,
            1000,
            MORE_EPOCHS,
            key="perturb_epochs",
            persist_state="session",
            width=130,
            help="How many more.",
        )
        beside = st.toggle(
            "Unperturbed beside it",
            True,
            key="perturb_beside",
            persist_state="session",
            help="A second run goes on from the same state, unperturbed: the same images in the same order, the "
            "same random numbers.",
        )
        if st.button(
            f"Train on from epoch {source.snapshot.epoch:.3g}",
            key="perturb_train",
            type="primary",
            icon=":material/fork_right:",
            help="A branch from the exact state of the run: its network with the perturbation, and the memory of the "
            "optimizer, the place in the data and all random numbers as they were.",
        ) and _start(source, perturbation, int(epochs), beside=beside):
            st.rerun()


def _start(source: Source, perturbation: Perturbation, epochs: int, *, beside: bool) -> bool:
    """Start the runs; returns whether that was possible. If not, it is said why."""
    run, snapshot = source.run, source.snapshot
    assert run
    assert snapshot
    most = int(TrainingConfig.limits("epochs")["le"])
    try:
        config = run.config.changed(epochs=min(most, math.ceil(snapshot.epoch) + epochs))
    except ValueError as error:
        errors.show_error(str(error))
        return False
    started: list[Job] = []
    for change, name in ((None, "unperturbed"), (perturbation, "perturbed")):
        if change is None and not beside:
            continue
        before = state.visitor().job
        actions.branch(Fork(run, snapshot, change), config, f"{run.name} fork")
        job = state.visitor().job
        if job is before or job is None:
            for other in started:
                jobs.delete(other)
            return False
        jobs.rename(job, f"{name} from epoch {snapshot.epoch:.3g}")
        started.append(job)
    return True


# -- The runs -----------------------------------------------------------------------------------------------


def show_newest() -> None:
    """The newest run that was perturbed, and the one beside it."""
    perturbed = next((job for job in reversed(jobs.shown_jobs()) if job.perturbation), None)
    if perturbed is not None:
        is_live = any(job.is_live for job in _pair(perturbed))
        st.fragment(_show_pair, run_every=SECONDS if is_live else None)(perturbed.number)


def _pair(perturbed: Job) -> list[Job]:
    """A perturbed run, and behind it the one that went on from the same state as it was, if there is one."""
    before = [job for job in jobs.shown_jobs() if job.number < perturbed.number]
    same = (
        job
        for job in reversed(before)
        if job.perturbation is None
        and (job.parent_number, job.forked_at) == (perturbed.parent_number, perturbed.forked_at)
        and job.initial_config == perturbed.initial_config
    )
    other = next(same, None)
    return [perturbed, *([other] if other else [])]


def _show_pair(number: int) -> None:
    perturbed = jobs.find(number)
    if perturbed is None:  # deleted on another page
        st.rerun()
        return
    pair = _pair(perturbed)
    views = [job.state() for job in pair]
    live = any(view.is_live for view in views)
    with st.container(key="perturb_pair", border=True):
        st.markdown(f"**After the perturbation**: {errors.escape_markdown(str(perturbed.perturbation))}")
        for column, job, view in zip(st.columns(len(pair), gap="medium"), pair, views, strict=True):
            with column:
                measured = [it.validation_accuracy for it in view.points if it.validation_accuracy is not None]
                st.metric(
                    job.label,
                    formatting.percent(measured[-1]) if measured else "–",
                    help="Accuracy on the validation images, as it was measured last.",
                )
                st.progress(view.fraction, f"Epoch {view.points[-1].epoch if view.points else 0:.3g} of {view.epochs}")
                if view.message:
                    st.caption(errors.escape_markdown(view.message))
        curves = [Curve(job.label, view.points) for job, view in zip(pair, views, strict=True)]
        reached = max((view.points[-1].epoch for view in views if view.points), default=0.0)
        end = vega.axis_end(reached, max(view.epochs for view in views))
        best = max((it.validation_accuracy or 0.0 for view in views for it in view.points), default=0.0)
        figure = learning_curves.accuracy_curve(curves, end, Look(log=best > learning_curves.LOG_FROM))
        st.vega_lite_chart(presentation.fit(figure).chart(), key="perturb_pair_curve")
        st.caption(f"Accuracy on the validation images. {errors.escape_markdown(curve_summary.summarize(curves))}")
        if live:
            st.button(
                "Stop both" if len(pair) > 1 else "Stop", key="perturb_stop", icon=":material/stop:", on_click=_stop
            )
        else:
            st.caption("They are on Train, too, and their networks are in the menus.")


def _stop() -> None:
    perturbed = next((job for job in reversed(jobs.shown_jobs()) if job.perturbation), None)
    for job in _pair(perturbed) if perturbed else []:
        job.stop()
