"""A theme that is remembered is the theme, also after the options have changed."""

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from ui.server.theme_messages import NAME, remembering


def test_a_message_gets_the_same_options_and_streamlit_is_asked_once_for_each_section() -> None:
    asked = []

    def populate(msg: CustomThemeConfig, section: str) -> None:
        asked.append(section)
        msg.primary_color = f"{section} {len(asked)}"
        msg.heading_font_sizes.append("2rem")

    found: dict[str, CustomThemeConfig] = {}
    remembered = remembering(populate, found)
    for _ in range(3):
        whole = CustomThemeConfig()
        remembered(whole, "theme")
        remembered(whole.dark, "theme.dark")
        assert (whole.primary_color, whole.dark.primary_color) == ("theme 1", "theme.dark 2")
        assert list(whole.heading_font_sizes) == ["2rem"]
    assert asked == ["theme", "theme.dark"]
    found.clear()
    anew = CustomThemeConfig()
    remembered(anew, "theme")
    assert anew.primary_color == "theme 3"


def test_streamlit_has_the_function_that_is_replaced() -> None:
    message = CustomThemeConfig()
    getattr(app_session, NAME)(message, "theme")
    assert isinstance(message, CustomThemeConfig)
