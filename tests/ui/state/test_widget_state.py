"""Values that are put into widgets: only what is new, or the browser would undo what a visitor chooses meanwhile."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.paths import ROOT
from tests.ui.screens import SECONDS


def told(app: AppTest) -> list[str]:
    """The keys of the widgets that are told their value; not disabled ones, whose values a test always reports."""
    protos = [(node.key, node.proto) for node in app.main if hasattr(node, "proto") and hasattr(node, "key")]
    return [key for key, proto in protos if getattr(proto, "set_value", False) and not proto.disabled]


@pytest.mark.parametrize("name", ["draw.py", "train.py", "evaluate.py"])
def test_a_page_that_is_drawn_again_tells_no_widget_its_value_anew(shared_cache: object, name: str) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=SECONDS).run()
    app.switch_page(name).run()
    assert told(app)  # when the visitor comes
    app.run()
    assert told(app) == []
