"""The environment variables that Inkling reads: each with its range and what it does, described once.

What an operator may limit has two defaults: one for a laptop and the people around it, and one for an instance that is
open to the public, which `INKLING_PUBLIC=1` chooses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticUseDefault
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.common.paths import expanded

MIN_SECRET_LENGTH = 16  # characters
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _digits_only(text: Any) -> Any:
    """Refuse what int() would take besides digits: signs, underscores, decimal points."""
    if not isinstance(text, str):
        return text
    if not (text := text.strip()):
        raise PydanticUseDefault
    if not text.isdecimal():
        raise ValueError("not a whole number")
    return int(text)


def _switch(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if not (text := text.strip()):
        raise PydanticUseDefault
    if text.lower() not in SWITCH:
        raise ValueError("neither 1 nor 0")
    return SWITCH[text.lower()]


def _names(text: Any) -> Any:
    """Names of hosts or sites, with commas or spaces between them."""
    if not isinstance(text, str):
        return text
    names = tuple(text.replace(",", " ").split())
    if not all(re.fullmatch(r"(https?://)?(\*|(\*\.)?[\w.-]+(:\d+)?)", name) for name in names):
        raise ValueError("no name of a host")
    return names


def _own_cache() -> Path:
    import pooch  # with all that it needs, it would take a tenth of the time in which a command starts

    return Path(pooch.os_cache("inkling"))


Folder = Annotated[Path, AfterValidator(expanded)]
WholeNumber = Annotated[int | None, BeforeValidator(_digits_only)]
Switch = Annotated[bool, BeforeValidator(_switch)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]


def _limit(name: str, *, laptop: int | None, public: int | None, least: int, most: int, description: str) -> Any:
    """A number that an operator may set, with its two defaults; None is no limit."""

    def default(given: dict[str, Any]) -> int | None:
        return public if given.get("public") else laptop

    factory: Callable[[dict[str, Any]], int | None] = default
    return Field(default_factory=factory, ge=least, le=most, validation_alias=name, description=description)


class Settings(BaseSettings):
    """The settings of this process, as its environment has them at the moment.

    Raises:
        ValueError: a variable holds a value that it cannot have.
    """

    model_config = SettingsConfigDict(frozen=True, case_sensitive=True, env_ignore_empty=True)

    # MNIST_DIR, INK_DIR and the cache hold for the app, the command line and the library, the others for the app
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
        default_factory=_own_cache,
        validation_alias="INKLING_CACHE",
        description="The folder for data sets and for interrupted training runs; by default, a folder of Inkling's own "
        "where the system has its caches.",
    )
    shared: Folder | None = Field(
        None,
        validation_alias="INKLING_SHARED",
        description="A folder that all replicas of the app share, or that outlives a restart: an app that is told to "
        "end leaves there what its visitors have made, and their runs go on where they come next; by default, nothing "
        "is left.",
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

    # For the app alone
    public: Switch = Field(
        False,
        validation_alias="INKLING_PUBLIC",
        description="1 for an instance that anybody may open: the limits below get the defaults for it.",
    )
    max_visitors: WholeNumber = _limit(
        "INKLING_MAX_VISITORS",
        laptop=500,
        public=250,
        least=1,
        most=100_000,
        description="How many visitors may have a page open; further ones read that there is no room, and come in as "
        "soon as there is.",
    )
    max_runs: WholeNumber = _limit(
        "INKLING_MAX_RUNS",
        laptop=8,
        public=4,
        least=1,
        most=100,
        description="How many runs of one visitor may train or wait at a time.",
    )
    max_waiting: WholeNumber = _limit(
        "INKLING_MAX_WAITING",
        laptop=1000,
        public=100,
        least=1,
        most=100_000,
        description="How many runs may wait for a worker; beyond that, nobody can start one.",
    )
    run_seconds: WholeNumber = _limit(
        "INKLING_RUN_SECONDS",
        laptop=None,
        public=900,
        least=1,
        most=10_000_000,
        description="For how many seconds a run may compute; then it is stopped, and its network is kept.",
    )
    max_parameters: WholeNumber = _limit(
        "INKLING_MAX_PARAMETERS",
        laptop=None,
        public=2_000_000,
        least=1000,
        most=1_000_000_000,
        description="How many parameters the network of a run, or one from a file, may have.",
    )
    upload_megabytes: WholeNumber = _limit(
        "INKLING_UPLOAD_MB",
        laptop=None,
        public=50,
        least=1,
        most=4096,
        description="How many megabytes an uploaded file may have; by default 200, as Streamlit's option "
        "server.maxUploadSize says. MNIST as CSV has 110, Kaggle's train.csv 77.",
    )
    experiments: WholeNumber = _limit(
        "INKLING_EXPERIMENTS",
        laptop=1,
        public=0,
        least=0,
        most=64,
        description="How many searches of the Experiments page compute at a time, of all visitors together, each on as "
        "many processes as INKLING_WORKERS says, at a low priority; further ones wait. 0 switches searches off.",
    )
    search_seconds: WholeNumber = _limit(
        "INKLING_SEARCH_SECONDS",
        laptop=None,
        public=3600,
        least=1,
        most=10_000_000,
        description="For how many seconds a search of the Experiments page may compute in all; then it is stopped, and "
        "its trials are kept.",
    )
    hosts: Names = Field(
        (),
        validation_alias="INKLING_HOSTS",
        description="The names by which browsers may address the app, such as inkling.example.org or *.example.org; "
        "requests to another name are refused. It ends attacks by DNS rebinding. By default, any name is taken.",
    )
    frame_ancestors: Names = Field(
        (),
        validation_alias="INKLING_FRAME_ANCESTORS",
        description="The sites whose pages may embed the app in a frame, such as https://course.example.org; * stands "
        "for all. By default, only its own site may.",
    )
    security_headers: Switch = Field(
        True,
        validation_alias="INKLING_SECURITY_HEADERS",
        description="0 if a proxy sets the headers Content-Security-Policy, Referrer-Policy and X-Content-Type-Options "
        "itself.",
    )
    cookie_secret: SecretStr | None = Field(
        None,
        min_length=MIN_SECRET_LENGTH,
        validation_alias="INKLING_COOKIE_SECRET",
        description="What signs the visitors' cookies, at least 16 characters: the same for all replicas. By default, "
        "one is made and kept in the cache folder, which replicas may share.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=MIN_SECRET_LENGTH,
        validation_alias="INKLING_METRICS_TOKEN",
        description="What must be sent as a bearer token to read /metrics, at least 16 characters. Without it, "
        "/metrics is open, but with INKLING_PUBLIC=1 closed to what comes through a proxy.",
    )
    log: Literal["text", "json"] = Field(
        "text",
        validation_alias="INKLING_LOG",
        description="json for a log with one JSON object a line.",
    )

    def __init__(self) -> None:
        try:
            super().__init__()
        except ValidationError as error:
            raise ValueError(_message(error)) from None


def _message(error: ValidationError) -> str:
    """Name the first wrong variable, what it may hold and what it holds."""
    wrong = error.errors()[0]
    name, value = str(wrong["loc"][0]), str(wrong["input"]).strip()
    (field,) = (field for field in Settings.model_fields.values() if field.validation_alias == name)
    shown = "" if _bound(field.metadata, "min_length") else f"; got {value[:40]!r}"  # a secret stays one
    return f"${name} must be {values(name)}{shown}"


def values(name: str) -> str:
    """Say what an environment variable may hold, as in "must be ..."."""
    (field,) = (field for field in Settings.model_fields.values() if field.validation_alias == name)
    least, most = _bound(field.metadata, "ge"), _bound(field.metadata, "le")
    if least is not None:
        return f"a whole number from {least:,} to {most:,}"
    if length := _bound(field.metadata, "min_length"):
        return f"a text of at least {length} characters"
    if field.annotation is bool:
        return "1 or 0"
    if get_origin(field.annotation) is Literal:
        return " or ".join(get_args(field.annotation))
    return "names, with commas between them" if field.annotation == tuple[str, ...] else "a folder"


def default(name: str, *, public: bool) -> Any:
    """The value of an environment variable that is not set."""
    (field,) = (field for field in Settings.model_fields.values() if field.validation_alias == name)
    return field.get_default(call_default_factory=True, validated_data={"public": public})


def _bound(metadata: list[Any], name: str) -> int | None:
    return next((getattr(rule, name) for rule in metadata if hasattr(rule, name)), None)
