"""The command: plays sequences of new visitors, and counts those in which the page was right throughout."""

from __future__ import annotations

import sys

import click
from playwright.sync_api import Browser, sync_playwright

from tools.app_server import RunningApp, serve
from tools.browser import launch
from tools.random_walk.screen import WrongPageError
from tools.random_walk.sequence import ACTIONS_PER_SEQUENCE, play

VIEWPORT = {"width": 1280, "height": 900}


@click.command()
@click.option("--sequences", default=60, show_default=True, help="How many visitors.")
@click.option("--seed", default=0, show_default=True, help="The first sequence's; the next ones count on.")
@click.option("--actions", default=ACTIONS_PER_SEQUENCE, show_default=True, help="In each sequence.")
def main(sequences: int, seed: int, actions: int) -> None:
    """Use the Train page at random, and say of each sequence whether the page was right throughout."""
    good = 0
    with serve() as app, sync_playwright() as playwright:
        browser = launch(playwright)
        for number in range(seed, seed + sequences):
            wrong = play_as_new_visitor(browser, app, number, actions)
            good += wrong is None
            click.echo(f"{number}: {wrong or 'good'}")
    click.echo(f"{good} of {sequences}")
    sys.exit(good < sequences)


def play_as_new_visitor(browser: Browser, app: RunningApp, seed: int, actions: int) -> str | None:
    """Play a sequence as a visitor who was never here; returns what was wrong."""
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        play(page, app.url, seed, actions)
    except WrongPageError as wrong:
        return str(wrong)
    finally:
        context.close()
    if "Traceback" in app.log.read_text(errors="replace"):
        return f"the app's log has a traceback: {app.log_tail()}"
    return errors[0] if errors else None


if __name__ == "__main__":
    main()
