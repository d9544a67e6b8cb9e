"""Memory that visitors have left is given back to the system.

Python gives back what it has freed, but the C library keeps it for later, and objects that refer to one another in
circles wait until Python looks for them. Both cost a moment in which nobody is answered: only when visitors have gone.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """Free what nobody can reach any more, and give to the system what is free, where the C library is glibc."""
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):  # other systems have no such function
        ctypes.CDLL(None).malloc_trim(0)
