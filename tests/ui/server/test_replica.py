"""Pages find out whether they are sent from one replica to another, and the operator hears of it."""

import json

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.asgi import ask
from ui.server import metrics, replica, routes
from ui.server.replica import ReplicaCookie, Reports

APP = ReplicaCookie(Starlette(routes=[*routes.routes(), Route("/train", lambda _: HTMLResponse(""))]))


def is_same(cookie: str) -> bool:
    status, headers, body = ask(APP, "/replica", {"Cookie": cookie})
    assert (status, headers["cache-control"]) == (200, "no-store")
    return json.loads(body)["same"]


def test_a_page_learns_whether_the_replica_of_its_document_answers():
    mark = ask(APP, "/train", {})[1]["set-cookie"].partition(";")[0]
    assert is_same(mark)
    assert not is_same(f"{replica.COOKIE}=another")
    assert not is_same("")


def count(kind: str) -> float:
    return metrics.registry.get_sample_value("inkling_proxy_problems_total", {"kind": kind}) or 0


@pytest.mark.parametrize("kind", ["split", "silent"])
def test_each_report_is_counted_and_one_a_minute_logged(kind, caplog):
    now = [0.0]
    reports, before = Reports(lambda: now[0]), count(kind)
    for now[0] in (0.0, 30.0, 61.0):
        reports.take(kind)
    assert count(kind) == before + 3
    assert [record.event for record in caplog.records] == [f"proxy_{kind}"] * 2


def test_no_page_can_make_up_a_problem(caplog):
    Reports().take("made-up\nline")
    assert not caplog.records
    assert count("made-up\nline") == 0
