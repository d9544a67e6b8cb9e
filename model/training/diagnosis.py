"""A diagnosis says in words how a run does, and what to try, from what was measured of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from model.common.formatting import format_share
from model.config import TrainingConfig
from model.training.diagnostics import Diagnostics
from model.training.evidence import Evidence, RunImages, relative_fall
from model.training.finding import Finding, Kind
from model.training.history import HistoryPoint
from model.training.rules import ResultRules, StepRules, format_rate

ENDED = ("finished", "stopped early", "stopped", "interrupted")


def diagnose(
    points: Sequence[HistoryPoint],
    config: TrainingConfig,
    images: RunImages,
    *,
    diagnostics: Sequence[Diagnostics] = (),
    status: str = "running",
    before: Collection[Finding] = (),
) -> list[Finding]:
    """Find out how a run does.

    Args:
        points: Its learning curves so far.
        config: Its settings as they are now.
        images: How many it learns from and validates on.
        diagnostics: What was measured inside the network, the oldest first; the newest ones are enough.
        status: The status of the run, as model.training.history or model.jobs name it.
        before: What was found the last time: it is found again while it still nearly holds.

    Returns:
        The findings, the gravest first; none as long as there is too little to say.
    """
    if status == "diverged":
        return [_diverged(points, config)]
    evidence = Evidence(points, config, images, diagnostics)
    return _faults(evidence, before) or _outlook(evidence, ended=status in ENDED)


def _faults(evidence: Evidence, before: Collection[Finding]) -> list[Finding]:
    """Return what is wrong: a fault of the steps hides those of the result, which may only follow from it."""
    steps, result = StepRules(evidence, before), ResultRules(evidence, before)
    guessing = steps.guessing()
    of_steps = (steps.dead_units, steps.large_steps, steps.small_steps, steps.vanishing)
    fault = next((finding for rule in of_steps if (finding := rule())), None)
    if guessing:
        return [_with_cause(guessing, fault) if fault else guessing]
    if fault := fault or steps.unsteady() or result.underfitting() or result.too_easy():
        return [fault]
    return [finding for finding in (result.overfitting(), result.level()) if finding]


def _diverged(points: Sequence[HistoryPoint], config: TrainingConfig) -> Finding:
    step = points[-1].step if points else 0
    lower = f"Lower the learning rate to {format_rate(config.learning_rate / 10)}"
    clip = ", or clip the gradient at 1." if not config.clip_norm else "."
    return Finding(Kind.DIVERGED, f"Diverged at step {step:,}: the loss is no longer a finite number.", lower + clip)


def _outlook(evidence: Evidence, *, ended: bool) -> list[Finding]:
    """Return how a run without a fault goes on; nothing before the end of its first epoch."""
    if not evidence.epochs:
        return []
    accuracy = evidence.training[-1][1]
    scores = f"training accuracy {format_share(accuracy)}"
    if evidence.validation:
        scores = f"validation accuracy {format_share(evidence.validation[-1][1])}, {scores}"
    if not ended:
        return [Finding(Kind.LEARNING, f"Learning: {scores}.")]
    curve = evidence.validation or evidence.training
    fall = relative_fall([loss for loss, _ in curve[-evidence.last_epochs(4, 3) :]])
    scheduled = evidence.epochs[-1].learning_rate < evidence.config.learning_rate / 2
    if fall > 0.03 and accuracy < 0.995 and not scheduled:
        more = round_down(len(evidence.epochs))
        advice = f"{more} more epoch{'s' if more > 1 else ''} would probably help."
        return [Finding(Kind.IMPROVING, f"Still improving: {scores}.", advice)]
    advice = "" if evidence.validation else "Whether it overfits can't be seen without a validation split."
    return [Finding(Kind.LEARNED, f"Learned: {scores}.", advice)]


def _with_cause(guessing: Finding, cause: Finding) -> Finding:
    sentence = f"{guessing.sentence.rstrip('.')}; {cause.sentence[0].lower()}{cause.sentence[1:]}"
    return replace(guessing, sentence=sentence, advice=cause.advice, cause=cause.kind)


def round_down(count: int) -> int:
    """Round a count from 1 on down to 1, 2 or 5 times a power of ten."""
    power = 10 ** (len(str(count)) - 1)
    return int(max(digit for digit in (1, 2, 5) if digit * power <= count) * power)
