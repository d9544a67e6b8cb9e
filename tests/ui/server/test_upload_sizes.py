"""An upload that is too large is refused by what it declares; older files make room for new ones."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from model.ink.photo import MAX_BYTES
from tests.asgi import ask
from ui.server.upload_sizes import UploadSizes
from ui.state.stored_uploads import LEAVING_SECONDS, SETTLED_SECONDS, StoredUploads, UploadLimits

MB = 2**20
LIMITS = UploadLimits(one=60 * MB, all=100 * MB)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Server:
    """An app that stores what it gets, behind the limits."""

    files: MemoryUploadedFileManager = field(default_factory=lambda: MemoryUploadedFileManager(""))
    clock: Clock = field(default_factory=Clock)
    reached: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None  # happens before a file's content is asked for

    def __post_init__(self) -> None:
        self.uploads = StoredUploads(LIMITS, lambda: self.files, self.clock)
        address = "/base/_stcore/upload_file/{session}/{file}"
        routes = [Route(address, self._store, methods=["PUT"]), Route("/{path:path}", lambda _: Response("page"))]
        self.app = UploadSizes(Starlette(routes=routes), lambda: self.uploads)

    async def _store(self, request: Request) -> Response:
        session, file = request.path_params["session"], request.path_params["file"]
        self.reached.append(file)
        self.meanwhile()
        if session == "unknown":
            return Response(status_code=400)
        await request.body()
        self.files.add_file(session, UploadedFileRec(file, file, "", b""))
        return Response(status_code=204)

    def put(self, file: str, megabytes: float, session: str = "me", name: str = "table.csv") -> int:
        headers = {"Content-Length": str(round(megabytes * MB))}
        body = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode()
        return ask(self.app, f"/base/_stcore/upload_file/{session}/{file}", headers, "PUT", body)[0]

    def holds(self, *files: str, session: str = "me") -> list[str]:
        return [file.file_id for file in self.files.get_files(session, files)]


def test_a_file_is_refused_by_its_declared_size_before_the_app_hears_of_it() -> None:
    server = Server()
    assert server.put("large", 61) == 413
    assert server.put("picture", MAX_BYTES / MB + 1, name="Digit.JPG") == 413
    assert server.reached == []
    assert server.put("table", MAX_BYTES / MB + 1) == 204
    assert server.put("small", 1, name="Digit.JPG") == 204
    assert server.reached == ["table", "small"]


def test_a_file_of_unknown_size_is_refused_and_all_else_passes() -> None:
    server = Server()
    assert ask(server.app, "/base/_stcore/upload_file/me/file", {}, "PUT")[0] == 411
    assert ask(server.app, "/other", {})[2] == b"page"


def test_a_sessions_oldest_files_make_room_for_its_newest() -> None:
    server = Server()
    for file in ("first", "second", "third", "fourth"):
        assert server.put(file, 25) == 204
    assert server.holds("first", "second", "third", "fourth") == ["third", "fourth"]
    assert server.uploads.held() == 50 * MB


def test_files_of_one_visitor_make_room_for_others_only_after_they_were_read() -> None:
    server = Server()
    assert server.put("mine", 50) == 204
    assert server.put("theirs", 50, "they") == 204
    assert server.put("more", 10, "others") == 503
    assert server.holds("mine") == ["mine"]
    server.clock.now += SETTLED_SECONDS
    assert server.put("more", 10, "others") == 204
    assert server.holds("mine") == []
    assert server.holds("theirs", session="they") == ["theirs"]


def test_an_upload_is_cut_off_when_simultaneous_uploads_exceed_the_limit() -> None:
    server = Server()
    others = [server.uploads.begin(name, "file", 60 * MB) for name in ("they", "others")]

    def much_comes() -> None:
        for upload in others:
            assert upload
            upload.received = upload.declared

    server.meanwhile = much_comes
    assert server.put("mine", 1) == 503
    assert server.reached == ["mine"]
    assert server.holds("mine") == []
    assert server.uploads.held() == 120 * MB


def test_removed_and_refused_files_take_no_room() -> None:
    server = Server()
    server.put("mine", 50)
    server.files.remove_file("me", "mine")
    assert server.put("refused", 50, "unknown") == 400
    assert server.uploads.held() == 0


@pytest.mark.parametrize("comes_back", [False, True])
def test_the_files_of_a_session_that_does_not_come_back_are_removed(comes_back: bool) -> None:
    server = Server()
    server.put("mine", 50)
    server.uploads.let_go_of_gone(lambda _: False)
    if comes_back:
        server.uploads.let_go_of_gone(lambda _: True)
    server.clock.now += LEAVING_SECONDS + 1
    server.uploads.let_go_of_gone(lambda _: False)
    assert server.holds("mine") == (["mine"] if comes_back else [])


def test_where_memory_is_limited_files_may_take_an_eighth_of_it_and_all_of_them_a_quarter() -> None:
    assert UploadLimits.within(200 * MB, None) == UploadLimits(200 * MB, 800 * MB)
    assert UploadLimits.within(200 * MB, 512 * MB) == UploadLimits(64 * MB, 128 * MB)
    assert UploadLimits.within(5 * MB, 512 * MB) == UploadLimits(5 * MB, 20 * MB)
