"""The theme is worked out once, not for every run of a page.

Streamlit tells the browser the whole theme whenever a part of a page is run. To find it among some hundred options, six
times, took an eighth of what a stroke on Draw takes. It has no option for that, so its function is replaced by one that
remembers what the function has found, until the file of options changes.
"""

from __future__ import annotations

from collections.abc import Callable

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from ui.server import patches

NAME = "_populate_theme_msg"  # Streamlit's function, which adds the options of a section to a message

Populate = Callable[[CustomThemeConfig, str], None]


def patch_streamlit() -> None:
    """To be called once, when the server starts."""
    found: dict[str, CustomThemeConfig] = {}
    config.on_config_parsed(found.clear, force_connect=True)
    patches.replace(
        app_session, NAME, lambda populate: remembering(populate, found), "the theme is worked out for every run"
    )


def remembering(populate: Populate, found: dict[str, CustomThemeConfig]) -> Populate:
    """Do the same as a function that adds the theme's options to a message, but ask it only once for each section.

    Args:
        populate: the function.
        found: where the options are kept, by section; cleared when they may have changed.
    """

    def populate_remembered(msg: CustomThemeConfig, section: str = "theme") -> None:
        options = found.get(section)
        if options is None:
            options = CustomThemeConfig()
            populate(options, section)
            found[section] = options
        msg.MergeFrom(options)

    return populate_remembered
