"""A download button's file is made by any of the names that it had, as the button stands by then."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ui.server import downloads
from ui.server.downloads import NAME, Downloads


class Page:
    """A page with download buttons, each drawn anew at each run."""

    def __init__(self, **options: Any) -> None:
        self._storage = MemoryMediaFileStorage("/media")
        self.visitor = "first"
        self.files = Downloads(self._storage, session=lambda: self.visitor, **options)

    def draw(self, content: str | Callable[[], str], button: str = "curves") -> str:
        """Draw a button; returns the name that the browser asks for."""
        make = content if callable(content) else lambda: content
        return self.files.add_deferred(make, "text/csv", f"place of {button}", "file.csv", element_id=button)

    def end_run(self) -> None:
        self.files.remove_orphaned_files()

    def click(self, name: str) -> str:
        """Return what the browser gets for a name."""
        address = self.files.execute_deferred(name)
        return self._storage.get_file(address.removeprefix("/media/")).content.decode()


def test_a_click_after_the_next_run_gets_the_newest_file_of_its_button() -> None:
    page = Page()
    first = page.draw("one")
    others = page.draw("of another button", button="report")
    for content in ("two", "three"):
        last = page.draw(content)
        page.end_run()
    assert [page.click(name) for name in (first, last, first, others)] == ["three"] * 3 + ["of another button"]


def test_a_click_waits_until_a_run_has_drawn_the_button() -> None:
    page = Page(seconds_to_draw=60)
    name = page.draw("one")
    page.files.clear_session_refs()  # another run begins, and is interrupted
    page.end_run()
    got: list[str] = []
    clicking = threading.Thread(target=lambda: got.append(page.click(name)))
    clicking.start()
    page.draw("two")
    clicking.join()
    assert got == ["two"]


def test_each_session_has_files_of_its_own() -> None:
    page = Page(seconds_to_draw=0)
    name = page.draw("one")
    page.files.clear_session_refs()
    page.end_run()
    page.visitor = "second"
    page.draw("of somebody else")
    with pytest.raises(MediaFileStorageError, match="not found"):
        page.click(name)


def test_a_failed_or_unknown_download_is_an_error_at_once() -> None:
    page = Page(seconds_to_draw=1e9)

    def fail() -> str:
        raise OSError("the disk is full")

    with pytest.raises(MediaFileStorageError, match="the disk is full"):
        page.click(page.draw(fail))
    with pytest.raises(MediaFileStorageError, match="not found"):
        page.click("63071b26423a48cb91b6052300a4de26")


def test_the_oldest_names_are_forgotten() -> None:
    page = Page(max_files=3, seconds_to_draw=0)
    names = [page.draw(f"{number}") for number in range(4)]
    page.draw("of another button", button="report")
    page.end_run()
    assert page.click(names[2]) == "3"
    with pytest.raises(MediaFileStorageError, match="not found"):
        page.click(names[1])


def test_streamlit_makes_its_files_with_the_class_that_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, NAME, MediaFileManager)  # that it has it; it is put back afterwards
    downloads.patch_streamlit()
    assert getattr(runtime, NAME) is Downloads
