"""Opens a study's place by what a person writes: a folder, a journal file, or the address of a database."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from model.common.paths import expanded
from model.experiments.plan import NAME
from model.experiments.stores.journal_store import JournalStore
from model.experiments.stores.postgres_store import PostgresStore
from model.experiments.stores.store import NoStudyError, Store

JOURNAL = "journal.log"
POSTGRESQL = ("postgresql://", "postgresql+psycopg://", "postgresql+psycopg2://", "postgres://")


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
    path = expanded(storage)
    journal = path if path.suffix == ".log" else path / name / JOURNAL
    if not create and not journal.is_file():
        raise NoStudyError(f"there is no study called {name} in {storage}")
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
        return JournalStore(name, journal)
    except (ValueError, KeyError, AssertionError) as error:
        raise ValueError(f"{journal}: no journal of a study ({' '.join(str(error).split())[:100]})") from None


def _with_driver(url: str) -> str:
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    if not url.startswith("postgresql://"):
        return url
    for driver in ("psycopg", "psycopg2"):
        if importlib.util.find_spec(driver):
            return url.replace("postgresql://", f"postgresql+{driver}://", 1)
    raise ValueError("a PostgreSQL storage needs the package psycopg: pip install 'psycopg[binary]'")
