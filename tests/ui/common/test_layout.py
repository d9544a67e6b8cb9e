"""A page's column: as wide as it is told, in the middle of the window."""

from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS, sound


def test_a_page_is_a_column_of_a_width_in_the_middle() -> None:
    def screen() -> None:
        from ui.common import layout

        layout.centered_page(700).write("words")

    shown = sound(AppTest.from_function(screen, default_timeout=SECONDS).run())
    (outer,) = shown.main.children.values()
    (inner,) = outer.children.values()
    assert inner.proto.width_config.pixel_width == 700
    assert outer.proto.flex_container.align == outer.proto.flex_container.ALIGN_CENTER
    assert [element.value for element in inner.markdown] == ["words"]
