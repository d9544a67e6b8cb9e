"""Tests in a real browser need Chromium. This module finds one on the machine, or gets one.

`make test` runs it as a program before the tests, so that a test never waits for a download.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Playwright, sync_playwright

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge",
)
MAC_PROGRAMS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
DOWNLOAD_SECONDS = 300
MISSING = (
    "The browser's tests need Chromium, and none was found or could be installed. Install Chromium or "
    "Google Chrome, or name one: CHROMIUM=/path/to/chromium make test"
)


class BrowserMissingError(RuntimeError):
    """No Chromium that starts; the message says what to do."""


def find(playwright: Playwright) -> str:
    """Return the path of a Chromium: $CHROMIUM, else one on PATH, else Playwright's own.

    Raises BrowserMissingError where there is none, or where $CHROMIUM names one that does not start.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not starts(named):
            raise BrowserMissingError(f"CHROMIUM must name a Chromium that starts; got {named}")
        return named
    on_path = (path for name in PROGRAMS if (path := shutil.which(name)))
    for candidate in (*on_path, *MAC_PROGRAMS, playwright.chromium.executable_path):
        if starts(candidate):
            return candidate
    raise BrowserMissingError(MISSING)


def starts(program: str) -> bool:
    """Tell whether a program runs: Ubuntu's `chromium-browser` may be a mere pointer to a snap."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def find_or_get(playwright: Playwright) -> str:
    """Return the path of a Chromium, installing one if need be: Playwright's, else Debian's when root.

    Raises BrowserMissingError where neither can be had.
    """
    try:
        return find(playwright)
    except BrowserMissingError:
        if os.environ.get("CHROMIUM"):
            raise
    ways = [[[sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]]]
    if is_root() and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        ways.append([["apt-get", "update"], install])
    for commands in ways:
        # A closed network is the usual reason for a failure here, and the next way may still be open.
        if all(succeeds(command) for command in commands):
            try:
                return find(playwright)
            except BrowserMissingError:
                continue
    raise BrowserMissingError(MISSING)


def succeeds(command: list[str]) -> bool:
    print("No Chromium yet:", " ".join(command), file=sys.stderr, flush=True)
    environment = {
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000",
        **os.environ,
    }
    try:
        answer = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"  took longer than {DOWNLOAD_SECONDS} s", file=sys.stderr)
        return False
    if answer.returncode:
        said = (answer.stdout + answer.stderr).strip().splitlines()
        reason = next((line for line in said if "rror" in line), "no reason given")
        print(f"  failed: {reason}", file=sys.stderr)
    return answer.returncode == 0


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium that is there, without a window."""
    # Chromium's sandbox refuses to run as root, as it would in a container.
    flags = [*FLAGS, "--no-sandbox"] if is_root() else list(FLAGS)
    return playwright.chromium.launch(executable_path=find(playwright), headless=True, args=flags)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def main() -> None:
    with sync_playwright() as playwright:
        try:
            path = find_or_get(playwright)
        except BrowserMissingError as missing:
            sys.exit(str(missing))
    print(f"Browser: {path}")


if __name__ == "__main__":
    main()
