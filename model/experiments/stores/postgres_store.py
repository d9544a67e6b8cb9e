"""A study in a PostgreSQL database, for many machines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import optuna

from model.experiments.stores.store import Store

CONNECT_SECONDS = 10


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
