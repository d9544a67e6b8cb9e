"""How patient the pool is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PoolSettings:
    """How long the pool waits for what, in seconds."""

    time_slice: float = 60.0  # that a run may keep its worker while others wait
    heartbeat_timeout: float = 10.0  # without an event, after which a worker is ended
    preempt_delay: float = 5.0  # before a run that could not give its worker back is told to again
    stop_timeout: float = 5.0  # for a run to stop by itself, after which its worker is ended
    kill_timeout: float = 2.0  # for an ended process to be gone
    restart_delay: float = 2.0  # before a worker is replaced that ended before it was ready
