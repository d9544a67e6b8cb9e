"""An app that ends leaves what its visitors have made in a folder, $INKLING_SHARED, and another one takes it up.

Each visitor's things lie in a folder of their own, under a digest of the name in their cookie. It appears when it is
whole, and only one app can take it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model import data
from model.common.atomic_file import atomic_folder
from model.common.settings import Settings
from model.config import TrainingConfig
from model.experiments import search_handover
from model.experiments.search import Search
from model.experiments.supervisor import Supervisor
from model.ink import Drawing
from model.jobs import Job, Pool, TrainingRequest, handover
from model.training import checkpoint
from ui.state import runtime
from ui.state.drawing_log import DrawingLog, LoggedDrawing
from ui.state.sheet import Content
from ui.state.visitor_state import Pinned, Race, UploadedDataset, VisitorState
from ui.state.visitors import FORGET_SECONDS

FORMAT = "inkling-visitor-1"
STATE = "visitor.json"
FOLDER = "visitors"
TAKEN = "taken-"

# Plain values that are written as they are.
PLAIN = (
    "network", "network_chosen_on", "dataset", "num_samples", "sample_seed", "speed", "probe", "probe_number",
    "times_pinned", "jobs_started",
)  # fmt: skip

logger = logging.getLogger("model.handover")


def leave(states: Iterable[VisitorState], pool: Pool, supervisor: Supervisor, end: float) -> None:
    """Save all runs and searches, and write down what visitors have made, by a time of the monotonic clock; only if
    there is a folder for it."""
    if (parent := _parent()) is None:
        return
    supervisor.suspend()
    pool.suspend((end - time.monotonic()) * 0.5)
    supervisor.wait_until_suspended((end - time.monotonic()) * 0.5)
    count = 0
    for state in states:
        if not _has_made_something(state):
            continue
        try:
            with atomic_folder(_folder(parent, state.name)) as folder:
                _write(state, pool, folder, end)
            count += 1
        except OSError as error:
            logger.warning("A visitor's things could not be left in %s: %s", parent, error)
        except Exception:  # their pages still run; whatever happens to one visitor's, the others' are left
            logger.exception("A visitor's things could not be left")
    logger.info("Left the things of %d visitors in %s", count, parent)


def take_up(state: VisitorState, pool: Pool, supervisor: Supervisor) -> None:
    """Give a visitor what another app has left of theirs, unless they have made something here already."""
    parent = _parent()
    if parent is None or not _folder(parent, state.name).exists():
        return
    taken = parent / f"{TAKEN}{uuid.uuid4().hex}"
    with state.lock:
        if _has_made_something(state):
            return
        try:
            _folder(parent, state.name).rename(taken)
        except OSError:  # somebody else was quicker
            return
        try:
            with TemporaryDirectory(prefix=TAKEN, dir=pool.folder, ignore_cleanup_errors=True) as copy:
                shutil.copytree(taken, copy, dirs_exist_ok=True)  # from here on, there is room for all of it
                _read(state, pool, supervisor, Path(copy))
        except OSError as error:  # such as: the disk is full; it is tried again when the visitor comes again
            logger.warning("What another app has left could not be taken up yet: %s", error)
            with suppress(OSError):
                taken.rename(_folder(parent, state.name))
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("What another app has left could not be taken up: %s", error)
        shutil.rmtree(taken, ignore_errors=True)


def sweep() -> None:
    """Delete what nobody has come back for."""
    if (parent := _parent()) is None:
        return
    with suppress(OSError):
        for folder in parent.iterdir():
            if time.time() - folder.stat().st_mtime > FORGET_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _parent() -> Path | None:
    shared = Settings().shared
    return shared / FOLDER if shared else None


def _folder(parent: Path, name: str) -> Path:
    return parent / hashlib.sha256(name.encode()).hexdigest()[:32]


def _has_made_something(state: VisitorState) -> bool:
    return bool(state.jobs or state.networks or state.datasets or state.drawings.drawings or state.searches)


# -- Writing ------------------------------------------------------------------------------------------------


def _write(state: VisitorState, pool: Pool, folder: Path, end: float) -> None:
    datasets = _datasets(state)
    for number, (_, uploaded) in enumerate(datasets):
        shutil.copytree(Path(uploaded.folder.name) / "data", folder / f"data-{number}")
    networks = dict(state.networks)
    for number, network in enumerate(networks.values()):
        (folder / f"network-{number}.safetensors").write_bytes(network.to_bytes())
    jobs = list(state.jobs)
    for number, job in enumerate(jobs):
        is_saved = pool.worker_pid(job) is None
        handover.write(job, folder / f"run-{number}", is_saved=is_saved, has_time=lambda: time.monotonic() < end)
    searches = list(state.searches)
    for number, search in enumerate(searches):
        search_handover.write(search, folder / f"search-{number}")
    values: dict[str, Any] = {name: getattr(state, name) for name in PLAIN}
    values |= {
        "format": FORMAT,
        "networks": list(networks),
        "datasets": [name for name, _ in datasets],
        "runs": [_source(job, datasets) for job in jobs],
        "run": jobs.index(state.job) if state.job in jobs else None,
        "run_networks": {
            jobs.index(job): state.job_networks[job.number] for job in jobs if job.number in state.job_networks
        },
        "race": _race(state.race, [job.number for job in jobs]),
        "searches": [_source(search, datasets) for search in searches],
        "search": searches.index(state.search) if state.search in searches else None,
        "config": state.config.model_dump(mode="json"),
        "content": [state.content.drawing.to_json(), state.content.number],
        "drawings": [[it.number, it.drawing.to_json(), it.image, it.answer] for it in state.drawings.drawings],
        "num_drawings": state.drawings.num_made,
        "pinned": [state.pinned.drawing.to_json(), state.pinned.mark] if state.pinned else None,
    }
    (folder / STATE).write_text(json.dumps(values), encoding="utf-8")


def _datasets(state: VisitorState) -> list[tuple[str, UploadedDataset]]:
    """Those in the menu, and those that runs and searches train on, by name; none twice."""
    found = list(state.datasets.items())
    users: list[Job | Search] = [*state.jobs, *state.searches]
    for kept in [user.keep_alive for user in users]:
        if isinstance(kept, UploadedDataset) and all(kept.folder is not other.folder for _, other in found):
            found.append((kept.dataset.name, kept))
    return found


def _source(user: Job | Search, datasets: list[tuple[str, UploadedDataset]]) -> str | int:
    """The data set of a run or a search: its name, or which one of those that come along."""
    for number, (_, uploaded) in enumerate(datasets):
        if user.keep_alive is not None and user.keep_alive.folder is uploaded.folder:
            return number
    return user.data.name


def _race(race: Race | None, numbers: list[int]) -> list[Any] | None:
    """A race, with the places of its runs; None if one of them is gone."""
    if race is None or not set(race.numbers) <= set(numbers):
        return None
    return [[numbers.index(number) for number in race.numbers], race.names, race.bet, race.goal]


# -- Reading ------------------------------------------------------------------------------------------------


def _read(state: VisitorState, pool: Pool, supervisor: Supervisor, folder: Path) -> None:
    """Give a visitor what lies in a folder.

    Raises:
        ValueError, TypeError, KeyError: it is damaged, or of another version; the state is as it was.
        OSError: it can't be read; the state is as it was.
    """
    values = json.loads((folder / STATE).read_text(encoding="utf-8"))
    if values["format"] != FORMAT:
        raise ValueError(f"expected {FORMAT}; got {values['format']}")
    networks = {
        name: checkpoint.load(folder / f"network-{number}.safetensors")
        for number, name in enumerate(values["networks"])
    }
    datasets = [(name, _dataset(folder / f"data-{number}", pool)) for number, name in enumerate(values["datasets"])]
    drawing, number = values["content"]
    logged = [LoggedDrawing(number, Drawing.from_json(line), *rest) for number, line, *rest in values["drawings"]]
    found = {name: values[name] for name in PLAIN} | {
        "networks": networks,
        "datasets": dict(datasets[:1]),  # one at a time is in the menu
        "config": TrainingConfig.of(values["config"]),
        "content": Content(Drawing.from_json(drawing), number),
        "drawings": DrawingLog(logged, values["num_drawings"]),
    }
    if values["pinned"]:
        line, mark = values["pinned"]
        found["pinned"] = Pinned(Drawing.from_json(line), mark)
    for name, value in found.items():
        setattr(state, name, value)
    uploads = [uploaded for _, uploaded in datasets]
    _read_runs(state, pool, folder, values, uploads)
    _read_searches(state, supervisor, folder, values, uploads)


def _read_runs(
    state: VisitorState, pool: Pool, folder: Path, values: dict[str, Any], datasets: list[UploadedDataset]
) -> None:
    new_numbers: dict[int, int] = {}  # of the runs, by those they had
    taken: dict[int, Job] = {}  # by place
    for place, source in enumerate(values["runs"]):
        uploaded = datasets[source] if isinstance(source, int) else None
        try:
            record = handover.read(folder / f"run-{place}")
            where = _folder_of(uploaded, source)
            request = TrainingRequest(record.name, state.name, record.initial_config, where, keep_alive=uploaded)
            job = handover.take_up(pool, request, record, folder / f"run-{place}")
        except (ValueError, TypeError, KeyError, OSError) as error:  # such as: its data set can't be downloaded here
            logger.warning("A run of another app could not be taken up: %s", error)
            continue
        new_numbers[record.number] = job.number
        taken[place] = job
        job.parent_number = new_numbers.get(record.parent_number) if record.parent_number else None
        state.jobs.append(job)
        if place == values["run"]:
            state.job = job
        if (name := values["run_networks"].get(str(place))) is not None:
            state.job_networks[job.number] = name
    if values["run"] is not None and state.job is None and state.jobs:
        state.job = state.jobs[-1]
    if values["race"]:
        (first, second), (name, other), bet, goal = values["race"]
        if first in taken and second in taken:
            state.race = Race((taken[first].number, taken[second].number), (name, other), bet, goal)


def _read_searches(
    state: VisitorState,
    supervisor: Supervisor,
    folder: Path,
    values: dict[str, Any],
    datasets: list[UploadedDataset],
) -> None:
    for place, source in enumerate(values["searches"]):
        uploaded = datasets[source] if isinstance(source, int) else None
        try:
            where = _folder_of(uploaded, source)
            search = search_handover.take_up(supervisor, state.name, folder / f"search-{place}", where, uploaded)
        except (ValueError, TypeError, KeyError, OSError) as error:  # such as: they are switched off here
            logger.warning("A search of another app could not be taken up: %s", error)
            continue
        state.searches.append(search)
        if place == values["search"]:
            state.search = search
    if state.searches and state.search is None:
        state.search = state.searches[-1]


def _folder_of(uploaded: UploadedDataset | None, source: str | int) -> Path:
    return Path(uploaded.folder.name) / "data" if uploaded else runtime.unpacked(str(source))


def _dataset(source: Path, pool: Pool) -> UploadedDataset:
    folder = TemporaryDirectory(prefix="upload-", dir=pool.folder, ignore_cleanup_errors=True)
    shutil.move(source, Path(folder.name) / "data")
    return UploadedDataset(data.open_folder(Path(folder.name) / "data"), folder)
