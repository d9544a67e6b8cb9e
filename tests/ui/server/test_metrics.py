"""An operator's monitoring reads how the app is."""

import asyncio
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.websockets import WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from model.jobs import JobStatus
from tests.asgi import ask
from ui.server import message_limits, routes
from ui.server.metrics import RunMetrics
from ui.server.web_sockets import WebSockets

APP = Starlette(routes=routes.routes())


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INKLING_PUBLIC", "INKLING_METRICS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def figures() -> dict[str, float]:
    status, headers, body = ask(APP, "/metrics", {})
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(body.decode())
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_figures_say_how_things_are():
    before = figures()
    assert before["inkling_workers"] >= 1
    assert before["process_resident_memory_bytes"] > before["inkling_queue_length"] == 0
    assert {"inkling_visitors", "inkling_runs[waiting]", "inkling_workers_memory_bytes"} <= before.keys()


def test_what_happens_in_the_pool_is_counted():
    before, observer = figures(), RunMetrics()
    observer.run_started(1, 2.0)
    observer.run_ended(1, JobStatus.FINISHED, 3.0)
    observer.worker_lost("signal 9")
    after = figures()

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grown("inkling_queue_wait_seconds_count") == 1
    assert grown("inkling_queue_wait_seconds_bucket[5.0]") == 1
    assert grown("inkling_queue_wait_seconds_bucket[1.0]") == 0
    assert grown("inkling_runs_ended_total[finished]") == 1
    assert grown("inkling_worker_restarts_total") == 1


async def talk(*messages: Any) -> None:
    """Ask something over a socket; the app answers with the messages."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.receive_bytes()
        for message in messages[1:]:
            await socket.send_bytes(message.SerializeToString())

    asked = iter(
        [{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": messages[0].SerializeToString()}]
    )

    async def receive() -> Any:
        return next(asked)

    async def send(_message: Any) -> None:
        return None

    await WebSockets(app)({"type": "websocket", "path": "/", "headers": []}, receive, send)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        (BackMsg(rerun_script={"query_string": "x"}), 1),
        (BackMsg(rerun_script={"query_string": "x" * 2 * message_limits.SMALL}), 1),
        (BackMsg(app_heartbeat=True), 0),
    ],
)
def test_an_answer_is_timed_from_the_question_to_its_end(question, count):
    before = figures()["inkling_answer_seconds_count"]
    finished = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    asyncio.run(talk(question, ForwardMsg(session_status_changed={}), finished, finished))
    assert figures()["inkling_answer_seconds_count"] == before + count


def test_on_a_public_instance_the_figures_are_not_for_those_who_come_through_the_proxy(monkeypatch):
    forwarded = {"X-Forwarded-For": "192.0.2.1"}
    assert ask(APP, "/metrics", forwarded)[0] == 200
    monkeypatch.setenv("INKLING_PUBLIC", "1")
    assert ask(APP, "/metrics", forwarded)[0] == 403
    assert ask(APP, "/metrics", {})[0] == 200


def test_an_operator_may_ask_for_a_token(monkeypatch):
    monkeypatch.setenv("INKLING_METRICS_TOKEN", "a-token-of-some-length")
    assert ask(APP, "/metrics", {})[0] == 403
    assert ask(APP, "/metrics", {"Authorization": "Bearer another"})[0] == 403
    assert ask(APP, "/metrics", {"Authorization": "Bearer a-token-of-some-length"})[0] == 200
