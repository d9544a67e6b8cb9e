"""A training as it is watched: its buttons, where it stands, its curves, and what the first layer has learned.

What changes while it learns is one fragment, which redraws itself as long as the training runs.
"""

from __future__ import annotations

import math
from itertools import pairwise

import streamlit as st

from model import presets
from model.config import TrainingConfig
from model.jobs import Job, View
from model.network import CLASSES
from ui import curves, datasets, messages, networks, session, words

SECONDS_BETWEEN_LOOKS = 0.4
STATES = {
    "starting": "Starting ...",
    "running": "Learning",
    "paused": "Paused",
    "finished": "Finished",
    "stopped early": "Stopped early",
    "stopped": "Stopped",
    "diverged": "Diverged",
    "failed": "Failed",
}


def buttons(config: TrainingConfig, dataset: str | None) -> None:
    """Start, pause and stop."""
    job = session.job()
    live = job is not None and job.view().is_live
    with st.container(horizontal=True):
        if st.button(
            "Start again" if job else "Start",
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=dataset is None,
        ):
            _start(config, dataset or "mnist-5k")
            st.rerun()
        paused = job is not None and job.paused
        if st.button(
            "Resume" if paused else "Pause",
            key="pause",
            icon=":material/resume:" if paused else ":material/pause:",
            disabled=not live,
        ):
            assert job
            job.order("resume" if paused else "pause")
            st.rerun()
        if st.button(
            "Stop",
            key="stop",
            icon=":material/stop:",
            disabled=not live,
        ):
            assert job
            job.order("stop")
            st.rerun()


def _start(config: TrainingConfig, dataset: str) -> None:
    name = presets.name_of(config) or "-".join(map(str, config.sizes))
    session.start_job(Job(f"my {name}", config, datasets.folder(dataset)))


def show(config: TrainingConfig) -> None:
    """The visitor's training; while there is none, the network that the settings make."""
    job = session.job()
    if job is None:
        _preview(config)
        return
    live = job.view().is_live
    with st.container():  # also when it is empty: what follows keeps its place, and the charts stay the same ones
        if not live:
            _result(job)
    st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS if live else None)(job, live)


def _preview(config: TrainingConfig) -> None:
    st.info(f"Press Start: a network of {_shape(config)} begins with random weights and learns from there.")


def _shape(config: TrainingConfig) -> str:
    parameters = sum((inputs + 1) * outputs for inputs, outputs in pairwise(config.sizes))
    return f"{' - '.join(map(str, config.sizes))} units, {parameters:,} parameters,"


def _watch(job: Job, was_live: bool) -> None:
    """All that changes while the network learns."""
    view = job.view()
    if was_live and not view.is_live:
        st.rerun()  # the whole page, once: its buttons change, and this stops redrawing itself
    with st.container(key="progress"):
        _progress(job, view)
    left, right = st.columns(2)
    with left, st.container(key="loss_chart"):
        st.markdown("**Loss**", help=HELP["loss"])
        st.altair_chart(curves.loss_curve(view.points, view.epochs), key="loss_curve")
    with right, st.container(key="accuracy_chart"):
        st.markdown("**Accuracy**", help=HELP["accuracy"])
        st.altair_chart(curves.accuracy_curve(view.points, view.epochs), key="accuracy_curve")
    with st.container(key="weights_view"):
        st.markdown("**What the first layer looks for**", help=HELP["weights"])
        st.image(_weights_picture(job, view), width="stretch")


def _weights_picture(job: Job, view: View) -> str:
    """Made again only when the parameters are new: looks are more frequent than they are."""
    made_of, picture = session.remembered("weights_picture", (None, ""))
    if made_of != (job, view.pictures):
        picture = curves.weights_picture(job.first_weights())
        session.remember("weights_picture", ((job, view.pictures), picture))
    return str(picture)


def _progress(job: Job, view: View) -> None:
    last = view.points[-1] if view.points and view.points[-1].step else None
    validated = next(
        (it.validation_accuracy for it in reversed(view.points) if it.validation_accuracy is not None), None
    )
    st.progress(view.fraction, f"{STATES[view.status]}: {job.name.removeprefix('my ')}")
    figures = {
        "Epoch": f"{math.ceil(last.epoch) if last else 0} of {view.epochs}",
        "Step": f"{last.step:,}" if last else "0",
        "Loss": f"{last.epoch_loss:.4f}" if last else "–",
        "Accuracy": words.percent(last.epoch_accuracy) if last else "–",
        "Validation accuracy": "–" if validated is None else words.percent(validated),
        "Images per second": f"{view.images_per_second:,.0f}" if last else "–",
        "Time left" if view.is_live else "Time taken": _duration(view.seconds_left if view.is_live else view.seconds),
    }
    if job.config.batch_size == 0 and last:  # publications of full-batch training give the loss in this unit too
        figures["Cost per output"] = f"{last.epoch_loss / CLASSES:.6f}"
    with st.container(horizontal=True):
        for name, figure in figures.items():
            st.metric(name, figure, width="content")
    if view.message:
        st.warning(messages.plain(view.message), icon=":material/info:")


def _duration(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


def _result(job: Job) -> None:
    """What became of it, and what can be done with it."""
    name, scores = networks.of_job(), job.view().scores
    if not name:
        return  # it failed before its first step, and the progress says why
    if (test := scores.get("test_accuracy")) is not None:
        st.success(
            f"It reads {words.percent(float(test))} of the {scores['tested_on']} test images right, and has never seen "
            f"one of them. It is called {name} in the menus of Draw and Evaluate.",
            icon=":material/check:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("pages/draw.py", label="Draw a digit for it", icon=":material/draw:")
        st.page_link("pages/evaluate.py", label="See its mistakes", icon=":material/fact_check:")
        st.download_button(
            "Download it",
            lambda: job.checkpoint().to_bytes(),
            f"{name.replace(' ', '-')}.safetensors",
            key="download_network",
            icon=":material/download:",
        )


HELP = {
    "loss": "How surprised the network is by the right answers, on average: cross-entropy, the mean of "
    "$-\\ln p$, where $p$ is the probability that it gave the right digit. 2.30 is a blind guess; 0 is certainty.",
    "accuracy": "The share of images that it reads right: 10 % is a blind guess. Training is measured on the images "
    "that it is learning from, validation on images kept aside.",
    "weights": "Each tile is one unit of the first layer: orange is where ink speaks for it, blue where ink speaks "
    "against it. They begin as noise.",
}
