"""Leave one out: for each collection, a network is trained on MNIST and all others, and tested on that one.

It is also tested on non-digits: letters that it was trained on, letters that it was not, and shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks import writer_groups
from benchmarks.runs import Result, Run, Trained, trained
from benchmarks.shapes import KINDS, TAUGHT, shapes
from benchmarks.verdicts import accepted, sure
from benchmarks.writer_groups import Collections, Source, images
from model.common.arrays import Array
from model.config import TrainingConfig
from model.inference.thresholds import ACCEPT_AT_LEAST
from model.ink import Drawing
from model.ink.miscut import is_miscut
from model.nn.calibration import BINS, Reliability, reliability
from model.nn.classifier import DigitClassifier

PART = "collections"
UNTAUGHT = 3  # letters that each network is not trained on, in turn
SHAPES = 300  # drawings of each kind
TARGET_ACCEPT_RATE = 0.97  # share of digits to accept, where the threshold is chosen for it

LETTERS, UNTAUGHT_LETTERS = "letters", "letters not taught"
ALL_UNTAUGHT = "all that was not taught"
SCORES = ("auroc", "refused", "refused_at_97")
MEANS = ("accuracy", "calibration_error", "passed", "wrong_sure")
WITHOUT_MISCUT = ("accuracy_without", "passed_without", "wrong_sure_without")


def plan(config: TrainingConfig, source: Source, ink: Collections, groups: int = 0) -> list[Run]:
    """Plan a run for each collection.

    Args:
        config: The training of each run.
        source: Where the ink comes from.
        ink: The ink.
        groups: Into how many groups to divide the collections, each of which is left out by one network; by default
            each collection is left out alone. Runs of one group follow each other.

    Raises:
        ValueError: with one collection or one group alone, nothing is left to learn from.
    """
    if groups == 1:
        raise ValueError("--groups must be 2 or more, so that something is left to learn from; or 0")
    if len(ink.names) < 2:
        raise ValueError(f"there must be two collections or more; got {', '.join(ink.names)} alone")
    letters = ink.alphabet
    count = max(0, min(UNTAUGHT, len(letters) - 1))
    left_out = writer_groups.divided(ink.names, groups or len(ink.names))
    return [
        Run(
            part=PART,
            name=name,
            config=config,
            source=source,
            left_out=group,
            untaught=tuple(sorted(letters[(number * count + place) % len(letters)] for place in range(count))),
        )
        for number, group in enumerate(left_out)
        for name in group
    ]


def carry_out(run: Run) -> Result:
    """Train a network, and test it on the collection that was left out."""
    ink = writer_groups.load(run.source)
    made = trained(run, ink)
    return measure(made, ink.digits[run.name], dict(others(run, ink))) | {
        "untaught": list(run.untaught),
        "seconds": round(made.seconds, 1),
    }


def others(run: Run, ink: Collections) -> Iterator[tuple[str, Sequence[Drawing]]]:
    """Yield non-digits by their kind."""
    letters = ink.letters.get(run.name, ())
    yield LETTERS, [drawing for drawing in letters if drawing.label not in run.untaught]
    yield UNTAUGHT_LETTERS, [drawing for drawing in letters if drawing.label in run.untaught]
    rng = np.random.default_rng(run.config.seed)
    for kind in KINDS:
        if letters or kind != "word":  # words are made of them
            yield kind, shapes(kind, run.source.at_most or SHAPES, rng, letters)


# ------------------------------------------------------------------------------------------------ measuring


def measure(made: Trained, digits: Sequence[Drawing], others: Mapping[str, Sequence[Drawing]]) -> Result:
    """Measure a network on drawings of digits, on non-digits by kind, and on the images set aside."""
    labels = writer_groups.digit_labels(digits)
    found = made.network.predict(images(digits))
    assert found.is_digit is not None
    right, taken = found.probabilities.argmax(axis=1) == labels, accepted(found)
    wrong_sure = sure(found) & ~right
    miscut = np.array([is_miscut(drawing) for drawing in digits])
    calibration = reliability(found.probabilities, labels, BINS)
    return {
        "digits": len(digits),
        "accuracy": float(right.mean()),
        "calibration_error": calibration.expected_calibration_error,
        "bins": bins(calibration),
        "passed": float(taken.mean()),
        "wrong_sure": float(wrong_sure.mean()),
        "miscut": {
            "digits": int(miscut.sum()),
            "wrong": int((miscut & ~right).sum()),
            **{
                f"{name}_without": float(each[~miscut].mean()) if not miscut.all() else None
                for name, each in (("accuracy", right), ("passed", taken), ("wrong_sure", wrong_sure))
            },
        },
        "kinds": {
            kind: separation(found.is_digit, digit_probability(made.network, drawings))
            for kind, drawings in others.items()
            if drawings
        },
        "set_aside": {
            "images": len(made.labels),
            "accuracy": made.network.accuracy(made.images, made.labels),
            "passed": float(accepted(made.network.predict(made.images)).mean()),
        },
    }


def digit_probability(network: DigitClassifier, drawings: Sequence[Drawing]) -> Array:
    """Compute the probability that each drawing shows a digit, (n,)."""
    is_digit = network.predict(images(drawings)).is_digit
    assert is_digit is not None
    return is_digit


def separation(digits: Array, others: Array) -> Result:
    """Measure how well digits and others are separated by the probability of being a digit, (n,) and (m,).

    `auroc` is the probability that a random digit has a higher one than a random other (Hanley and McNeil, 1982).
    """
    is_one = np.concatenate((np.ones(len(digits)), np.zeros(len(others))))
    threshold = np.quantile(digits, 1 - TARGET_ACCEPT_RATE, method="lower")
    return {
        "drawings": len(others),
        "auroc": float(roc_auc_score(is_one, np.concatenate((digits, others)))),
        "refused": float((others < ACCEPT_AT_LEAST).mean()),
        "refused_at_97": float((others < threshold).mean()),
    }


def bins(found: Reliability) -> Result:
    """Reduce the bins to sums, which can be added over collections; `claimed` are the sums of the confidences."""
    claimed = np.where(found.counts > 0, found.counts * found.confidence, 0)
    return {"counts": found.counts.tolist(), "right": found.right.tolist(), "claimed": claimed.tolist()}


# -------------------------------------------------------------------------------------------- all of them


def summary(runs: Mapping[str, Result]) -> Result:
    """Average over the collections, each counting the same; the calibration error also of all their digits together."""
    results = list(runs.values())
    wrong = sum(round((1 - result["accuracy"]) * result["digits"]) for result in results)
    miscut = [result["miscut"] for result in results]
    return {
        "collections": len(results),
        "digits": sum(result["digits"] for result in results),
        **{name: fmean(result[name] for result in results) for name in MEANS},
        "calibration_error_together": together([result["bins"] for result in results]),
        "miscut": {
            "digits": sum(found["digits"] for found in miscut),
            "share_of_wrong": sum(found["wrong"] for found in miscut) / wrong if wrong else 0.0,
            **{name: mean_of_known(miscut, name) for name in WITHOUT_MISCUT},
        },
        "kinds": kinds([result["kinds"] for result in results]),
        "set_aside": {
            name: fmean(result["set_aside"][name] for result in results) for name in ("images", "accuracy", "passed")
        },
    }


def mean_of_known(found: Sequence[Result], name: str) -> float | None:
    """Average a figure over the results that have it."""
    known = [each[name] for each in found if each[name] is not None]
    return fmean(known) if known else None


def together(found: Sequence[Result]) -> float:
    """Compute the calibration error of all digits, from the bins of each collection."""
    counts, right, claimed = (np.sum([each[name] for each in found], axis=0) for name in ("counts", "right", "claimed"))
    filled = np.divide(claimed, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return Reliability(counts, right, filled).expected_calibration_error


def kinds(found: Sequence[Result]) -> Result:
    """Average each kind over the collections that have it; and average the kinds that no network was trained on."""
    means = {
        kind: {score: fmean(each[kind][score] for each in found if kind in each) for score in SCORES}
        for kind in (LETTERS, UNTAUGHT_LETTERS, *KINDS)
        if any(kind in each for each in found)
    }
    untaught = [scores for kind, scores in means.items() if kind not in (LETTERS, *TAUGHT)]
    return means | {ALL_UNTAUGHT: {score: fmean(each[score] for each in untaught) for score in SCORES}}
