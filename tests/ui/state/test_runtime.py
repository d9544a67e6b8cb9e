"""The app's process leaves the cores to those who train."""

import subprocess
import sys

from tests.paths import ROOT


def test_the_app_computes_with_one_thread() -> None:
    script = """
import numpy, threadpoolctl
from ui.state import runtime
threadpoolctl.threadpool_limits(limits=2, user_api="blas")
runtime.start()
print([library["num_threads"] for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"])
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.strip().strip("[]").split(", ")) == {"1"}


def test_garbage_of_page_runs_is_collected_without_full_collections() -> None:
    script = """
import gc
from ui.state import runtime

def run():
    ring = [[number] for number in range(300)]
    for part in ring:
        part.append(ring)
    return ring

runtime.start()
collected = []
gc.callbacks.append(lambda phase, info: collected.append(info["generation"]) if phase == "start" else None)
tabs = {}
for number in range(2000):
    tabs[number % 100] = run()
print(collected.count(2), len(gc.get_objects()) < 300_000)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True"]


def option(name: str) -> str:
    """A setting of Streamlit as it holds for the app."""
    script = f"from streamlit import config; print(config.get_option('{name}'))"
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_runs_do_not_end_with_a_garbage_collection() -> None:
    assert option("runner.postScriptGC") == "False"


def test_no_message_is_sent_as_a_reference_to_a_cached_one() -> None:
    largest = float(option("server.maxMessageSize")) * 2**20
    assert float(option("global.minCachedMessageSize")) > largest


def test_no_visitor_sees_a_traceback() -> None:
    assert option("client.showErrorDetails") in ("type", "none")
