"""A search is told to its visitor's browser alone; and what searches compute with is not loaded to start the app."""

import subprocess
import sys
import weakref
from pathlib import Path

from starlette.applications import Starlette

from benchmarks.studies import a_plan
from model.experiments.search import Search
from tests.asgi import ask
from tests.paths import ROOT
from ui.experiments import routes, searches
from ui.state.visitor_state import VisitorState

SLOW = ("optuna", "distributed", "scipy.stats", "sqlalchemy")


def test_a_search_is_told_to_its_visitor_alone(tmp_path: Path) -> None:
    owner, other = VisitorState("Ada"), VisitorState("Bob")
    search = Search("a-name", owner.name, a_plan(), tmp_path, 20, command="pause")
    owner.searches.append(search)
    answer = routes.changes_since(owner, "a-name", 0)
    assert answer
    assert (answer["trials"], answer["goes_on"], answer["status"]) == ([], False, "Paused: 0 of 20 trials.")
    for visitor, name in ((other, "a-name"), (owner, "another"), (None, "a-name")):
        assert routes.changes_since(visitor, name, 0) is None
    assert searches.address(owner, search) == f"experiments/{owner.token}/a-name"
    assert owner.token != other.token


def test_nothing_is_kept_of_a_search_that_is_gone(tmp_path: Path) -> None:
    search = Search("a-name", "Ada", a_plan(), tmp_path, 20, command="pause")
    searches.view(search)
    gone = weakref.ref(search)
    del search
    assert gone() is None


def test_the_app_starts_without_what_searches_compute_with() -> None:
    script = f"import sys, app; print([name for name in {SLOW} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_an_invalid_version_is_answered_with_404(tmp_path: Path) -> None:
    for since in ("9" * 5000, "-1", "x", "", "٣"):
        found, *_ = ask(Starlette(routes=routes.routes()), "/experiments/nobody/a-name", {}, query=f"since={since}")
        assert found == 404
