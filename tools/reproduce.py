"""Train the published networks anew, keep what they reach in weights/published.json, and show it in docs/results.md.

Without names, all of them: half an hour and more. `--table` trains nothing and only writes the table again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from model.cli.comparison import COLUMNS, cells, sentences
from model.cli.console import load_dataset, stderr, training_bar
from model.cli.entry import run
from model.common import machine
from model.common.formatting import format_duration
from model.experiments.reproduction import Result, published, reproduce
from model.presets import PRESETS
from model.training.checkpoint import WEIGHTS
from tools import readme

DOCUMENT = Path(__file__).parents[1] / "docs" / "results.md"
SECTION = "published"


@dataclass(frozen=True)
class Record:
    """Where results are kept: a JSON file by preset, and a document with a section that shows them."""

    file: Path = WEIGHTS / "published.json"
    document: Path = DOCUMENT

    def read(self) -> dict[str, Result]:
        """Return the newest results, by preset.

        Raises:
            ValueError: the file holds something else.
        """
        try:
            found = json.loads(self.file.read_text()) if self.file.is_file() else {}
            return {name: found[name] for name in PRESETS if name in found}
        except (ValueError, TypeError):
            raise ValueError(
                f"{self.file.name}: expected the results that this command keeps; got something else; remove it"
            ) from None

    def check(self) -> None:
        """Make sure that results can be kept, before a run of half an hour.

        Raises:
            ValueError: the file or the document is not as it must be.
            OSError: there is no document.
        """
        readme.replaced(self.document.read_text(), SECTION, markdown(self.read()))

    def write(self, results: Mapping[str, Result]) -> None:
        """Keep new results beside those of other presets, and show them all in the document."""
        together = {**self.read(), **results}
        ordered = {name: together[name] for name in PRESETS if name in together}
        self.file.write_text(json.dumps(ordered, indent=1) + "\n")
        readme.write(SECTION, markdown(ordered), self.document)


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--table", "table_only", is_flag=True, help="Train nothing; write the table again.")
def command(names: tuple[str, ...], table_only: bool) -> None:
    reproduce_and_keep(names, Record(), train=not table_only)


def reproduce_and_keep(names: tuple[str, ...], record: Record, *, train: bool = True) -> None:
    """Train one preset after another; what is done is kept even if a later one is stopped."""
    entries = published(names)
    record.check()
    if not train:
        return record.write({})
    for name, entry in entries.items():
        stderr.print(f"{name}: {entry.summary}", highlight=False)
        dataset = load_dataset(entry.config.data)
        with training_bar() as show:
            record.write({name: reproduce(entry, dataset, show)})


def markdown(results: Mapping[str, Result]) -> str:
    """Return the document's section: the table, the sentences below it, and where it was measured."""
    notes = [note for name, result in results.items() for note in sentences(f"`{name}`", result)]
    return "\n".join([*table_lines(results), "", *(f"- {note}" for note in (*notes, *machines(results)))])


def table_lines(results: Mapping[str, Result]) -> Iterator[str]:
    """Yield the lines of the Markdown table; a preset's name and time stand in its first row."""
    yield f"| preset | training took | {' | '.join(COLUMNS)} |"
    yield "|---|---:|---|---:|---:|---|---|"
    for name, result in results.items():
        head = (f"`{name}`", format_duration(result["seconds"]))
        for row in result["figures"]:
            yield f"| {' | '.join((*head, *cells(row)))} |"
            head = ("", "")


def machines(results: Mapping[str, Result]) -> Iterator[str]:
    """Yield when and on which machine the presets were trained: a sentence for those that share both."""
    found: dict[str, list[str]] = {}
    for name, result in results.items():
        where = f"on {result['date']} on {machine.phrase(result['machine'])}"
        found.setdefault(where, []).append(f"`{name}`")
    for where, names in found.items():
        yield f"{', '.join(names)}: trained {where}."


if __name__ == "__main__":
    run(command, prog_name="python -m tools.reproduce")
