"""An address that somebody typed, in a real browser: what it has of good settings holds."""

import re

from playwright.sync_api import Page, expect


def test_an_address_takes_what_the_command_line_takes_and_names_what_it_cannot_use(page: Page, app_url: str) -> None:
    typed = "hidden_sizes=64,32&epochs=60&learning_rate=1000&lr=0.5"
    page.goto(f"{app_url}/train?{typed}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("learning_rate must be above 0 and at most 10; got '1000'")
    expect(alert).to_contain_text("lr is not the name of a setting (did you mean learning_rate?)")
    expect(page.locator(".st-key-hidden_2")).to_contain_text("32")
    epochs = page.locator(".st-key-epochs input")
    expect(epochs).to_have_value("60")
    assert re.search("hidden_sizes=64(,|%2C)32.*learning_rate=1000.*lr=0.5", page.url)  # as it was typed
    epochs.fill("61")
    epochs.press("Enter")
    expect(alert).to_have_count(0)
    page.wait_for_url(re.compile("epochs=61"))
    assert "learning_rate" not in page.url
