"""Error messages show what they quote literally."""

from streamlit.testing.v1 import AppTest

from tests.ui.screens import SECONDS, sound
from ui.common import errors


def test_every_character_with_a_meaning_in_markdown_is_escaped() -> None:
    assert errors.escape_markdown("a*b_c `d` [e](f) $x$ <g> :red[h] 1~2") == (
        r"a\*b\_c \`d\` \[e\]\(f\) \$x\$ \<g\> \:red\[h\] 1\~2"
    )
    assert errors.escape_markdown("äöü 1,234 – plain") == r"äöü 1\,234 – plain"


def test_an_error_says_the_file_s_name_as_it_is() -> None:
    def screen() -> None:
        from ui.common import errors

        errors.show_error("**bold**.npz can't be read")

    shown = sound(AppTest.from_function(screen, default_timeout=SECONDS).run())
    assert [error.value for error in shown.error] == [r"\*\*bold\*\*\.npz can\'t be read"]
