"""Before the app starts: what it can't run without is looked at, and what Streamlit has to know is set.

An operator gets one line that says what to do.
"""

from __future__ import annotations

import tempfile

from streamlit import config

from model.common.settings import Settings


def prepare() -> None:
    """End the process with one line if the app could not work, else hand the operator's limits on to Streamlit.

    Raises:
        SystemExit: a variable holds a value that it can't have, or there is no folder for temporary files.
    """
    try:
        settings = Settings()
        tempfile.gettempdir()
    except ValueError as error:
        raise SystemExit(f"Inkling can't start: {error}") from None
    except FileNotFoundError:
        raise SystemExit(
            "Inkling can't start: there is no folder for temporary files that it may write to. Give it one, such as "
            "/tmp (docker run --tmpfs /tmp), or name one in $TMPDIR."
        ) from None
    if settings.upload_megabytes:
        config.set_option("server.maxUploadSize", settings.upload_megabytes)
