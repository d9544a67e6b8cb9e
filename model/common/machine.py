"""A measurement belongs to a machine, and on another it comes out differently.

So every result carries a description of its machine: the processor, the system, and the versions of what was measured.
"""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

from threadpoolctl import threadpool_info

from model.common.cores import cores


def describe(libraries: Mapping[str, str]) -> dict[str, str]:
    """The machine in words: processor, system, Python, and the libraries (by name on the index) that are installed."""
    described = {"processor": f"{processor()}, {cores()} core{'s' if cores() > 1 else ''}", "system": system()}
    described["Python"] = platform.python_version()
    for package, name in libraries.items():
        try:
            described[name] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
        if package == "numpy":
            described[name] += f" with {blas()}"
    return described


def phrase(described: Mapping[str, str]) -> str:
    """A machine's description in one phrase, to stand behind "on"."""
    machine = dict(described)
    where = f"{machine.pop('processor')}; {machine.pop('system')}"
    return f"{where}, with {', '.join(f'{name} {version}' for name, version in machine.items())}"


def processor() -> str:
    """The processor's name, as the system gives it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    if platform.system() == "Darwin":
        asked = subprocess.run(
            ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            return asked.stdout.strip()
    return platform.processor() or platform.machine()


def system() -> str:
    """The system's name and version."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = ""
    return ", ".join(part for part in (name, f"{platform.system()} {platform.release()} {platform.machine()}") if part)


def blas() -> str:
    """The library under NumPy's matrix products, as it runs here."""
    import numpy as np

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    for library in sorted(libraries, key=lambda found: "numpy" not in found["filepath"]):  # SciPy brings another one
        return f"{library['internal_api']} {library['version']} for {library.get('architecture', 'any processor')}"
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return str(built["name"])
