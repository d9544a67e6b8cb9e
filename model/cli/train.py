"""`train`: train a new network, or go on with one whose run was interrupted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from model import data
from model.cli.console import (
    as_json_option,
    finite,
    load_dataset,
    print_notes,
    stderr,
    stdout,
    training_bar,
    value_table,
)
from model.cli.interruption import Interruption, interruption
from model.cli.network_file import NetworkFile
from model.cli.turn import turn_option
from model.common.fields import SettingsModel
from model.config import TrainingConfig
from model.ink import Drawing, sampler
from model.presets import PRESETS, preset
from model.training import Change, Trainer, checkpoint, checkpoint_formats, fit
from model.training.ancestors import Ancestors
from model.training.finding import Finding, Kind
from model.training.history import HistoryPoint, Progress
from model.training.observer import RunObserver
from model.training.resume import ResumeCheckpoint
from model.training.snapshot import Snapshot
from model.training.threads import ThreadPlan

INTERRUPTED = Path("interrupted.safetensors")  # where the network of an interrupted run goes without --out

Run = Generator[Progress, Change | None, None]
CURVE = "curve"  # of a point of the history: the HistoryPoint, kept for the diagnosis and not printed
SHOWN = (
    "status",
    "epochs",
    "seconds",
    "accuracy",
    "loss",
    "cost_per_output",
    "validation_accuracy",
    "test_accuracy",
    "note",
    "out",
)


def config_options(
    command: Callable[..., Any], config_class: type[SettingsModel] = TrainingConfig
) -> Callable[..., Any]:
    """Add an option for each field of TrainingConfig; the values are checked there, not here."""
    for name, setting in reversed(config_class.model_fields.items()):
        options = config_class.options(name)
        choices = f" One of: {', '.join(options)}." if options else ""
        default = setting.default
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else str(default).lower()
        command = click.option(
            f"--{name.replace('_', '-')}",
            name,
            metavar="UNITS,UNITS,..." if isinstance(default, tuple) else type(default).__name__.upper(),
            help=f"{setting.description}{choices} [default: {shown}]",
        )(command)
    return command


@click.command("train")
@click.option("--preset", "preset_name", help=f"Start from a preset: {', '.join(PRESETS)}.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the network here: .safetensors or .npz.")
@click.option(
    "--threads",
    metavar="NUMBER",
    help="Compute on this many threads [default: as many as are worth it and as other programs leave cores free, fewer "
    "once they take some]. Another number changes the last bits of the result. The number that a run had is in its "
    "file and in --json; 2,1@340 is 2 threads, and 1 from step 340 on.",
)
@turn_option
@click.option("--fresh", is_flag=True, help="Start over, even if the same run was interrupted before.")
@config_options
@as_json_option
def train_command(
    preset_name: str | None,
    out: Path | None,
    threads: str | None,
    turn: str | None,
    fresh: bool,
    as_json: bool,
    **given: str | None,
) -> None:
    """Train a new network.

    Ctrl-C stops the run and saves the network; so does SIGTERM, after which the exit code is 143. If a run of more than
    half a minute was interrupted, by whatever, the same command resumes it from at most half a minute before and ends
    with the same network, bit for bit on as many threads. If --out can't be written in the end, the network is kept
    somewhere else and the exit code is 2.
    """
    if threads is not None:
        ThreadPlan.of(threads)
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    start = preset(preset_name).config if preset_name else TrainingConfig()
    config = start.changed(**values)
    if out:
        checkpoint_formats.checked_kind(out)
        if not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
            raise ValueError(f"--out must be in a folder that exists and can be written to; got {out}")
    file = NetworkFile(out or INTERRUPTED)

    ancestors = Ancestors.by_name_or_path(config)
    ink = sampler.read_ink_files(config.ink)
    of_ink = data.ink_notes(ink, config.ink)
    print_notes(of_ink)
    session = TrainSession(config, load_dataset(config.data, turn), ink, threads, ancestors)
    progress = session.run(fresh=fresh)
    interrupted = progress.status == "running"
    status = "interrupted" if interrupted else progress.status
    trained = checkpoint.Checkpoint.of(config, progress, session.dataset, status)
    result = summary(trained, progress)
    is_kept = _keep(trained, file, result) if out or interrupted else True
    if interrupted and session.resume.epoch:
        stderr.print(
            f"The same command goes on from epoch {session.resume.epoch}; --fresh starts over.", soft_wrap=True
        )
    elif not interrupted and is_kept:
        session.resume.remove()
    if progress.message:
        stderr.print(progress.message, style="yellow", markup=False)
    findings = session.observer.diagnose(status)
    doubts = result_doubts(session.history, findings)
    if seen := result.get(checkpoint.TEST_IMAGES_SEEN):
        doubts.append(f"{seen:,} of the test images are training images too: the test accuracy says little")
    print_notes(doubts)
    result |= {"chance_level": any(finding.kind is Kind.GUESSING for finding in findings)}
    result |= {"turn": turn, "notes": [*session.dataset.notes, *of_ink, *doubts]}
    if as_json:
        history = [{name: value for name, value in point.items() if name != CURVE} for point in session.history]
        print(json.dumps(result | {"diagnosis": [asdict(it) for it in findings], "history": history}))
    else:
        stdout.print(repr(progress.network), markup=False, highlight=False)
        stdout.print(value_table({name: result[name] for name in SHOWN if result.get(name) is not None}))
        if findings:
            stdout.print("\n".join(map(str, findings)), markup=False, highlight=False, soft_wrap=True)
    sys.exit(session.interruption.exit_code or (2 if out and result.get("out") != str(out) else 0))


def _keep(trained: checkpoint.Checkpoint, file: NetworkFile, result: dict[str, Any]) -> bool:
    """Write the network, and note in the result where it is; return whether it is anywhere."""
    try:
        saved = file.save(trained)
    except OSError as error:
        stderr.print(f"The network is lost: {error}.", style="red", markup=False, soft_wrap=True)
        return False
    result["out"] = str(saved.path)
    saved.warn()
    return True


@dataclass
class TrainSession:
    """One `train` command: a training run from its start, or from where an earlier command was interrupted."""

    config: TrainingConfig
    dataset: data.Dataset
    ink: Sequence[Drawing]
    threads: str | None
    ancestors: Ancestors
    history: list[dict[str, Any]] = field(default_factory=list)  # the learning curve, see `history_point`
    observer: RunObserver = field(init=False)  # of the run, once it has begun
    interruption: Interruption = field(default_factory=Interruption)  # of the run

    def __post_init__(self) -> None:
        self.resume = ResumeCheckpoint(self.config, self.dataset, self.ink, self.ancestors.checksums())

    def run(self, *, fresh: bool) -> Progress:
        """Train to the end or to an interruption, and return the last progress; `fresh` starts over."""
        if fresh:
            self.resume.remove()
        resumed = self._resume()
        is_known = resumed is not None  # the first progress after an interruption is the last one before it
        saves = True
        with interruption() as self.interruption, training_bar() as show:
            for progress in resumed or self._start():
                show(progress)
                if not is_known:
                    self.observer.observe(progress)
                    self.history.append(history_point(progress))
                is_known = False
                saves = saves and self._save(progress)
                if self.interruption.has_come:
                    break
        return progress

    def _start(self, snapshot: Snapshot | None = None) -> Run:
        trainer = Trainer(self.config, self.dataset, self.ink, ancestors=self.ancestors)
        earlier = []
        if snapshot:
            trainer.restore(snapshot)
            earlier = [HistoryPoint(*point[CURVE]) for point in snapshot.points if CURVE in point]
        self.observer = RunObserver(trainer, self.dataset, earlier)
        return fit(trainer, threads=self.threads)

    def _resume(self) -> Run | None:
        """Go on with the interrupted run of the same settings and data, if there is one and its snapshot is usable."""
        try:
            snapshot = self.resume.find()
            if not snapshot:
                return None
            run = self._start(snapshot)
            epoch, when = snapshot.values["epoch"], self.resume.when()
        except (ValueError, OSError) as error:
            reason = " ".join(str(error).split())
            message = f"Starting over: the snapshot of the interrupted run can't be used ({reason})."
            stderr.print(message, style="yellow", markup=False, soft_wrap=True)
            return None
        where = f"epoch {epoch} of {self.config.epochs}, interrupted {when:%Y-%m-%d %H:%M}"
        stderr.print(f"Going on from {where}; --fresh starts over.", soft_wrap=True, highlight=False)
        self.history = list(snapshot.points)
        return run

    def _save(self, progress: Progress) -> bool:
        """Save a resume checkpoint if it is time to; return whether saving works, and say why if it does not."""
        try:
            self.resume.keep(progress, self.history)
        except OSError as error:
            stderr.print(
                f"The state of this run can't be saved in {self.resume.path.parent} ({error.strerror or error}): if it "
                f"is interrupted, the same command goes back to epoch {self.resume.epoch}.",
                style="yellow",
                markup=False,
                soft_wrap=True,
            )
            return False
        return True


def summary(trained: checkpoint.Checkpoint, last: Progress) -> dict[str, Any]:
    """Return what `train --json` ends with, but for the learning curve."""
    assert trained.config
    return trained.scores | {
        "message": last.message,
        "steps": last.step,
        "seed": trained.config.seed,
        "parameters": last.network.mlp.parameters.size,
        "checksum": last.network.checksum(),
        "images_per_second": round(last.images_per_second),
        "loss": finite(last.epoch_loss),
        "accuracy": finite(last.epoch_accuracy),
        "cost_per_output": finite(last.cost_per_output),
        "config": trained.config.model_dump(),
    }


def result_doubts(history: Sequence[dict[str, Any]], findings: Sequence[Finding]) -> list[str]:
    """Say of a result that it is no better than a guess, or too good to be true."""
    guessing = [finding for finding in findings if finding.kind is Kind.GUESSING]
    if guessing:
        return [f"the network has learned nothing: {guessing[0].sentence}"]
    early = [point["validation_accuracy"] for point in history if point["epoch"] <= 1]
    if any(accuracy == 1.0 for accuracy in early if accuracy is not None):
        return ["every validation image is right after one epoch: digits are never so easy; look at the labels"]
    return []


def history_point(progress: Progress) -> dict[str, Any]:
    """Return one point of the learning curve, as plain values; under `CURVE`, what a diagnosis needs of it."""
    names = ("epoch", "step", "loss", "cost_per_output", "accuracy", "validation_loss", "validation_accuracy")
    return {name: finite(getattr(progress, name)) for name in names} | {CURVE: HistoryPoint.of(progress)}
