"""What the numbers say, in a line that goes into a paper: every figure with its method."""

from __future__ import annotations

from model.experiments.statistics.mcnemar import McNemar
from model.experiments.statistics.measure import TEST_ACCURACY, Measure
from model.experiments.statistics.paired import EXACT_UP_TO, PairedTest
from model.experiments.statistics.summary import LEVEL, Bounds, Summary


def seeds_line(name: str, summary: Summary, measure: Measure) -> str:
    """State mean, standard deviation and interval."""
    line = f"{name}: {measure.title} {_mean(summary, measure)} (mean ± SD, n = {summary.count} seeds"
    if summary.interval:
        line += f"; {LEVEL:.0%} BCa bootstrap CI {_bounds(summary.interval, measure, 2)}"
    return f"{line})."


def difference_line(
    names: tuple[str, str],
    summaries: tuple[Summary, Summary],
    test: PairedTest,
    measure: Measure,
    *,
    corrected: float | None = None,
    comparisons: int = 1,
) -> str:
    """State a paired comparison of two settings; see `words.difference_sentence` for the arguments."""
    both = " vs. ".join(f"{name} {_mean(each, measure)}" for name, each in zip(names, summaries, strict=True))
    line = f"{both} {measure.title} (mean ± SD, n = {test.count} paired seeds)"
    line += f"; difference {measure.number(test.mean, 2)} {_unit(measure)}"
    if test.interval:
        line += f", {LEVEL:.0%} BCa bootstrap CI {_bounds(test.interval, measure, 2)}"
    kind = "exact paired permutation test" if test.is_exact else f"paired permutation test ({EXACT_UP_TO:,} drawn)"
    return f"{line}; {kind}, two-sided, {_p(test.p_value)}{_corrected(corrected, comparisons)}."


def mcnemar_line(names: tuple[str, str], test: McNemar, *, corrected: float | None = None, comparisons: int = 1) -> str:
    """State a comparison of two networks on one test set."""
    accuracies = zip(names, test.accuracies, strict=True)
    both = " vs. ".join(f"{name} {TEST_ACCURACY.write(accuracy)}" for name, accuracy in accuracies)
    return (
        f"{both} accuracy on n = {test.count:,} images; {len(test.first_alone)} vs. {len(test.second_alone)} read by "
        f"one alone; difference {TEST_ACCURACY.number(test.difference, 2)} {_unit(TEST_ACCURACY)}, {LEVEL:.0%} exact "
        f"conditional CI {_bounds(test.interval, TEST_ACCURACY, 2)}; McNemar's exact test, two-sided, "
        f"{_p(test.p_value)}{_corrected(corrected, comparisons)}."
    )


def _mean(summary: Summary, measure: Measure) -> str:
    mean = measure.number(summary.mean, 2)
    deviation = "" if summary.deviation is None else f" ± {measure.number(summary.deviation, 2)}"
    return f"{mean}{deviation} {measure.unit}"


def _unit(measure: Measure) -> str:
    return "percentage points" if measure.unit == "%" else measure.unit


def _bounds(bounds: Bounds, measure: Measure, decimals: int) -> str:
    return f"[{', '.join(measure.number(bound, decimals) for bound in bounds)}]"


def _p(p_value: float) -> str:
    return "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.2g}"


def _corrected(corrected: float | None, comparisons: int) -> str:
    if corrected is None or comparisons < 2:
        return ""
    return f"; Holm-corrected for {comparisons} comparisons, {_p(corrected)}"
