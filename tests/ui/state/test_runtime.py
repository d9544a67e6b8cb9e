"""The app's process leaves the cores to those who train."""

import subprocess
import sys
import tomllib

from tests.paths import ROOT


def test_an_answer_is_worked_out_by_one_thread() -> None:
    script = """
import numpy, threadpoolctl
from ui.state import runtime
threadpoolctl.threadpool_limits(limits=2, user_api="blas")
runtime.start()
print([library["num_threads"] for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"])
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.strip().strip("[]").split(", ")) == {"1"}


def test_no_run_ends_with_a_look_at_everything_in_memory() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["postScriptGC"] is False
