"""Where a study is kept: a journal file in a folder of its own, or a PostgreSQL database for many machines.

Whoever works at a study holds a lock as long as their process lives and is connected. So others know at once when it
is gone, and take over its trials.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage

from model.common.atomic_file import atomic_write
from model.experiments.plan import ExperimentPlan

PLAN, DIGEST, TARGET, TEST = "plan", "digest", "target", "test"  # attributes of a study
KIND = "kind"  # that of one which is no search


class NoStudyError(ValueError):
    """There is no study of this name."""


class Store(ABC):
    """One study's place.

    Attributes:
        name: The study's name.
        folder: Where its networks, its log and the file that controls it are, on this machine.
        storage: Optuna's.
        errors: What is raised if the place can't be reached any more.
    """

    errors: tuple[type[Exception], ...] = (optuna.exceptions.StorageInternalError,)

    def __init__(self, name: str, folder: Path, storage: BaseStorage) -> None:
        self.name, self.folder, self.storage = name, folder, storage

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """Let nobody else begin or take over trials meanwhile."""

    @abstractmethod
    def hold(self, engine: str) -> AbstractContextManager[None]:
        """Be known as at work, until the end of the block or of this process."""

    @abstractmethod
    def is_at_work(self, engine: str) -> bool:
        """Whether whoever holds this name is still there."""

    @contextmanager
    def explain_loss(self) -> Iterator[None]:
        """Say in one line, as a ValueError, that the place can't be reached any more."""
        try:
            yield
        except self.errors as error:
            raise ValueError(
                f"the storage can't be reached any more ({self.reason(error)}); the same command goes on"
            ) from None

    @staticmethod
    def reason(error: Exception) -> str:
        """Say in one line what is wrong."""
        error = getattr(error, "orig", None) or error.__cause__ or error  # type: ignore[assignment]
        return " ".join(str(getattr(error, "orig", None) or error).split())[:200]

    def study(self) -> optuna.Study:
        """Return the study.

        Raises:
            NoStudyError: there is none yet.
        """
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        try:
            return optuna.load_study(study_name=self.name, storage=self.storage)
        except KeyError:
            raise NoStudyError(f"there is no study called {self.name} in this storage") from None

    def open(self, plan: ExperimentPlan) -> optuna.Study:
        """Return the study of a plan, which is begun if there is none of its name.

        More trials may be asked for than before.

        Raises:
            ValueError: a study of this name is of another plan, or of another version of Inkling.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.exclusive():
            try:
                study = self.study()
            except NoStudyError:
                directions: list[Any] = list(plan.directions)
                study = optuna.create_study(study_name=self.name, storage=self.storage, directions=directions)
                study.set_user_attr(PLAN, plan.model_dump(mode="json"))
                study.set_user_attr(TARGET, plan.all_trials)
                study.set_user_attr(DIGEST, plan.digest)  # the last: what has none was not begun
            known = study.user_attrs
            if DIGEST not in known and not study.get_trials(deepcopy=False):  # whoever began it was ended meanwhile
                study.set_user_attr(PLAN, plan.model_dump(mode="json"))
                study.set_user_attr(TARGET, plan.all_trials)
                study.set_user_attr(DIGEST, plan.digest)
            elif known.get(DIGEST) != plan.digest:
                other = "of seeds or compare" if KIND in known else difference(known.get(PLAN), plan)
                raise ValueError(
                    f"the study {self.name} is of another plan ({other}): give this one another name, or run that one "
                    "on without options"
                )
            elif plan.all_trials > known.get(TARGET, 0):
                study.set_user_attr(TARGET, plan.all_trials)
        with atomic_write(self.folder / "plan.json") as file:
            file.write(plan.model_dump_json(indent=2).encode())
        return study

    def plan(self) -> ExperimentPlan:
        """Return the plan of a study that was begun before.

        Raises:
            NoStudyError: there is no study.
            ValueError: it is none of Inkling's, or of another version.
        """
        attributes = self.study().user_attrs
        if KIND in attributes:
            raise ValueError(f"the study {self.name} is one of seeds or compare: the same command shows what it found")
        try:
            plan = ExperimentPlan.of(attributes[PLAN])
            if plan.digest != attributes[DIGEST]:
                raise ValueError("its digest is another")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"the study {self.name} was not begun by this version of Inkling, which can't read its plan ({error})"
            ) from None
        return plan


def difference(known: Any, plan: ExperimentPlan) -> str:
    """Say what is other in a plan than in one that was kept."""
    if not isinstance(known, dict):
        return "of another version"
    wanted = plan.model_dump(mode="json")
    ignored = {"name", "trials", "timeout"}
    other = [key for key in wanted if key not in ignored and known.get(key) != wanted[key]]
    if other and other[0] == "base" and isinstance(known.get("base"), dict):
        name = next((name for name, value in wanted["base"].items() if known["base"].get(name) != value), "base")
        return f"{name} was {known['base'].get(name)!r}, and is {wanted['base'].get(name)!r}"
    if other and other[0] == "space":
        return "another search space"
    if other:
        return f"{other[0]} was {json.dumps(known.get(other[0]))[:60]}, and is {json.dumps(wanted[other[0]])[:60]}"
    return "of another version"
