"""A search is handed over: an app that ends writes it to a folder, and another one goes on with its study.

All trials come along; those that were being computed are begun again.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from model.experiments.control import COMMANDS
from model.experiments.plan import ExperimentPlan
from model.experiments.search import Search
from model.experiments.search_process import LOG, REQUEST
from model.experiments.supervisor import Supervisor

RECORD = "search.json"
STAYS = ("engines", "data", "*.lock", REQUEST, LOG)  # what is of this machine alone
PLAIN = ("trials", "command", "problem", "is_first", "is_complete", "seconds")


def write(search: Search, folder: Path) -> None:
    """Write a search, whose process has ended, to a new folder.

    Raises:
        OSError: the folder can't be written.
    """
    shutil.copytree(search.folder, folder, ignore=shutil.ignore_patterns(*STAYS))
    record = {name: getattr(search, name) for name in PLAIN} | {"plan": search.plan.model_dump(mode="json")}
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")


def take_up(supervisor: Supervisor, owner: str, folder: Path, data: Path, keep_alive: Any = None) -> Search:
    """Go on with a search, as soon as there is a place for it; one that paused or was stopped waits to be told.

    Args:
        supervisor: who has the searches now.
        owner: the visitor.
        folder: what was written, which is moved.
        data: the folder of the data set's arrays.
        keep_alive: see Search.

    Raises:
        ValueError: there is no such search, or searches are switched off.
        OSError: its files can't be moved.
    """
    values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    search = supervisor.new_search(owner, ExperimentPlan.of(values["plan"]), data, keep_alive)
    if values["command"] not in COMMANDS:
        raise ValueError(f"the command must be one of {', '.join(COMMANDS)}; got {values['command']!r}")
    search.trials, search.command, search.problem = int(values["trials"]), values["command"], str(values["problem"])
    search.is_first, search.is_complete = bool(values["is_first"]), bool(values["is_complete"])
    search.seconds_before = float(values["seconds"])
    supervisor.adopt(search, folder)
    return search
