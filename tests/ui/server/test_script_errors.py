"""A page that fails is counted, unless its run is being stopped."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from ui.server import metrics, routes


@pytest.fixture
def requests(monkeypatch):
    """What the app asks of the run of a page that fails."""
    asked = ScriptRequests()
    monkeypatch.setattr(routes, "get_script_run_ctx", lambda: SimpleNamespace(script_requests=asked))
    return asked


def counted() -> float:
    return metrics.page_errors._value.get()


def test_a_page_that_fails_is_counted_and_shown(requests, caplog):
    before = counted()
    assert not routes.note_script_error(KeyError("name"))
    requests.request_rerun(RerunData())
    assert not routes.note_script_error(KeyError("name"))
    assert counted() == before + 2
    assert "A page failed: KeyError" in caplog.text


def test_a_run_that_is_stopping_is_not_counted_and_shows_nothing(requests, caplog):
    caplog.set_level("INFO")
    before = counted()
    requests.request_stop()
    assert routes.note_script_error(KeyError("name"))
    assert counted() == before
    assert "A stopped run of a page failed: KeyError" in caplog.text


def test_outside_of_a_page_nothing_is_stopping():
    assert not routes.is_stopping(None)
    assert not routes.is_stopping(SimpleNamespace(script_requests=None))
