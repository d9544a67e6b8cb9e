"""A running container of the image: as an operator who trusts nobody would run it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tools.app_server import free_port
from tools.image_test.engine import Engine

NAME = "inkling-image-test"
CACHE = "/home/inkling/.cache/inkling"
BASE_PATH = "inkling"  # not the image's own address: its health check must find it out
# Nanoseconds that a container has computed: version 1 of control groups, else version 2, which has microseconds.
PROCESSOR = """cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null ||
    awk '$1 == "usage_usec" { print $2 "000" }' /sys/fs/cgroup/cpu.stat"""
# Without rights, with a root that cannot be written to, one volume, and the memory that is promised to be enough.
HARDENING = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--memory=1g")


@dataclass(frozen=True)
class Container:
    """A container that answers at `url`, once it is healthy."""

    engine: Engine
    url: str
    started: float  # by time.monotonic()

    def run(self, *command: str) -> str:
        """What a command says in the container; empty if it fails."""
        answer = self.engine.say("exec", NAME, *command, check=False)
        return answer.stdout.strip() if answer.returncode == 0 else ""

    def succeeds(self, *command: str) -> bool:
        return self.engine.say("exec", NAME, *command, check=False).returncode == 0

    def health_check(self) -> list[str]:
        """The image's own check of its health, as a command."""
        kind, *command = self.engine.inspect(NAME)["Config"]["Healthcheck"]["Test"]
        return list(command) if kind == "CMD" else ["sh", "-c", *command]

    def processor_time(self) -> str:
        """What it has computed so far, in words: on a busy machine, most of the time it only waits."""
        used = self.run("sh", "-c", PROCESSOR)
        return f", {int(used) / 1e9:.1f} s of a core" if used.isdecimal() else ""

    def log(self) -> str:
        answer = self.engine.say("logs", NAME, check=False)
        return answer.stdout + answer.stderr

    def stop(self) -> tuple[float, int]:
        """End it by SIGTERM; returns the seconds that took, and the status with which it ended."""
        begin = time.monotonic()
        self.engine.say("stop", "--time=30", NAME)
        seconds = time.monotonic() - begin
        return seconds, int(self.engine.inspect(NAME)["State"]["ExitCode"])

    def ran_out_of_memory(self) -> bool:
        return bool(self.engine.inspect(NAME)["State"]["OOMKilled"])


@contextmanager
def start(engine: Engine, image: str) -> Iterator[Container]:
    """Run the image, with an empty volume for its cache; the container and the volume are removed in the end."""
    remove(engine)
    engine.say("volume", "create", NAME)
    port = free_port()
    inside = 8600 if engine.publishes else port  # not the image's own port, either
    options = [f"STREAMLIT_SERVER_BASE_URL_PATH={BASE_PATH}", f"STREAMLIT_SERVER_PORT={inside}"]
    if engine.publishes:
        network = [f"--publish=127.0.0.1:{port}:{inside}"]
    else:
        network = []
        options.append("STREAMLIT_SERVER_ADDRESS=127.0.0.1")
    temporary = ["--read-only-tmpfs=false"] if engine.name == "podman" else []  # it would give away a /tmp
    begin = time.monotonic()
    try:
        engine.say(
            *("run", "--detach", f"--name={NAME}", f"--volume={NAME}:{CACHE}"),
            *(*engine.running, *HARDENING, *temporary, *network, *(f"--env={option}" for option in options), image),
        )
        yield Container(engine, f"http://127.0.0.1:{port}/{BASE_PATH}", begin)
    finally:
        remove(engine)


def remove(engine: Engine) -> None:
    """Remove the container and its volume, if they are there."""
    engine.say("rm", "--force", "--volumes", NAME, check=False)
    engine.say("volume", "rm", "--force", NAME, check=False)
