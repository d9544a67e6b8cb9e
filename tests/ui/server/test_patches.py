"""A part of Streamlit is replaced; one that is not there is named."""

from types import ModuleType

import pytest

from ui.server import patches


def test_a_replacement_may_use_what_it_replaces() -> None:
    module = ModuleType("streamlit.example")
    vars(module)["size"] = lambda: 3
    patches.replace(module, "size", lambda size: lambda: size() + 1, "it is smaller")
    assert module.size() == 4


def test_what_is_not_there_is_named_with_what_to_expect(caplog: pytest.LogCaptureFixture) -> None:
    module = ModuleType("streamlit.example")
    patches.replace(module, "size", lambda _: None, "all is as large as before")
    assert not hasattr(module, "size")
    assert caplog.messages == ["streamlit.example has no size: all is as large as before"]
