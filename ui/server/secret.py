"""The secret that signs cookies: the operator's, or one that is made once and kept beside the data sets.

Replicas that share the cache folder share it, and a visitor is known again after a restart.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from secrets import token_urlsafe

from filelock import FileLock

from model.common.settings import MIN_SECRET_LENGTH, Settings

logger = logging.getLogger(__name__)

FILE = "cookie-secret"


def find() -> str:
    """The operator's secret, else the kept one, else one for this process alone."""
    settings = Settings()
    if settings.cookie_secret:
        return settings.cookie_secret.get_secret_value()
    try:
        return kept(settings.cache)
    except OSError as error:
        logger.warning("No secret for cookies could be kept (%s): visitors are not known after a restart", error)
        return token_urlsafe()


def kept(folder: Path) -> str:
    """The secret in a folder; made there if there is none, once, whoever else tries at the same moment.

    One that is too short is what a power failure has left, and is replaced.

    Raises:
        OSError: the folder can't be read or written.
    """
    path = folder / FILE
    if _is_cut_off(path):
        with FileLock(folder / f"{FILE}.lock"):  # else one replica may delete what another has just made
            if _is_cut_off(path):
                path.unlink()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=FILE)  # for its owner's eyes only
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token_urlsafe())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)  # whole, or not at all
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return path.read_text(encoding="ascii")


def _is_cut_off(path: Path) -> bool:
    try:
        return path.stat().st_size < MIN_SECRET_LENGTH
    except FileNotFoundError:
        return False
