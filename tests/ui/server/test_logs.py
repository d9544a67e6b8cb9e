"""The log has one line an event, in JSON if asked for, and nothing that leads to a visitor."""

import json
import subprocess
import sys

import pytest

from tests.paths import ROOT

SCRIPT = """
import logging
from streamlit.logger import get_logger
from model.jobs.observer import LogObserver
from model.jobs.protocol import JobStatus
from ui.server import logs

theirs = get_logger("streamlit.runtime.session")
logs.set_up()
observer = LogObserver()
observer.run_asked_for(7)
observer.run_started(7, 1.25)
observer.run_ended(7, JobStatus.FINISHED, 12.5)
observer.worker_lost("signal 9")
theirs.warning("Session with id %s is taken by %s", "3f2c9a34-0a35-4f5e-9a3e-0123456789ab", "192.168.17.4:5000")
logging.getLogger("ui.state").info("visitor %s", "0123456789abcdef0123456789abcdef.c2lnbmF0dXJl-_x")
theirs.warning("Connection from [%s]:5000", "2001:db8::17:4")
theirs.warning("%s", "from 2001:db8::1: refused, 2001:db8::1. And client:2001:db8::2, fe80::1:2,", stack_info=True)
theirs.warning("at 12:30:45, rows[::2] of std::fs", "an argument too many")
theirs.warning("%d", float("inf"))
try:
    raise ZeroDivisionError("of 192.168.17.4, in session 3f2c9a34-0a35-4f5e-9a3e-0123456789ab")
except ZeroDivisionError:
    theirs.exception("it failed")
"""


def lines(form: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True, env={"INKLING_LOG": form}
    )
    return done.stderr.splitlines()


def test_each_event_is_a_json_object_on_a_line_of_its_own():
    records = [json.loads(line) for line in lines("json")]
    assert [record.get("event") for record in records[:4]] == [
        "run_asked_for", "run_started", "run_ended", "worker_lost",
    ]  # fmt: skip
    assert records[1]["waited_seconds"] == 1.25
    assert (records[2]["run"], records[2]["status"], records[2]["training_seconds"]) == (7, "finished", 12.5)
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, records))
    assert records[3]["level"] == "WARNING"
    assert "ZeroDivisionError" in records[-1]["traceback"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_leads_to_a_visitor(form):
    said = "\n".join(lines(form))
    assert "Session with id [...] is taken by [...]:5000" in said
    assert "visitor [...]" in said
    assert "Connection from [[...]]:5000" in said
    assert "from [...]: refused, [...]. And client:[...], [...]," in said
    assert "at 12:30:45, rows[::2] of std::fs [its arguments do not fit: TypeError]" in said
    assert "%d [its arguments do not fit: OverflowError]" in said
    assert "ZeroDivisionError: of [...], in session [...]" in said
    secrets = ("3f2c9a34", "192.168", "0123456789abcdef", "c2lnbmF0", "2001:db8", "fe80")
    assert not any(secret in said for secret in secrets)
