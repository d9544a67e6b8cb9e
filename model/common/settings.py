"""The environment variables that Inkling reads: each with its range and what it does, described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pooch
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


def _digits_only(text: Any) -> Any:
    """Refuse what int() would take besides digits: signs, underscores, decimal points."""
    if not isinstance(text, str):
        return text
    if not (text := text.strip()):
        return None
    if not text.isdecimal():
        raise ValueError("not a whole number")
    return int(text)


Folder = Annotated[Path, AfterValidator(Path.expanduser)]
WholeNumber = Annotated[int | None, BeforeValidator(_digits_only)]


class Settings(BaseSettings):
    """The settings of this process, as its environment has them at the moment.

    Raises:
        ValueError: a variable holds a value that it cannot have.
    """

    model_config = SettingsConfigDict(frozen=True, case_sensitive=True, env_ignore_empty=True)

    workers: WholeNumber = Field(
        None,
        ge=1,
        le=256,
        validation_alias="INKLING_WORKERS",
        description="How many training runs compute at a time, each in a process of its own; by default, as many as "
        "the machine has cores, or a container's quota and memory limit allow.",
    )
    worker_memory: WholeNumber = Field(
        None,
        ge=256,
        le=2**30,
        validation_alias="INKLING_WORKER_MEMORY",
        description="How many megabytes of memory each of these processes may take, where the system can limit it; "
        "by default, as many as there are.",
    )
    cache: Folder = Field(
        default_factory=lambda: Path(pooch.os_cache("inkling")),
        validation_alias="INKLING_CACHE",
        description="The folder for data sets and for interrupted training runs; by default, a folder of Inkling's own "
        "where the system has its caches.",
    )
    mnist_dir: Folder | None = Field(
        None,
        validation_alias="MNIST_DIR",
        description="A folder with MNIST's four IDX files, to use instead of a download.",
    )
    ink_dir: Folder | None = Field(
        None,
        validation_alias="INK_DIR",
        description="The folder in which ink files are looked for that are not in the current one.",
    )

    def __init__(self) -> None:
        try:
            super().__init__()
        except ValidationError as error:
            raise ValueError(_message(error)) from None


def _message(error: ValidationError) -> str:
    """Name the first wrong variable, its range and its value; only whole numbers can be wrong."""
    wrong = error.errors()[0]
    name, value = str(wrong["loc"][0]), str(wrong["input"]).strip()
    (field,) = (field for field in Settings.model_fields.values() if field.validation_alias == name)
    least, most = (
        next(getattr(rule, bound) for rule in field.metadata if hasattr(rule, bound)) for bound in ("ge", "le")
    )
    return f"${name} must be a whole number from {least:,} to {most:,}; got {value[:40]!r}"
