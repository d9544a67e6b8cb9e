"""Replaces parts of Streamlit that do what the app must do otherwise, and for which Streamlit has no option.

Their names are private to Streamlit. A version that lacks one works without the replacement.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

logger = logging.getLogger(__name__)


def replace(module: ModuleType | type, name: str, replacement_of: Callable[[Any], Any], without: str) -> None:
    """Replace what a module or a class has under a name, before the server uses it.

    Args:
        module: a module of Streamlit, or a class.
        name: of a function or a class in it.
        replacement_of: returns the replacement of what is there.
        without: what to expect if the module has no such name; this is logged.
    """
    original = getattr(module, name, None)
    if original is None:
        logger.warning("%s has no %s: %s", module.__name__, name, without)
    else:
        setattr(module, name, replacement_of(original))
