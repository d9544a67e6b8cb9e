"""A session is one visitor's open page: a WebSocket on which the app says what the page holds, and hears of clicks.

This one plays the browser's part without a browser, so that one program can be a whole school of visitors. It speaks
Streamlit's own messages, and keeps of a page what it takes to use it (session_page.py).
"""

from __future__ import annotations

import asyncio
import urllib.request
import uuid
from collections.abc import Callable
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks.session_page import Page, SessionError
from ui.server import message_batches

SECONDS_TO_ANSWER = 60.0
NO_LOGIN = "PLACEHOLDER_AUTH_TOKEN"  # what a browser says in place of a token when nobody logs in


def first_cookie(url: str, seconds: float = SECONDS_TO_ANSWER) -> str:
    """What the server gives a browser that comes for the first time.

    Raises:
        SessionError: there is no app.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=seconds) as answer:
            given = answer.headers.get_all("Set-Cookie") or []
    except OSError as error:
        raise SessionError(f"no connection: {error}") from None
    return "; ".join(cookie.partition(";")[0] for cookie in given)


def send_file(url: str, name: str, content: bytes, cookie: str, seconds: float = SECONDS_TO_ANSWER) -> None:
    """Send a file as a browser's form does.

    Raises:
        SessionError: it is not taken.
    """
    mark, token = uuid.uuid4().hex, cookie.rpartition("_streamlit_xsrf=")[2].partition(";")[0]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
    request = urllib.request.Request(
        url,
        head.encode() + content + f"\r\n--{mark}--\r\n".encode(),
        {"Content-Type": f"multipart/form-data; boundary={mark}", "Cookie": cookie, "X-Xsrftoken": token},
        method="PUT",
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(request, timeout=seconds).close()
    except OSError as error:
        raise SessionError(f"the file {name} was not taken: {error}") from None


class Session:
    """A visitor's connection to the app at `url`, to be used as `async with Session(url) as session`.

    Without a `cookie` it is a new visitor, who gets one with the first document; with it, they come back.
    A wait fails after `patience_seconds`.
    """

    def __init__(self, url: str, cookie: str = "", patience_seconds: float = SECONDS_TO_ANSWER) -> None:
        self.page = Page()
        self.cookie = cookie  # of the visitor, and where a proxy gives one, of the replica that has them
        self._url = url
        self._patience_seconds = patience_seconds
        self._states: dict[str, WidgetState] = {}  # as the visitor left the widgets, by id
        self._address = ("", "")
        self._trouble: SessionError | None = None
        self._heard = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._timers: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Connect, as the browser does when it comes to the app.

        Raises:
            SessionError: there is no app, or it has no place.
        """
        self.cookie = self.cookie or await asyncio.to_thread(first_cookie, self._url, self._patience_seconds)
        try:
            self._socket: ClientConnection = await connect(
                f"{self._url.replace('http', 'ws', 1)}/_stcore/stream?{message_batches.QUERY.decode()}",
                subprotocols=["streamlit", NO_LOGIN],  # type: ignore[list-item]
                additional_headers={"Cookie": self.cookie},
                max_size=None,
                open_timeout=self._patience_seconds,
                proxy=None,
            )
        except (OSError, InvalidHandshake) as error:
            raise SessionError(f"no connection: {error}") from None
        self._tasks.append(asyncio.create_task(self._listen()))

    async def close(self) -> None:
        """Leave, as when a tab is closed."""
        for task in (*self._tasks, *self._timers.values()):
            task.cancel()
        await self._socket.close()

    async def _listen(self) -> None:
        try:
            async for batch in self._socket:
                assert isinstance(batch, bytes)
                for message in message_batches.unpack(batch):
                    self.page.take(ForwardMsg.FromString(message))
                self._keep_looking()
                self._heard.set()
            raise SessionError("the app closed the connection")
        except ConnectionClosed as error:
            self._trouble = SessionError(f"the connection broke: {error}")
        except SessionError as error:
            self._trouble = error
        finally:  # whoever waits must not wait in vain
            self._trouble = self._trouble or SessionError("the connection is no longer listened to")
            self._heard.set()

    def _keep_looking(self) -> None:
        """As a browser does, have the app run those fragments again that are to be."""
        for fragment in [name for name in self._timers if name not in self.page.looks]:
            self._timers.pop(fragment).cancel()
        for fragment, seconds in self.page.looks.items():
            if fragment not in self._timers:
                self._timers[fragment] = asyncio.create_task(self._look(fragment, seconds))

    async def _look(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await self._rerun(fragment, is_look=True)
            except SessionError:
                return  # whoever waits will hear of it

    async def open(self, page: str, query: str = "") -> None:
        """Open a page by its address, and wait until it is there."""
        self._address = (page, query)
        runs = self.page.runs
        await self._rerun()
        await self.until(lambda page: page.runs > runs)

    async def set(self, key: str, json_value: str) -> None:
        """Give a component a value, as if the visitor had."""
        key = self.page.widget(key)
        identity = self.page.widgets[key]
        self._states[identity] = WidgetState(id=identity, json_value=json_value)
        await self._rerun(self.page.fragments[key])

    async def press(self, key: str) -> None:
        """Press a button."""
        key = self.page.widget(key)
        pressed = WidgetState(id=self.page.widgets[key], trigger_value=True)
        await self._rerun(self.page.fragments[key], pressed)

    async def upload(self, key: str, name: str, content: bytes) -> None:
        """Bring a file, as if the visitor had chosen it.

        Raises:
            SessionError: the app does not take it.
        """
        key = self.page.widget(key)
        file = str(uuid.uuid4())
        address = f"{self._url}/_stcore/upload_file/{self.page.session}/{file}"
        seconds = self._patience_seconds
        token = await asyncio.to_thread(first_cookie, f"{self._url}/_stcore/health", seconds)
        await asyncio.to_thread(send_file, address, name, content, f"{self.cookie}; {token}", seconds)
        state = WidgetState(id=self.page.widgets[key])
        info = state.file_uploader_state_value.uploaded_file_info.add(name=name, size=len(content), file_id=file)
        info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = file, address, address
        self._states[state.id] = state
        await self._rerun(self.page.fragments[key])

    async def _rerun(self, fragment: str = "", *more: WidgetState, is_look: bool = False) -> None:
        page, query = self._address
        message = BackMsg()
        request = message.rerun_script
        request.query_string = query
        if self.page.script:
            request.page_script_hash = self.page.script
        else:
            request.page_name = page
        request.fragment_id = fragment
        request.is_auto_rerun = is_look
        request.widget_states.widgets.extend([*self._states.values(), *more])
        request.context_info.url = f"{self._url}/{page}"
        request.context_info.timezone = "UTC"
        request.context_info.locale = "en-US"
        request.context_info.color_scheme = "light"
        try:
            await self._socket.send(message.SerializeToString())
        except ConnectionClosed as error:
            raise SessionError(f"the connection broke: {error}") from None

    async def until(self, is_so: Callable[[Page], bool]) -> None:
        """Wait until the page is as it should be.

        Raises:
            SessionError: it is not within the time, or the app failed.
        """
        try:
            async with asyncio.timeout(self._patience_seconds):
                while not is_so(self.page):
                    self.check()
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            raise SessionError(f"no answer within {self._patience_seconds:.0f} s") from None

    def check(self) -> None:
        """Raise the SessionError that has happened, if one has."""
        if self._trouble:
            raise self._trouble
