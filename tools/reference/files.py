"""The page on file formats: file-formats.md in this folder, with the limits and names from the code."""

from __future__ import annotations

from pathlib import Path
from string import Template

from model.config import TrainingConfig
from model.data import formats
from model.data.formats import csv_table
from model.ink import drawing, ink_file, json_record, photo
from model.training import checkpoint, checkpoint_formats, snapshot
from model.training.history import HistoryPoint

TEMPLATE = Path(__file__).with_name("file-formats.md")


def file_formats_page() -> str:
    """Describe the files that Inkling reads and writes."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        max_images=f"{formats.MAX_IMAGES:,}",
        max_csv_mib=f"{csv_table.MAX_BYTES // 2**20:,}",
        max_text=json_record.MAX_TEXT,
        max_strokes=f"{drawing.MAX_STROKES:,}",
        max_points=f"{drawing.MAX_POINTS:,}",
        max_lines=f"{ink_file.MAX_LINES:,}",
        picture_formats=f"{', '.join(photo.FORMATS[:-1])} or {photo.FORMATS[-1]}",
        max_picture_mb=photo.MAX_BYTES // 1_000_000,
        max_megapixels=photo.MAX_PIXELS // 1_000_000,
        max_network_mib=checkpoint_formats.SIZE_LIMIT // 2**20,
        network_format=checkpoint.FORMAT,
        activations=_code(TrainingConfig.options("activation")),
        history_columns=_code(HistoryPoint._fields),
        snapshot_format=snapshot.FORMAT,
    )


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
