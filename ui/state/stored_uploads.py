"""The uploaded files that the server holds: how many bytes they may have, of one session and of all.

A file is read as soon as it has come, so the oldest ones can go when others need the room. Streamlit itself would hold
all of them until the session is over, also those that no page has asked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import streamlit as st
from streamlit import runtime

from model.common.control_groups import memory_limit

MB = 2**20
ALL = 4  # of all sessions together, as many bytes as this many files of the largest size have
SHARE_OF_ONE, SHARE_OF_ALL = 8, 4  # of the memory, where it is limited: a file is there twice while it comes in
SETTLED_SECONDS = 60.0  # after which a file has been read, and may go to make room for another visitor's
LEAVING_SECONDS = (
    150.0  # after its end Streamlit keeps a session for two minutes, and its files for as long as it likes
)


class FileStore(Protocol):
    """What is needed of Streamlit's store of uploaded files."""

    def get_files(self, session_id: str, file_ids: Sequence[str]) -> Sequence[object]:
        """The files that are there."""

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Let a file go."""


@dataclass
class _Upload:
    session: str
    file: str
    declared: int  # bytes
    received: int = 0
    stored_at: float | None = None  # by the clock; None as long as it is on its way


@dataclass(frozen=True)
class UploadLimits:
    """How many bytes uploads may have."""

    one: int  # file, and all files of a session together
    all: int  # files of all sessions

    @classmethod
    def of_server(cls) -> UploadLimits:
        """What the operator allows (see ui/server/preflight), or less where there is little memory."""
        return cls.within(st.get_option("server.maxUploadSize") * MB, memory_limit())

    @classmethod
    def within(cls, allowed: int, memory: int | None) -> UploadLimits:
        """This many bytes for a file, or less if the app and its processes may take only so much memory."""
        if memory is None:
            return cls(allowed, ALL * allowed)
        one = min(allowed, max(MB, memory // SHARE_OF_ONE))
        return cls(one, max(one, min(ALL * one, memory // SHARE_OF_ALL)))


@dataclass
class StoredUploads:
    """Knows each file that has come or is on its way."""

    limits: UploadLimits
    store: Callable[[], FileStore]
    clock: Callable[[], float] = time.monotonic
    _uploads: list[_Upload] = field(default_factory=list)  # the oldest first
    _absent_since: dict[str, float] = field(default_factory=dict)  # by session
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, session: str, file: str, size: int) -> _Upload | None:
        """Make room for a file that is coming; None if there is none at the moment."""
        with self._lock:
            self._forget_removed()
            own = [upload for upload in self._uploads if upload.session == session]
            if not self._free(own, size, self.limits.one, lambda upload: upload.declared, settled=0):
                return None
            if not self._free(self._uploads, size, self.limits.all, lambda it: it.received, settled=SETTLED_SECONDS):
                return None
            upload = _Upload(session, file, size)
            self._uploads.append(upload)
            return upload

    def fit(self) -> bool:
        """Whether what has come of all files is no more than there may be: many may be on their way at once."""
        with self._lock:
            return sum(upload.received for upload in self._uploads) <= self.limits.all

    def end(self, upload: _Upload, *, stored: bool) -> None:
        """Note that a file has come, or that it will not."""
        with self._lock:
            if stored:
                upload.stored_at, upload.received = self.clock(), upload.declared
            else:
                self._uploads.remove(upload)

    def held(self) -> int:
        """How many bytes there are of all files."""
        with self._lock:
            self._forget_removed()
            return sum(upload.received for upload in self._uploads)

    def let_go_of_gone(self, is_active: Callable[[str], bool]) -> bool:
        """Remove the files of sessions that have been gone for so long that they do not come back; were there any?"""
        with self._lock:
            now = self.clock()
            sessions = {upload.session for upload in self._uploads}
            absent = {session for session in sessions if not is_active(session)}
            self._absent_since = {session: self._absent_since.get(session, now) for session in absent}
            left = [
                upload
                for upload in self._uploads
                if upload.stored_at is not None and now - self._absent_since.get(upload.session, now) > LEAVING_SECONDS
            ]
            for upload in left:
                self._remove(upload)
            return bool(left)

    def _free(
        self, among: Sequence[_Upload], size: int, most: int, count: Callable[[_Upload], int], settled: float
    ) -> bool:
        """Let the oldest files go until another one fits; tell whether it does."""
        removable = [it for it in among if it.stored_at is not None and self.clock() - it.stored_at >= settled]
        excess = sum(map(count, among)) + size - most
        if excess > sum(upload.declared for upload in removable):
            return False
        for upload in removable:
            if excess <= 0:
                break
            excess -= upload.declared
            self._remove(upload)
        return True

    def _remove(self, upload: _Upload) -> None:
        self.store().remove_file(upload.session, upload.file)
        self._uploads.remove(upload)

    def _forget_removed(self) -> None:
        """Forget what the browser, or the end of a session, has removed."""
        self._uploads = [
            upload
            for upload in self._uploads
            if upload.stored_at is None or self.store().get_files(upload.session, [upload.file])
        ]


@st.cache_resource(show_spinner=False)
def stored_uploads() -> StoredUploads:
    """Those of this server."""
    return StoredUploads(UploadLimits.of_server(), lambda: cast(FileStore, runtime.get_instance().uploaded_file_mgr))


def max_megabytes(wanted: int | None = None) -> int:
    """How many megabytes an uploader may ask for.

    Args:
        wanted: how many it needs; by default, as many as there may be.
    """
    most = max(1, UploadLimits.of_server().one // MB)
    return min(wanted or most, most)
