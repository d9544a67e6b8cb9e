"""A PostgreSQL server of the system's packages for tests: in a folder of its own, for this machine alone.

PostgreSQL does not run as root: there it runs as the user that its package has made.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tools.app_server import free_port

USER = "postgres"
START_SECONDS = 60


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, of the newest version that is installed; None if there is none."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def why_not() -> str:
    """Return why no server can be started here; nothing if one can."""
    if sys.platform == "win32":
        return "PostgreSQL is started on Linux and macOS alone"
    if find_programs() is None:
        return "PostgreSQL is not installed: on Debian and Ubuntu, apt install postgresql"
    if os.getuid() == 0 and not _has_user():
        return f"PostgreSQL does not run as root, and there is no user {USER}"
    return ""


class PostgresServer:
    """A server with its files in a folder.

    Attributes:
        address: Of its database.
        is_running: Whether it was started, and not stopped since.
    """

    def __init__(self, folder: Path) -> None:
        """Make its files.

        Raises:
            RuntimeError: There is no PostgreSQL here.
        """
        if reason := why_not():
            raise RuntimeError(reason)
        programs, port = find_programs(), free_port()
        assert programs
        self.address, self.is_running = f"postgresql://{USER}@127.0.0.1:{port}/{USER}", False
        self._owner = USER if os.getuid() == 0 else None
        if self._owner:
            shutil.chown(folder, self._owner, self._owner)
        files, self._log = str(folder / "data"), str(folder / "log")
        self._options = f"-h 127.0.0.1 -p {port} -k {shlex.quote(str(folder))} -c fsync=off -c max_connections=50"
        self._control = (str(programs / "pg_ctl"), "-D", files, "-w")
        self._run(str(programs / "initdb"), "-D", files, "-U", USER, "-A", "trust", "-N", "--no-instructions")

    def start(self) -> None:
        """Start it.

        Raises:
            RuntimeError: It does not start.
        """
        self._run(*self._control, "-l", self._log, "-o", self._options, "start")
        self.is_running = True

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it: in order, or as a crash would."""
        self._run(*self._control, "-m", mode, "stop")
        self.is_running = False

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, user=self._owner, group=self._owner, cwd="/", capture_output=True, text=True, timeout=START_SECONDS
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name}: {done.stdout}{done.stderr}")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server with its files in a temporary folder.

    Raises:
        RuntimeError: There is no PostgreSQL here, or it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # not among pytest's folders, which are closed to its user
    try:
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            if server.is_running:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_user() -> bool:
    import pwd  # Windows has none

    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(why_not() or 0)
