"""The process of one search of the app: `python -m model.experiments.child FOLDER`, started by the supervisor.

It ends when the study has all its trials, when it is told to pause or to stop, and when the app is gone.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from model.common.child_process import prefer_as_oom_victim
from model.experiments.control import Control
from model.experiments.plan import ExperimentPlan
from model.experiments.progress import StudyProgress
from model.experiments.search_process import JOURNAL, LEFT, REQUEST

NICENESS = 10
GRACE_SECONDS = 2.0  # to leave the study in order, once the app is gone

_app_is_gone = threading.Event()


class _LeftError(Exception):
    """The study is left as it is, and can go on later."""


def main(folder: Path) -> int:
    """Work at the study of a folder; return the exit code: 0 if it has all its trials, LEFT if it can go on."""
    logging.basicConfig(format="%(message)s")
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    prefer_as_oom_victim(1000)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_app, args=(folder,), daemon=True).start()
    folder = folder.resolve()
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    try:
        return 0 if _work(folder, request) else LEFT
    except _LeftError:
        return LEFT
    except (ValueError, OSError) as error:
        logging.error(" ".join(str(error).split()))
        return 1
    finally:
        if _app_is_gone.is_set():
            delete(folder)


def _work(folder: Path, request: Mapping[str, Any]) -> bool:
    """Work at the study, and tell whether it has all its trials."""
    # These take a second to import, and the processes that the cluster starts import this module first.
    from model import data
    from model.experiments.clusters.dask_cluster import local_cluster
    from model.experiments.engine import StudyEngine
    from model.experiments.stores.storage import open_store

    plan = ExperimentPlan.of(request["plan"])
    if plan.judge:  # a file of this folder
        os.chdir(folder)
    dataset = data.open_folder(Path(request["data"]))
    has_begun = threading.Event()

    def observe(progress: StudyProgress) -> None:
        if progress.running:
            has_begun.set()

    def is_asked_to_end() -> bool:
        return (request["is_first"] and has_begun.is_set()) or Control.read(folder).command == "pause"

    store = open_store(folder / JOURNAL, plan.name)
    with local_cluster(request["processes"]) as cluster:
        engine = StudyEngine(plan, store, cluster, dataset, observe, is_asked_to_end=is_asked_to_end)
        return engine.run().state == "finished"


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise _LeftError


def _end_with_app(folder: Path) -> None:
    """Wait until the app is gone, which closes the other end; then end, with all that was started here."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    _app_is_gone.set()
    signal.raise_signal(signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    delete(folder)
    with suppress(AttributeError, OSError):  # other systems have no such groups
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def delete(folder: Path) -> None:
    """Delete a folder into which others may still write: under another name it gets no new files."""
    moved = folder.with_name(f"{folder.name}.gone")
    with suppress(OSError):  # it is gone already, or a file is open and the system moves no such folder
        folder.rename(moved)
    for path in (folder, moved):
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
