"""A click on a download button counts, also while the app draws the button anew.

Of a button whose file is made when somebody clicks, Streamlit gives the file another name at each run of the page, and
knows only the last. A click that arrives before the browser has heard of that one, or while a run is yet to come to the
button, would be answered by an error: of a race that redraws itself, on a connection with 0.3 s there and back, every
third. So the file of the same button is made that Streamlit knows by then.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from streamlit.runtime import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorage, MediaFileStorageError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.server import patches

NAME = "MediaFileManager"  # Streamlit's runtime makes one of these
MAX_FILES = 10_000
SECONDS_TO_DRAW = 3.0
SECONDS_BETWEEN_LOOKS = 0.05

Button = tuple[str, str]  # the session, and the widget's identifier, which stays from run to run


def patch_streamlit() -> None:
    """To be called once, before the server starts."""
    patches.replace(runtime, NAME, lambda _: Downloads, "a click while a page is redrawn may start no download")


def current_session() -> str | None:
    """The session in whose run this is called."""
    context = get_script_run_ctx()
    return context.session_id if context else None


class Downloads(MediaFileManager):
    """Streamlit's files, with a memory of the buttons that they are for.

    Args:
        storage: where the files are.
        max_files: of how many files, of all visitors together, the buttons are known.
        seconds_to_draw: how long a run may take until it comes to a button.
        session: tells whose page is being drawn.
    """

    def __init__(
        self,
        storage: MediaFileStorage,
        max_files: int = MAX_FILES,
        seconds_to_draw: float = SECONDS_TO_DRAW,
        session: Callable[[], str | None] = current_session,
    ) -> None:
        super().__init__(storage)
        self._max_files, self._seconds_to_draw, self._session = max_files, seconds_to_draw, session
        self._buttons: OrderedDict[str, Button] = OrderedDict()  # by the file's name
        self._last: dict[Button, str] = {}  # names
        self._naming = threading.Lock()

    def add_deferred(self, *arguments: Any, element_id: str = "", **options: Any) -> str:
        """Give a file that is yet to be made a name."""
        name = super().add_deferred(*arguments, element_id=element_id, **options)
        session = self._session()
        if session and element_id:
            button = (session, element_id)
            with self._naming:
                self._buttons[name], self._last[button] = button, name
                if len(self._buttons) > self._max_files:
                    oldest, button = self._buttons.popitem(last=False)
                    if self._last[button] == oldest:
                        del self._last[button]
        return name

    def execute_deferred(self, file_id: str) -> str:
        """Make a file, by the name that its button has by now; returns its address.

        Raises:
            MediaFileStorageError: the button is no longer there, or its file can't be made.
        """
        end = time.monotonic() + self._seconds_to_draw
        while True:
            with self._naming:
                button = self._buttons.get(file_id)
                name = self._last[button] if button else file_id
            try:
                return super().execute_deferred(name)
            except MediaFileStorageError as error:
                if error.__cause__ or not button or time.monotonic() > end:  # a cause: it can't be made
                    raise
            time.sleep(SECONDS_BETWEEN_LOOKS)
