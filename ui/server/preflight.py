"""What the app can't run without, looked at before it starts: an operator gets one line that says what to do."""

from __future__ import annotations

import tempfile

from model.common.settings import Settings


def check() -> None:
    """End the process with one line if the app could not work.

    Raises:
        SystemExit: a variable holds a value that it can't have, or there is no folder for temporary files.
    """
    try:
        Settings()
        tempfile.gettempdir()
    except ValueError as error:
        raise SystemExit(f"Inkling can't start: {error}") from None
    except FileNotFoundError:
        raise SystemExit(
            "Inkling can't start: there is no folder for temporary files that it may write to. Give it one, such as "
            "/tmp (docker run --tmpfs /tmp), or name one in $TMPDIR."
        ) from None
