"""The day's visitors do the same again for the same seed, and what the app's log tells of is counted."""

import json
import subprocess
import sys

import pytest

from benchmarks.day import faults
from tests.paths import ROOT

LOG = """
2026-11-27 10:00:00 model.jobs.pool: Run 19: asked for
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    1 / 0
ZeroDivisionError: division by zero
2026-11-27 10:00:01 ui.server.routes: A page failed: KeyError
Traceback (most recent call last):
  File "/app/ui/train/runs.py", line 12, in show
    _table(run)
  File "/lib/streamlit/elements.py", line 34, in __getitem__
    return values[name]
KeyError: 'name'
Traceback (most recent call last):
  File "b.py", line 1, in receive
    raise WebSocketDisconnected
starlette.websockets.WebSocketDisconnected: WebSocket is not connected.
Traceback (most recent call last):
  File "/app/ui/train/paper_reader.py", line 50, in show
    _component(
KeyError: 'st.session_state has no key "live_paper".'
2026-11-27 10:00:02 ui.server.routes: A stopped run of a page failed: KeyError
"""


def test_faults_are_pages_that_failed_and_tracebacks_but_no_visitors_who_left() -> None:
    assert faults(LOG) == {
        "ZeroDivisionError: division by zero": 1,
        "A page failed: KeyError": 1,
        "KeyError: 'name' (ui/train/runs.py:12)": 1,
    }
    assert not faults("all is well")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.timeout(600)
def test_visitors_come_and_go_without_an_error() -> None:
    command = [sys.executable, "-m", "benchmarks.day", "--visits", "12", "--first", "6", "--looks", "0", "--quiet", "1"]
    done = subprocess.run([*command, "--seed", "864", "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    day = json.loads(done.stdout)
    assert [look["visits"] for look in day["looks"]] == [6, 12]
    assert (day["done"]["visit"], day["errors"], day["faults"]) == (12, {}, {})
