"""What the image takes on a disk, and what of it takes most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tools.image_test.engine import Engine

PACKAGES = "/opt/venv/lib"
MOST = 12  # parts that are named
# Kilobytes of each folder, then of all bytecode, by the image's own du and find.
MEASURE = f"""
for folder in / /app /home /usr {PACKAGES}/python3*/site-packages/*; do du -xsk $folder 2>/dev/null; done
find / -xdev -name '*.pyc' -printf '%k\\n' | awk '{{ sum += $1 }} END {{ print sum "\\tbytecode (of all these)" }}'
"""


class Part(NamedTuple):
    """Something in the image; megabytes are millions of bytes."""

    megabytes: float
    name: str


def measure(engine: Engine, image: str) -> tuple[float, list[Part]]:
    """The megabytes of the unpacked image, and its largest parts."""
    said = engine.say("run", "--rm", *engine.running, "--user=root", "--entrypoint=sh", image, "-c", MEASURE).stdout
    return parts_of(said.splitlines())


def parts_of(lines: Iterable[str]) -> tuple[float, list[Part]]:
    """Read what `MEASURE` says: kilobytes and a name on each line, the whole first."""
    parts = [Part(int(size) * 1024 / 1e6, name) for size, name in (line.split("\t") for line in lines)]
    whole, folders = parts[0].megabytes, sorted(parts[1:], reverse=True)
    return whole, [Part(each.megabytes, each.name.rpartition("site-packages/")[2]) for each in folders[:MOST]]
