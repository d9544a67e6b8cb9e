"""A PostgreSQL server of the system's packages for tests: in a folder of its own, for this machine alone.

PostgreSQL does not run as root: there it runs as the user that its package has made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server with its files in a temporary folder, and give its address.

    Raises:
        RuntimeError: there is no PostgreSQL here, or it does not start.
    """
    if reason := why_not():
        raise RuntimeError(reason)
    programs, port = find_programs(), free_port()
    assert programs
    owner = USER if os.getuid() == 0 else None
    database = Path(tempfile.mkdtemp(prefix="postgres-"))  # not among pytest's folders, which are closed to its user
    if owner:
        shutil.chown(database, owner, owner)

    def run(*command: str) -> None:
        done = subprocess.run(
            command, user=owner, group=owner, cwd="/", capture_output=True, text=True, timeout=START_SECONDS
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name}: {done.stdout}{done.stderr}")

    files = database / "data"
    options = f"-h 127.0.0.1 -p {port} -k {database} -c fsync=off -c max_connections=50"
    control = (str(programs / "pg_ctl"), "-D", str(files), "-w")
    try:
        run(str(programs / "initdb"), "-D", str(files), "-U", USER, "-A", "trust", "-N", "--no-instructions")
        run(*control, "-l", str(database / "log"), "-o", options, "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/{USER}"
        finally:
            run(*control, "-m", "fast", "stop")
    finally:
        shutil.rmtree(database, ignore_errors=True)


def _has_user() -> bool:
    import pwd  # Windows has none

    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(why_not() or 0)
