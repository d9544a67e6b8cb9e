"""What a report holds, before it is written as a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from model.common import machine
from model.config import TrainingConfig
from model.export.description import setting_value

LIBRARIES = {"inkling": "Inkling", "numpy": "NumPy", "scipy": "SciPy", "optuna": "Optuna", "distributed": "Dask"}


@dataclass(frozen=True)
class Figure:
    """A drawing with the words to it, and the names of its colors; two that are half as wide stand side by side."""

    title: str
    svg: Markup
    caption: str = ""
    legend: Sequence[str] = ()
    is_half: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of texts under column titles; `marked` rows stand out."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A digit's image as a data URI, and what is said of it."""

    source: str
    caption: str


@dataclass(frozen=True)
class Gallery:
    """Pictures with the words to them."""

    title: str
    pictures: Sequence[Picture]
    caption: str = ""


@dataclass(frozen=True)
class Report:
    """An experiment in words, figures and tables.

    Attributes:
        title: What was asked.
        answers: What came out, in plain sentences.
        cautions: What can't be said.
        paper: The same, as lines for a paper.
        figures: Drawings.
        tables: Tables; the settings are one of them.
        galleries: Images of digits.
        command: What gives the same result again, on the command line.
        versions: The machines and libraries that took part.
    """

    title: str
    answers: Sequence[str]
    cautions: Sequence[str] = ()
    paper: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    galleries: Sequence[Gallery] = ()
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


def settings_table(
    configs: Mapping[str, TrainingConfig], *, title: str = "Settings", without: Collection[str] = ("seed",)
) -> Table:
    """Lay settings out, one column for each of the configurations; those in which they differ are marked.

    Args:
        configs: By their names.
        title: The table's.
        without: The settings that are said elsewhere.
    """
    rows: list[list[str]] = []
    marked = set()
    for name in TrainingConfig.model_fields:
        if name in without or not any(config.uses(name) for config in configs.values()):
            continue
        values = [setting_value(config, name) if config.uses(name) else "–" for config in configs.values()]
        if not any(values):
            continue
        if len({getattr(config, name) for config in configs.values() if config.uses(name)}) > 1:
            marked.add(len(rows))
        rows.append([TrainingConfig.title(name), *values])
    caption = "Settings in which they differ are marked." if marked else ""
    return Table(title, ("Setting", *configs), rows, caption, frozenset(marked))


def digit_picture(image: np.ndarray, caption: str) -> Picture:
    """Return an image (784,), ink 255 on paper 0, as a picture: dark on light, as on paper."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(255 - np.asarray(image, np.uint8).reshape(28, 28)).save(buffer, "PNG", optimize=True)
    return Picture(f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}", caption)


def versions(machines: Sequence[str] = ()) -> dict[str, str]:
    """Return what took part: the machines, or this one if none is named, and the libraries here."""
    from model import __version__

    described = machine.describe(LIBRARIES) | {"Inkling": __version__}
    where = {title: described.pop(title) for title in ("processor", "system")}
    found = (
        {"Machines": "; ".join(dict.fromkeys(machines))}
        if machines
        else {name.capitalize(): said for name, said in where.items()}
    )
    return found | described
