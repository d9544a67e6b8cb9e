"""`report`: write a study as one HTML file, or its trials as a table."""

from __future__ import annotations

import json
from pathlib import Path

import click

from model.cli.console import as_json_option, print_notes, stdout
from model.cli.experiment_options import check_files, file_options, storage_option, write_files
from model.common.paths import expanded


@click.command("report")
@click.argument("study")
@storage_option
@file_options
@as_json_option
def report_command(study: str, storage: str, html: Path | None, csv: Path | None, as_json: bool) -> None:
    """Write what a study has found, as a report (--html) and as a table of its trials (--csv).

    STUDY is its name, or its folder. Without a file, what was found is said in a few sentences. A study that is still
    being computed is written as it stands.
    """
    check_files(html=html, csv=csv)
    storage, name = find_study(study, storage)

    from model.experiments.report.study import study_report, trials_csv
    from model.experiments.study_reader import StudyReader

    view = StudyReader(storage, name).read()
    report = study_report(view, f"python -m model sweep --name {name}" if storage == "experiments" else "")
    written = write_files(lambda: report, lambda: trials_csv(view), html=html, csv=csv)
    if as_json:
        best = view.best
        result = {
            "name": view.plan.name,
            "state": view.state,
            "trials": len(view.trials),
            "best": best.number if best else None,
            "sentences": report.answers,
            "cautions": report.cautions,
        }
        print(json.dumps(result | written))
        return
    for sentence in report.answers:
        stdout.print(sentence, highlight=False, markup=False, soft_wrap=True)
    print_notes(report.cautions)


def find_study(study: str, storage: str) -> tuple[str, str]:
    """Return where a study is kept, and its name.

    Raises:
        ValueError: There is no such study.
    """
    if "://" in storage:
        return storage, study
    folder = expanded(study)
    if (folder / "journal.log").is_file():  # its folder is named instead
        return str(folder.parent), folder.resolve().name
    place = expanded(storage)
    if place.suffix == ".log" and place.is_file():
        return storage, study
    if not (place / study / "journal.log").is_file():
        known = sorted(path.parent.name for path in place.glob("*/journal.log"))
        there = f"; there are {', '.join(known[:10])}" if known else ""
        raise ValueError(f"{study[:80]}: there is no such study in {storage}{there}")
    return storage, study
