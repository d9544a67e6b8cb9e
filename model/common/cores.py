"""How many cores there are to compute on."""

import math
import os

from model.common import control_groups


def cores() -> int:
    """How many cores this process may use; Linux alone can tell, elsewhere it is how many there are.

    A container's quota counts: more processes than that would stand still for most of each tenth of a second.
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = control_groups.cpu_quota()
    return available if quota is None else min(available, math.ceil(quota))
