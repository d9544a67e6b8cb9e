"""Keyboard shortcuts: one action for a key on a page, and each is in the list that visitors read."""

from collections import Counter

from ui.common import shortcuts, templates


def test_a_key_stands_for_one_action() -> None:
    keys = Counter(shortcut.key for group in shortcuts.GROUPS.values() for shortcut in group)
    assert set(keys.values()) == {1}
    assert all(key == key.lower() for key in keys)  # as the browser's code compares them


def test_the_list_names_every_shortcut() -> None:
    html = templates.render("common/page_tools.html", groups=shortcuts.GROUPS)
    for group in shortcuts.GROUPS.values():
        for shortcut in group:
            assert f"<kbd>{shortcut.shown}</kbd>" in html
            assert shortcut.does in html


def test_the_browser_gets_those_that_click_a_button() -> None:
    told = {each["key"]: each["buttons"] for each in shortcuts.as_json()}
    assert told["c"] == ("clear",)
    assert "p" not in told
