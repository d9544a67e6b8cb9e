"""Run the app in a process of its own, for tests, benchmarks and screenshots."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 120
STOP_SECONDS = 10
LOG_CHARACTERS = 4000


@dataclass(frozen=True)
class RunningApp:
    """An app that answers at `url`; its output goes to the file `log`."""

    url: str
    log: Path
    pid: int

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_CHARACTERS:]


@contextlib.contextmanager
def serve(
    app: str | Path = "app.py", environment: Mapping[str, str] | None = None, *, python: str = sys.executable
) -> Iterator[RunningApp]:
    """Run an app, on a free local port if nothing else is said, with an empty cache and home.

    Args:
        app: the script's path, relative to the project.
        environment: variables that are added to those of this process; Streamlit's say where it answers.
        python: the interpreter that runs it.

    Raises:
        RuntimeError: it does not answer in time; the message holds the end of its log.
    """
    with tempfile.TemporaryDirectory(prefix="inkling-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        log_file = home / "app.log"
        # A setting or a cache of the person who runs the tests must not decide how they end.
        ours = ("STREAMLIT_", "INKLING_")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        settings = {
            "HOME": folder,
            "INKLING_CACHE": str(home / "cache"),
            "INKLING_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": folder,
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_SERVER_PORT": str(free_port()),
        }
        settings |= environment or {}
        with log_file.open("wb") as log:
            # A process group of its own, so that the workers that the app starts end with it.
            process = subprocess.Popen(
                [python, "-m", "streamlit", "run", str(app)],
                cwd=ROOT,
                env=inherited | settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = RunningApp(address(settings), log_file, process.pid)
        try:
            wait_until_healthy(running, process)
            yield running
        finally:
            end(process)


def address(settings: Mapping[str, str]) -> str:
    """Where an app with these variables answers."""
    path = settings.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    site = f"http://{settings['STREAMLIT_SERVER_ADDRESS']}:{settings['STREAMLIT_SERVER_PORT']}"
    return f"{site}/{path}" if path else site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(app: RunningApp, process: subprocess.Popen[bytes]) -> None:
    # A proxy that the environment names has no business with a local address.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with direct.open(f"{app.url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    ended = f"ended with status {process.returncode}" if process.poll() is not None else "did not answer"
    raise RuntimeError(f"the app {ended} while starting; its log ends:\n{app.log_tail()}")


def end(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its first process while a worker is left, so it is signalled in any case.
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
