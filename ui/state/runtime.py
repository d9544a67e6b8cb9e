"""One process serves all visitors, on the same cores on which networks are being trained.

So an answer must cost as little of it as possible: what a process does by itself, for others than ours, is turned off.
"""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import streamlit as st
from threadpoolctl import threadpool_limits

from model import data
from model.common.atomic_file import remove_abandoned
from model.common.paths import ROOT
from model.common.settings import Settings
from model.experiments.supervisor import Supervisor
from model.jobs import Pool
from model.reading import Readers

M_ARENA_MAX, ARENAS = -8, 2  # glibc's number for the option, and how many places there are to take memory from

# How many new objects, and then how many collections, have Python look for circles among the youngest objects, the
# younger ones, and all. Each run of a page leaves hundreds of objects in circles, and keeps them until the page's next
# run. With Python's own 700, 10 and 10 they grew old meanwhile, and all objects were gone through every few seconds: up
# to a third of a second in which nobody is answered. A larger last number would let circles take much memory.
GC_THRESHOLDS = (4_000, 20, 10)

# How long one thread computes before another may. A message to a browser takes the thread that sends some ten turns:
# with Python's own 5 ms, each could wait that long for a page's run.
SWITCH_SECONDS = 0.0005

_unpacking = threading.Lock()


def start() -> None:
    """Make this process a good neighbor, and start the workers; to be called once, when the server starts."""
    # To read one image takes a millisecond or two. A second thread would hardly make it faster, but would go on waiting
    # for more at full speed, and take ten times as much from the runs.
    threadpool_limits(limits=1, user_api="blas")
    _share_memory_among_threads()
    # What the libraries have made by now stays for good: garbage collections, which halt all visitors, pass it over.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    sys.setswitchinterval(SWITCH_SECONDS)
    remove_abandoned(Settings().cache)
    if not data.is_unpacked("mnist-5k"):
        threading.Thread(target=_unpack_ahead, name="unpacking", daemon=True).start()
    pool()
    readers()
    supervisor()


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """The workers that train for all visitors."""
    return Pool()


@st.cache_resource(show_spinner=False)
def supervisor() -> Supervisor:
    """What searches for all visitors."""
    settings = Settings()
    folder, limit = pool().folder / "experiments", settings.experiments or 0
    return Supervisor(folder, limit, processes=pool().size, most_seconds=settings.search_seconds)


@st.cache_resource(show_spinner=False)
def readers() -> Readers:
    """The processes that read what visitors bring."""
    return Readers()


def unpacked(name: str) -> Path:
    """Where a data set lies that Inkling knows by name; if many ask for it at once, it is unpacked once."""
    with _unpacking:
        return data.prepare(name)


def _share_memory_among_threads() -> None:
    """Have all threads take memory from the same places, where the C library is glibc.

    Each run of a page has a thread of its own. With up to eight places for each core, what one thread gives back is of
    no use to the next: a visitor who draws took 1.6 MB, and with two places takes 0.3.
    """
    with suppress(AttributeError, OSError, TypeError):  # other systems have no such function
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def _unpack_ahead() -> None:
    """Unpack the embedded digits, so that the first run need not wait for them."""
    script = "from model import data; data.prepare('mnist-5k')"  # some seconds, in a process of its own
    with _unpacking:
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.DEVNULL, check=False)
