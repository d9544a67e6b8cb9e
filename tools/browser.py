"""Find a Chromium for tests, benchmarks and screenshots, and start it.

`make test` runs it as a program before the tests, which installs one if there is none: no test waits for a download.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright

PROGRAMS = (
    "chromium-headless-shell",  # Debian's; it needs less memory and time, as it has no window
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


def find(downloaded: str, others: Sequence[str] = MAC_PROGRAMS) -> str:
    """Return the path of a Chromium that starts: $CHROMIUM, else one on PATH, else one of the others.

    Args:
        downloaded: where Playwright keeps the one that it downloads; tried last.
        others: programs that are not on PATH.

    Raises:
        BrowserMissingError: there is none, or $CHROMIUM names one that does not start.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not starts(named):
            raise BrowserMissingError(f"CHROMIUM must name a Chromium that starts; got {named}")
        return named
    on_path = (path for name in PROGRAMS if (path := shutil.which(name)))
    for candidate in (*on_path, *others, downloaded):
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


def ways_to_install(python: str = sys.executable, *, root: bool | None = None) -> list[list[list[str]]]:
    """Return the commands of each way to get a Chromium: Playwright's, and Debian's and Ubuntu's for root."""
    ways = [[[python, "-m", "playwright", "install", "--no-shell", "chromium"]]]
    if (is_root() if root is None else root) and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--no-install-recommends"]
        ways.append([["apt-get", "update"], [*install, "chromium-headless-shell"]])
        ways.append([[*install, "chromium"]])
    return ways


def find_or_install(
    downloaded: str, others: Sequence[str] = MAC_PROGRAMS, ways: Sequence[Sequence[list[str]]] | None = None
) -> str:
    """Return the path of a Chromium; install one if there is none.

    Args:
        downloaded, others: as for `find`.
        ways: commands to try, see `ways_to_install`.

    Raises:
        BrowserMissingError: there is none, and none can be installed.
    """
    try:
        return find(downloaded, others)
    except BrowserMissingError:
        if os.environ.get("CHROMIUM"):
            raise
    for commands in ways_to_install() if ways is None else ways:
        # A closed network is the usual reason for a failure here, and the next way may still be open.
        if all(succeeds(command) for command in commands):
            try:
                return find(downloaded, others)
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


def launch_options(playwright: Playwright) -> dict[str, Any]:
    """Return the arguments of Playwright's `launch` for the Chromium that is there."""
    # Chromium's sandbox refuses to run as root, as it would in a container.
    flags = [*FLAGS, "--no-sandbox"] if is_root() else list(FLAGS)
    return {"executable_path": find(playwright.chromium.executable_path), "args": flags}


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium that is there, without a window."""
    return playwright.chromium.launch(**launch_options(playwright))


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def main() -> None:
    with sync_playwright() as playwright:
        downloaded = playwright.chromium.executable_path
    try:
        path = find_or_install(downloaded)
    except BrowserMissingError as missing:
        sys.exit(str(missing))
    print(f"Browser: {path}")


if __name__ == "__main__":
    main()
