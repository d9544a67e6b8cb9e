"""A base image made on this machine, where none can be pulled: Debian, whose Python has the image's version."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.image_test.engine import Engine, EngineError

TAG = "localhost/inkling-base"
SUITE = "trixie"  # its Python is 3.13, as in the Dockerfile
PACKAGES = ("ca-certificates", "python3", "python3-pip", "python3-venv")
# As in Debian's own slim images. What apt needs to install more is not needed either.
LEFT_OUT = ("usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt", "var/lib/apt/lists")


def base_for(engine: Engine, wanted: str, *, local: bool = False) -> str:
    """The base image to build on: empty for the Dockerfile's own, if it is there or can be pulled.

    Args:
        engine: what builds.
        wanted: the Dockerfile's own.
        local: make one here, and do not try to pull.

    Raises:
        EngineError: it cannot be pulled, and none can be made here.
    """
    if not local and (has(engine, wanted) or engine.say("pull", wanted, seconds=600, check=False).returncode == 0):
        return ""
    if not has(engine, TAG):
        make(engine)
    return TAG


def has(engine: Engine, image: str) -> bool:
    return engine.say("image", "inspect", image, check=False).returncode == 0


def make(engine: Engine) -> None:
    """Make the image from Debian's packages.

    Raises:
        EngineError: debootstrap is missing, or fails.
    """
    if not shutil.which("debootstrap"):
        raise EngineError("No base image can be pulled, and none be made: sudo apt install debootstrap")
    with tempfile.TemporaryDirectory(prefix="inkling-base-") as folder:
        root, archive = Path(folder) / "root", Path(folder) / "root.tar"
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise EngineError(f"debootstrap failed; it needs root:\n{(answer.stdout + answer.stderr)[-1000:].strip()}")
        names = [f"--exclude=./{name}/*" for name in LEFT_OUT]
        subprocess.run(["tar", *names, "-C", str(root), "-cf", str(archive), "."], check=True)
        engine.say("import", str(archive), TAG, seconds=300)
