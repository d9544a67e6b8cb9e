"""Where a study is kept: a journal file in a folder of its own, or a PostgreSQL database for many machines.

Whoever works at a study holds a lock as long as their process lives and is connected. So others know at once when it
is gone, and take over its trials.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import optuna
from filelock import FileLock, Timeout
from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock, get_lock_file
from optuna.storages.journal._storage import JournalOperation

from model.common.atomic_file import atomic_write
from model.experiments.plan import NAME, ExperimentPlan

JOURNAL = "journal.log"
POSTGRESQL = ("postgresql://", "postgresql+psycopg://", "postgresql+psycopg2://", "postgres://")
CONNECT_SECONDS = 10
PLAN, DIGEST, TARGET, TEST = "plan", "digest", "target", "test"  # attributes of a study


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
                raise ValueError(
                    f"the study {self.name} is of another plan ({difference(known.get(PLAN), plan)}): give this one "
                    "another name, or run that one on without options"
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
        try:
            plan = ExperimentPlan.of(attributes[PLAN])
            if plan.digest != attributes[DIGEST]:
                raise ValueError("its digest is another")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"the study {self.name} was not begun by this version of Inkling, which can't read its plan ({error})"
            ) from None
        return plan


class JournalStore(Store):
    """A study in a folder of this machine."""

    def __init__(self, name: str, journal: Path) -> None:
        lock = _Lock(journal.with_suffix(".lock"))
        if lock.acquire():
            try:
                _cut_torn_line(journal)
            finally:
                lock.release()
        self._lock = lock
        super().__init__(name, journal.parent, JournalStorage(_Journal(str(journal), lock_obj=lock)))

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Let nobody else begin or take over trials meanwhile."""
        self._lock.acquire()  # the journal's own: whoever has it writes on without asking again
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def hold(self, engine: str) -> Iterator[None]:
        """Be known as at work, until the end of the block or of this process."""
        path = self._engine(engine)
        path.parent.mkdir(exist_ok=True)
        with FileLock(path):
            yield
        path.unlink(missing_ok=True)

    def is_at_work(self, engine: str) -> bool:
        """Whether whoever holds this name is still there."""
        path = self._engine(engine)
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                return False
        except Timeout:
            return True

    def _engine(self, engine: str) -> Path:
        return self.folder / "engines" / f"{engine}.lock"


class PostgresStore(Store):
    """A study in a PostgreSQL database."""

    def __init__(self, name: str, url: str, folder: Path) -> None:
        import sqlalchemy

        shown = sqlalchemy.engine.make_url(url).render_as_string(hide_password=True)
        connect = {"connect_timeout": CONNECT_SECONDS, "keepalives_idle": 20, "keepalives_interval": 5}
        try:
            self._engine = sqlalchemy.create_engine(url, pool_pre_ping=True, pool_size=4, connect_args=connect)
            with self._locked("tables"):  # two who make the tables at once stand in each other's way
                storage = optuna.storages.RDBStorage(
                    url, engine_kwargs={"pool_pre_ping": True, "connect_args": connect, "pool_size": 4}
                )
        except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError, ImportError) as error:
            raise ValueError(f"the storage {shown} can't be reached: {self.reason(error)}") from None
        except RuntimeError as error:
            raise ValueError(f"the storage {shown} is of another version: {self.reason(error)}") from None
        self.errors = (*Store.errors, sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)
        super().__init__(name, folder, storage)

    def exclusive(self) -> AbstractContextManager[None]:
        """Let nobody else begin or take over trials meanwhile."""
        return self._locked(f"study {self.name}")

    def hold(self, engine: str) -> AbstractContextManager[None]:
        """Be known as at work, until the end of the block or of this process."""
        return self._locked(f"engine {self.name} {engine}")

    @contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        with self._engine.connect() as connection:
            self._ask(connection, "SELECT pg_advisory_lock(:key)", what)
            try:
                yield
            finally:
                with suppress(Exception):  # if the connection is lost, so is the lock
                    self._ask(connection, "SELECT pg_advisory_unlock(:key)", what)

    def is_at_work(self, engine: str) -> bool:
        """Whether whoever holds this name is still there."""
        what = f"engine {self.name} {engine}"
        with self._engine.connect() as connection:
            is_free = self._ask(connection, "SELECT pg_try_advisory_lock(:key)", what)
            if is_free:
                self._ask(connection, "SELECT pg_advisory_unlock(:key)", what)
        return not is_free

    def _ask(self, connection: Any, sql: str, what: str) -> Any:
        import sqlalchemy

        content = f"inkling {what}".encode()
        key = int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)
        answer = connection.execute(sqlalchemy.text(sql), {"key": key}).scalar()
        connection.commit()  # an open transaction would keep the database from tidying up
        return answer


def open_store(storage: str | Path, name: str, folder: Path | None = None, *, create: bool = True) -> Store:
    """Open a study's place.

    Args:
        storage: a folder that has a folder for each study, a journal file (.log), or a database, postgresql://...
        name: the study's name.
        folder: where control, networks and log of a study in a database are kept on this machine; by default in the
            folder `experiments`.
        create: whether a place is made if there is none; the study need not be there yet.

    Raises:
        NoStudyError: nothing is there.
        ValueError: it can't be; one line says why.
        OSError: the folder can't be written.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"name must be of 1 to 80 letters, digits, blanks, points, dashes; got {name[:80]!r}")
    text = str(storage)
    if text.startswith(POSTGRESQL):
        store: Store = PostgresStore(name, _with_driver(text), folder or Path("experiments") / name)
        store.folder.mkdir(parents=True, exist_ok=True)
        return store
    if "://" in text:
        raise ValueError(
            f"storage must be a folder, a journal file (.log), or postgresql://user@host/database; got {text[:80]}"
        )
    path = Path(storage).expanduser()
    journal = path if path.suffix == ".log" else path / name / JOURNAL
    if not create and not journal.is_file():
        raise NoStudyError(f"there is no study called {name} in {storage}")
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
        return JournalStore(name, journal)
    except (ValueError, KeyError, AssertionError) as error:
        raise ValueError(f"{journal}: no journal of a study ({' '.join(str(error).split())[:100]})") from None


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


class _Journal(JournalFileBackend):
    """Optuna's journal, which is flushed to the disk when a trial has ended, and not at each of its ten lines.

    A process that is killed loses nothing by that; a power cut may lose what was being computed.
    """

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Add lines."""
        content = "".join(f"{json.dumps(log, separators=(',', ':'))}\n" for log in logs).encode()
        with get_lock_file(self._lock), open(self._file_path, "ab") as file:
            file.write(content)
            file.flush()
            if any(log["op_code"] == JournalOperation.SET_TRIAL_STATE_VALUES for log in logs):
                os.fsync(file.fileno())


class _Lock(BaseJournalFileLock):
    """Optuna's lock of a journal, as one that ends with its process."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path)

    def acquire(self) -> bool:
        self._lock.acquire()
        return True

    def release(self) -> None:
        self._lock.release()


def _cut_torn_line(journal: Path) -> None:
    """Remove the beginning of a line that a killed process has left at a journal's end."""
    if not journal.exists() or not journal.stat().st_size:
        return
    with journal.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        position = size
        while position:
            start = max(0, position - 4096)
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
            if newline >= 0:
                if start + newline + 1 < size:
                    file.truncate(start + newline + 1)
                return
            position = start
        file.truncate(0)


def _with_driver(url: str) -> str:
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    if not url.startswith("postgresql://"):
        return url
    for driver in ("psycopg", "psycopg2"):
        if importlib.util.find_spec(driver):
            return url.replace("postgresql://", f"postgresql+{driver}://", 1)
    raise ValueError("a PostgreSQL storage needs the package psycopg: pip install 'psycopg[binary]'")
