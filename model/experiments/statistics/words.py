"""What the numbers say, in a sentence that a pupil understands."""

from __future__ import annotations

from model.experiments.statistics.mcnemar import McNemar
from model.experiments.statistics.measure import TEST_ACCURACY, Measure
from model.experiments.statistics.paired import SIGNIFICANCE, PairedTest, pairs_needed
from model.experiments.statistics.summary import FEW, Bounds, Summary

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def count_word(count: int, noun: str) -> str:
    """Write a number of things: ten seeds, one seed, 30 seeds."""
    number = NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
    return f"{number} {noun}{'' if count == 1 else 's'}"


def cases(p_value: float) -> str:
    """Write a probability as a number of cases: 2 of 100 cases, fewer than 1 of 10,000 cases."""
    for total in (100, 1_000, 10_000):
        if p_value * total >= 1:
            return f"{p_value * total:.0f} of {total:,} cases"
    return "fewer than 1 of 10,000 cases"


def seeds_sentence(name: str, summary: Summary, measure: Measure) -> str:
    """Say what the runs of one setting came to."""
    if summary.deviation is None or summary.interval is None:
        return f"With one seed, {name} came to {measure.phrase(summary.mean)}: one run does not say how far others lie."
    if summary.deviation == 0:
        return f"With {count_word(summary.count, 'seed')}, {name} always came to {measure.phrase(summary.mean)}."
    low, high = (measure.write(bound) for bound in summary.interval)
    least, most = (measure.write(value) for value in (min(summary.values), max(summary.values)))
    return (
        f"With {count_word(summary.count, 'seed')}, {name} comes to {measure.phrase(summary.mean)} on average "
        f"({low} to {high}); single runs came to {least} up to {most}."
    )


def difference_sentence(
    names: tuple[str, str],
    test: PairedTest,
    measure: Measure,
    *,
    corrected: float | None = None,
    comparisons: int = 1,
) -> str:
    """Say which of two settings is better, by how much, and how often chance does that.

    Args:
        names: Of the first and of the second setting.
        test: Their pairs of runs.
        measure: What was measured.
        corrected: The p value after the correction for all comparisons.
        comparisons: How many there were.
    """
    start = f"With {count_word(test.count, 'seed')} each, "
    if not any(test.differences):
        return f"{start}{names[0]} and {names[1]} came to exactly the same."
    if test.mean == 0:
        return f"{start}{names[0]} and {names[1]} are equal on average."
    first_wins = (test.mean > 0) == measure.higher_is_better
    winner, loser = names if first_wins else names[::-1]
    than = f" than {loser}" if comparisons > 1 else ""
    amount = _amount(test.mean, test.interval, measure)
    p_value = test.p_value if corrected is None else corrected
    chance = f"chance alone would do that in {cases(test.p_value)}"
    if comparisons > 1:
        chance += f" ({cases(p_value)}, corrected for {count_word(comparisons, 'comparison')})"
    if p_value < SIGNIFICANCE:
        return f"{start}{winner} is {measure.better}{than} by {amount}; {chance}."
    of_loser = f" of {loser}" if comparisons > 1 else ""
    return f"{start}{winner} is ahead{of_loser} by {amount}, but {chance}: that shows no difference."


def mcnemar_sentence(
    names: tuple[str, str], test: McNemar, *, corrected: float | None = None, comparisons: int = 1
) -> str:
    """Say which of two networks reads more of the images, and how often chance does that."""
    alone = (len(test.first_alone), len(test.second_alone))
    if not sum(alone):
        return f"{names[0]} and {names[1]} are right about the same of the {test.count:,} images."
    first, second = (0, 1) if alone[0] >= alone[1] else (1, 0)
    start = (
        f"Of {test.count:,} images, {names[first]} reads {alone[first]:,} that {names[second]} misreads, and "
        f"{names[second]} {f'{alone[second]:,}' if alone[second] else 'none'} that {names[first]} misreads"
    )
    if alone[0] == alone[1]:
        return f"{start}: they are equally accurate."
    p_value = test.p_value if corrected is None else corrected
    chance = f"chance alone would split them so unevenly in {cases(test.p_value)}"
    if comparisons > 1:
        chance += f" ({cases(p_value)}, corrected for {count_word(comparisons, 'comparison')})"
    amount = _amount(test.difference, test.interval, TEST_ACCURACY)
    if p_value < SIGNIFICANCE:
        return f"{start}: {names[first]} is better by {amount}, and {chance}."
    return f"{start}: {names[first]} is ahead by {amount}, but {chance}. That shows no difference."


def cautions(count: int, comparisons: int = 0, failed: int = 0) -> list[str]:
    """Say what so few runs can't say.

    Args:
        count: The seeds of each setting.
        comparisons: How many comparisons they are for; 0: none.
        failed: How many runs came to nothing, and are not counted.
    """
    found = []
    needed = pairs_needed(comparisons) if comparisons else 0
    if count < needed:
        ways = 2 ** max(count - 1, 0)
        among = f" in {count_word(comparisons, 'comparison')}" if comparisons > 1 else ""
        found.append(
            f"{count_word(count, 'seed').capitalize()} can't show a difference{among}: even if the same setting wins "
            f"every time, chance does that in 1 of {ways:,} cases. It takes {count_word(needed, 'seed')} or more."
        )
    if 1 < count < FEW:
        found.append(
            f"{count_word(count, 'seed').capitalize()} are few: the intervals are rather too narrow. With "
            f"{count_word(FEW, 'seed')} or more they are nearly as wide as they should be."
        )
    if failed:
        runs = "One run came" if failed == 1 else f"{failed} runs came"
        found.append(f"{runs} to nothing and {'is' if failed == 1 else 'are'} not counted here.")
    return found


def _amount(mean: float, interval: Bounds | None, measure: Measure) -> str:
    """Write a difference as seen from the better one, with its interval: 0.4 points (0.1 to 0.7)."""
    bounds = sorted(bound if mean > 0 else -bound for bound in interval) if interval else []
    decimals = measure.decimals(bounds[1] - bounds[0] if bounds else mean)
    said = f"{measure.number(abs(mean), decimals)} {measure.of_differences}"
    return said + (f" ({' to '.join(measure.number(bound, decimals) for bound in bounds)})" if bounds else "")
