"""The report of trained networks that were compared on one test set, with the images on which they differ."""

from __future__ import annotations

from collections.abc import Sequence

from model.experiments.report.content import Gallery, Report, Table, digit_picture, versions
from model.experiments.report.csv_table import to_csv
from model.experiments.seeds.network_comparison import NetworkComparison, NetworkPair

MOST_PICTURES = 120  # of a pair


def networks_report(comparison: NetworkComparison, cautions: Sequence[str] = (), command: str = "") -> Report:
    """Return the report.

    Args:
        comparison: The networks' answers.
        cautions: What else is to be said, as of networks that have seen the images.
        command: What gives the same again.
    """
    return Report(
        title=f"{' or '.join(comparison.answers)}?",
        answers=comparison.sentences,
        cautions=[*cautions, *comparison.cautions],
        paper=comparison.paper,
        tables=[_table(comparison)],
        galleries=[gallery for pair in comparison.pairs if (gallery := _gallery(comparison, pair)).pictures],
        command=command,
        versions=versions(),
    )


def differing_csv(comparison: NetworkComparison) -> str:
    """Return the images on which networks differ as CSV, one in a row for each pair."""
    rows = ([*pair.names, *image.values()] for pair in comparison.pairs for image in comparison.differing(pair))
    columns = ("first", "second", "image", "label", "first_answer", "second_answer")
    return to_csv(columns, rows)


def _table(comparison: NetworkComparison) -> Table:
    rows = []
    for pair in comparison.pairs:
        first, second = (f"{100 * accuracy:.2f} %" for accuracy in pair.test.accuracies)
        alone = (len(pair.test.first_alone), len(pair.test.second_alone))
        both_wrong = pair.test.count - pair.test.both_right - sum(alone)
        rows.append([*pair.names, first, second, *map(str, (pair.test.both_right, *alone, both_wrong))])
        rows[-1] += [f"{pair.test.p_value:.2g}", f"{pair.corrected:.2g}"]
    accuracies = ("Accuracy of the first", "Accuracy of the second")
    counts = ("Both right", "First alone", "Second alone", "Both wrong")
    columns = ("First", "Second", *accuracies, *counts, "p", "p, corrected")
    caption = f"On {len(comparison.labels):,} images of {comparison.data}, by McNemar's exact test."
    return Table("Results", columns, rows, caption)


def _gallery(comparison: NetworkComparison, pair: NetworkPair) -> Gallery:
    differing = comparison.differing(pair)
    pictures = [
        digit_picture(
            comparison.images[image["index"]],
            f"{image['label']}, read as {image['first']} and {image['second']} (image {image['index']})",
        )
        for image in differing[:MOST_PICTURES]
    ]
    left_out = len(differing) - len(pictures)
    caption = f"Each with its label, then the answers of {pair.names[0]} and of {pair.names[1]}."
    caption += f" {left_out:,} more are in the CSV." if left_out else ""
    return Gallery(f"Where {pair.names[0]} and {pair.names[1]} differ", pictures, caption)
