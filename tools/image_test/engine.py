"""What builds images and runs containers: Docker, else Podman, which needs no service and builds without one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.app_server import ROOT

STORE = ROOT / ".cache" / "image-test"  # Podman's images of this test, apart from the user's own
# How Podman keeps layers, and options of a build: the second copies all for each layer, but works everywhere.
DRIVERS: Mapping[str, Sequence[str]] = {"overlay": (), "vfs": ("--layers=false",)}
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
MISSING = (
    "No container engine is there. Start Docker, or install Podman, which needs no service: "
    "sudo apt install podman runc (and debootstrap, where no base image can be pulled)"
)


class EngineError(RuntimeError):
    """There is no engine, or it failed; the message holds what it said last."""


@dataclass(frozen=True)
class Engine:
    """A program with Docker's commands.

    Attributes:
        command: the program, with the options that come before a command.
        building: options of `build`.
        running: options of `run`.
        publishes: whether a container has a network of its own, and a port of it is published.
    """

    command: tuple[str, ...]
    building: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    publishes: bool = True

    @property
    def name(self) -> str:
        return Path(self.command[0]).name

    def say(self, *words: str, seconds: float = 60, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Give a command, and return what came of it.

        Raises:
            EngineError: it failed, and `check` is set, or took too long.
        """
        try:
            answer = subprocess.run(
                [*self.command, *words], capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise EngineError(f"{self.name} {words[0]} took longer than {seconds:.0f} s") from None
        if check and answer.returncode:
            raise EngineError(f"{self.name} {words[0]} failed:\n{(answer.stdout + answer.stderr)[-3000:].strip()}")
        return answer

    def build(self, tag: str, base: str, folder: Path = ROOT) -> None:
        """Build an image from a folder's Dockerfile, on another base image if `base` names one."""
        arguments = ["--build-arg", f"BASE={base}"] if base else []
        self.say("build", *self.building, *arguments, "--tag", tag, str(folder), seconds=1800)

    def inspect(self, name: str) -> dict[str, Any]:
        """What the engine knows of an image or a container."""
        found: list[dict[str, Any]] = json.loads(self.say("inspect", name).stdout)
        return found[0]


@contextmanager
def find_engine(name: str = "") -> Iterator[Engine]:
    """An engine that works here: the one that is named, else Docker, else Podman.

    Raises:
        EngineError: there is none.
    """
    if name in ("", "docker") and answers(docker := Engine(("docker",))):
        yield docker
    elif name in ("", "podman") and shutil.which("podman"):
        with tempfile.TemporaryDirectory(prefix="inkling-image-test-") as folder:
            yield _podman(Path(folder))
    else:
        raise EngineError(MISSING)


def answers(engine: Engine) -> bool:
    """Whether an engine's program is there, and its service, if it has one."""
    return bool(shutil.which(engine.command[0])) and engine.say("info", check=False).returncode == 0


def _podman(folder: Path) -> Engine:
    """Podman as it works without systemd and in a sandbox, too: builds in a chroot, and no network of its own."""
    common = ["podman", "--cgroup-manager=cgroupfs"]
    if runtime := next(filter(None, map(shutil.which, ("runc", "crun"))), None):
        common.append(f"--runtime={runtime}")
    for driver in DRIVERS:
        store = STORE / driver
        engine = Engine(
            (*common, f"--storage-driver={driver}", f"--root={store / 'images'}", f"--runroot={store / 'run'}"),
            ("--isolation=chroot", "--format=docker", *DRIVERS[driver], *_trust(folder)),
            ("--network=host", "--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096"),
            publishes=False,
        )
        if answers(engine):
            return engine
    raise EngineError(f"Podman does not work here:\n{engine.say('info', check=False).stderr[-1000:].strip()}")


def _trust(folder: Path) -> Sequence[str]:
    """Options by which pip trusts in the build whom it trusts here: a company's mirror has a certificate of its own."""
    if not os.environ.get("PIP_CERT"):
        return ()
    settings = folder / "pip.conf"
    settings.write_text(f"[global]\ncert = {CERTIFICATES}\n")
    return (f"--volume={os.environ['PIP_CERT']}:{CERTIFICATES}:ro", f"--volume={settings}:/etc/pip.conf:ro")
