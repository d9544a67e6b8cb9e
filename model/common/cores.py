"""How many cores there are to compute on."""

import os


def cores() -> int:
    """How many cores this process may use; Linux alone can tell, elsewhere it is how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
