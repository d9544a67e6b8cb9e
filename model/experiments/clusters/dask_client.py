"""A connection with a Dask scheduler, which has the same versions as this machine."""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING, Any

import model

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0
ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?(\[[^\s\]]+\]|[^\s:/]+):\d{1,5}")


def open_client(address: Any, timeout: float = CONNECT_SECONDS) -> Client:
    """Connect with a scheduler, by its address or as an object of Dask's.

    Raises:
        OSError: It can't be reached.
    """
    from distributed import Client

    quieten()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions: they are checked in words of our own
        return Client(address, timeout=timeout, set_as_default=False)


def check_address(address: str) -> None:
    """Check that a text is an address: Dask itself would wait for a while before it says so.

    Raises:
        ValueError: It is none.
    """
    if not ADDRESS.fullmatch(address):
        raise ValueError(f"scheduler must be an address such as tcp://host:8786; got {address[:80]!r}")


def check_versions(client: Client, address: str) -> None:
    """Check that the scheduler and its workers have the same versions of Dask and of Inkling as this machine.

    Raises:
        ValueError: One has not; one line says which.
    """

    def installed() -> str:  # a function in a function goes over as it is: the package need not be there
        try:
            import model as there
            import model.experiments.trial_run
        except ImportError:
            return ""
        return str(getattr(there, "__version__", ""))  # another package may be called so, too

    found: dict[str, Any] = client.get_versions()  # type: ignore[assignment]
    own = found["client"]["packages"]["distributed"]
    others = {
        "the scheduler": found["scheduler"],
        **{f"worker {name}": each for name, each in found["workers"].items()},
    }
    for who, versions in others.items():
        version = versions["packages"]["distributed"] if versions else None
        if version != own:
            raise ValueError(
                f"{who} of {address} has distributed {version}, and this machine {own}: install one version"
            )
    inklings = {"the scheduler": client.run_on_scheduler(installed)}
    inklings |= {f"worker {name}": version for name, version in client.run(installed).items()}
    for who, version in inklings.items():
        if not version:
            raise ValueError(f"{who} of {address} has no Inkling: start it in Inkling's folder, or install it there")
        if version != model.__version__:
            raise ValueError(f"{who} of {address} has Inkling {version}, and this machine {model.__version__}")


def quieten() -> None:
    """Leave it to this package to say what happened: Dask's own messages are for those who know Dask.

    Importing `distributed` sets its loggers' levels, so that comes before.
    """
    for name in ("distributed", "distributed.nanny", "distributed.client", "distributed.scheduler", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def one_line(error: BaseException) -> str:
    """Write an error as one line."""
    return " ".join(str(error).split())[:200]
