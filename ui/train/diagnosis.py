"""The diagnosis of the selected run, under its curves: one calm line, and what it rests on behind a button."""

from __future__ import annotations

import streamlit as st

from model import data
from model.common.formatting import format_share
from model.jobs import Job, JobState
from model.training.diagnosis import diagnose
from model.training.evidence import Evidence, RunImages
from model.training.finding import Finding, Kind
from ui import state
from ui.common import errors

AHEAD = "The diagnosis of the run appears here after its first epoch."
FAULT, HINT, GOOD = ":material/error:", ":material/lightbulb:", ":material/check_circle:"

# What each kind of finding looks like, and what it means.
MEANINGS: dict[Kind, tuple[str, str]] = {
    Kind.DIVERGED: (
        FAULT,
        "Each step went so far that the loss rose and the next gradient was larger still, until numbers overflowed.",
    ),
    Kind.GUESSING: (
        FAULT,
        "A binomial test finds no difference from always giving the most frequent digit. The network has learned "
        "nothing of the images yet.",
    ),
    Kind.DEAD_UNITS: (
        FAULT,
        "A ReLU unit that is 0 for every image gets no gradient, so it never changes again. A large step can push many "
        "units there at once.",
    ),
    Kind.LARGE_STEPS: (
        FAULT,
        "The steps jump over the valley that they should descend into: the loss rises or leaps instead of falling.",
    ),
    Kind.SMALL_STEPS: (
        FAULT,
        "Usually a step changes the weights by about a thousandth. Much smaller ones go the right way, but take very "
        "long.",
    ),
    Kind.VANISHING: (
        FAULT,
        "Going back through each layer, the gradient is multiplied by the slope of its activation: a quarter at most "
        "for sigmoid. After some layers hardly anything is left.",
    ),
    Kind.TOO_EASY: (
        HINT,
        "Digits are never so easy. Perhaps a pixel gives the label away, or the same images are among those to train "
        "on and those to validate on.",
    ),
    Kind.OVERFITTING: (
        HINT,
        "The gap is training accuracy minus validation accuracy: the network has also learned details of its training "
        "images that do not occur in others.",
    ),
    Kind.UNDERFITTING: (
        HINT,
        "Neither new images nor those that it learns from are classified well, and that no longer changes: what limits "
        "it is the network or its steps, not the data.",
    ),
    Kind.LEVEL: (HINT, "Over these epochs, validation loss and accuracy changed by no more than chance."),
    Kind.IMPROVING: (HINT, "The validation loss was still falling when the run ended."),
    Kind.LEARNING: (GOOD, "No fault was found so far: the loss falls, and units and gradients are alive."),
    Kind.LEARNED: (GOOD, "No fault was found. Only the test images tell how well it does on digits that it never saw."),
}


def show(job: Job | None, view: JobState) -> None:
    """The line, with a button that opens what it rests on; its place is there before there is anything to say."""
    with st.container(key="diagnosis", horizontal=True, vertical_alignment="center", gap="small"):
        findings = find(job, view) if job else []
        if not job or not findings:
            st.caption(AHEAD)
            return
        icon, _ = MEANINGS[findings[0].kind]
        st.markdown(f"{icon} {errors.escape_markdown(str(findings[0]))}", width="stretch")
        with st.popover("Why?", key="diagnosis_details", type="tertiary"):
            for finding in findings[1:]:
                st.markdown(errors.escape_markdown(str(finding)))
            for kind in dict.fromkeys(kind for finding in findings for kind in (finding.kind, finding.cause) if kind):
                st.markdown(f"**{kind.capitalize()}.** {MEANINGS[kind][1]}")
            st.markdown("\n".join(f"- {line}" for line in figures(_evidence(job, view))))


def find(job: Job, view: JobState) -> list[Finding]:
    """Diagnose a run; what was found the last time stays while it nearly holds."""
    tab = state.tab()
    before = tab.findings if tab.findings_of == job.number else []
    found = diagnose(
        view.points,
        job.config,
        _images(job),
        diagnostics=view.diagnostics,
        status=view.status.value,
        before=before,
    )
    tab.findings_of, tab.findings = job.number, found
    return found


def figures(evidence: Evidence) -> list[str]:
    """The figures that a diagnosis rests on, one a line."""
    lines = []
    if evidence.training:
        loss, accuracy = evidence.training[-1]
        lines.append(f"Training: loss {loss:.4g}, accuracy {format_share(accuracy)}")
    if evidence.validation:
        loss, accuracy = evidence.validation[-1]
        lines.append(f"Validation: loss {loss:.4g}, accuracy {format_share(accuracy)}")
        lines.append(f"Generalization gap: {100 * (evidence.training[-1][1] - accuracy):.1f} points")
    lines.append(f"Chance: {format_share(evidence.images.chance)}, the share of the most frequent digit")
    if evidence.dead:
        lines.append("Dead units by layer: " + ", ".join(format_share(share) for share in evidence.dead))
    if evidence.update_ratios:
        lines.append(f"Update-to-weight ratio: {evidence.update_ratios[-1]:.2g}")
    return lines


def _evidence(job: Job, view: JobState) -> Evidence:
    return Evidence(view.points, job.config, _images(job), view.diagnostics)


def _images(job: Job) -> RunImages:
    """The numbers of the run's images, counted once for each run."""
    return state.tab().run_images.get(job.number, lambda: RunImages.of(job.initial_config, data.open_folder(job.data)))
