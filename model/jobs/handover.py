"""A run is handed over: an app that ends writes it to a folder, and another one goes on with it.

All that the run has learned comes along: its network, its snapshots, its curves. One that could not be saved in time
goes on from its last snapshot.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from model.jobs.job import Job
from model.jobs.job_files import NETWORK_FILE
from model.jobs.job_record import JobRecord
from model.jobs.pool import Pool
from model.jobs.request import TrainingRequest

RECORD = "run.json"


def write(job: Job, folder: Path, *, is_saved: bool, has_time: Callable[[], bool] = lambda: True) -> None:
    """Write a run to a new folder.

    Args:
        job: the run; no worker trains it any more, or `is_saved` is false.
        folder: the folder to make.
        is_saved: whether the run's files have the state that it has reached.
        has_time: asked before each snapshot that is only good to look back at; the newest ones come first.

    Raises:
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True)
    record = job.record(is_saved=is_saved)
    for name in {NETWORK_FILE, record.start_from} - {""}:
        _bring(job.files.folder / name, folder / name)
    kept = []
    for ref in reversed(record.state.snapshots):
        if ref.file == record.start_from or (has_time() and _bring(job.files.snapshot(ref), folder / ref.file)):
            kept.append(ref)
    record = replace(record, state=replace(record.state, snapshots=kept[::-1]))
    (folder / RECORD).write_text(record.to_json(), encoding="utf-8")


def read(folder: Path) -> JobRecord:
    """Read what is known of a run that was handed over.

    Raises:
        ValueError: there is no such run.
        OSError: it can't be read.
    """
    return JobRecord.from_json((folder / RECORD).read_text(encoding="utf-8"))


def take_up(pool: Pool, request: TrainingRequest, record: JobRecord, folder: Path) -> Job:
    """Go on with a run: it waits in the pool's queue, unless it is paused or over.

    Args:
        pool: who trains it now.
        request: the name, owner, settings and data, as if it were a new one.
        record: what is known of it.
        folder: its files, which are moved.

    Raises:
        ValueError: the pool is closed.
        OSError: the files can't be moved.
    """
    return pool.adopt(request, record, [path for path in folder.iterdir() if path.name != RECORD])


def _bring(source: Path, target: Path) -> bool:
    """Link or copy a file; return whether it was there."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        return False
    except OSError:  # another disk, or one without hard links
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError:
            return False
    return True
