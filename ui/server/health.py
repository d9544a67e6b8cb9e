"""Ask the app on this machine whether it is ready: `python -m ui.server.health`, for a container's health check.

The address follows from the app's own options, wherever they were given: on the command line of process 1, which in a
container is the app, in the environment, or in .streamlit/config.toml. Another address may be given instead.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
SECONDS = 4.0  # to answer within
ANY_ADDRESS = ("", "0.0.0.0", "::")
OPTIONS = ("port", "baseUrlPath", "address", "sslCertFile")


def option(name: str, arguments: Sequence[str], environment: Mapping[str, str], config: Mapping[str, Any]) -> str:
    """One of Streamlit's options about its server: from the command line, else the environment, else the file."""
    flag = f"--server.{name}"
    for index in range(len(arguments) - 1, -1, -1):
        given, equals, value = arguments[index].partition("=")
        if given == flag:
            return value if equals else "".join(arguments[index + 1 : index + 2])
    variable = "STREAMLIT_SERVER_" + re.sub("([A-Z])", r"_\1", name).upper()
    return environment.get(variable) or str(config.get("server", {}).get(name, ""))


def address(arguments: Sequence[str], environment: Mapping[str, str], config: Mapping[str, Any]) -> str:
    """Where the app answers on this machine whether it is ready."""
    port, base, host, certificate = (option(name, arguments, environment, config) for name in OPTIONS)
    scheme = "https" if certificate else "http"
    host = "127.0.0.1" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    path = "/".join(part for part in (base.strip("/"), "health") if part)
    return f"{scheme}://{host}:{port or 8501}/{path}"


def arguments_of(pid: int) -> list[str]:
    """The command line of a process, where the system shows it."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return []


def problem(url: str) -> str:
    """What is wrong with the app at an address; empty if it is ready."""
    any_certificate = ssl.create_default_context()
    any_certificate.check_hostname, any_certificate.verify_mode = False, ssl.CERT_NONE  # it is for another name
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=any_certificate)
    )
    try:
        with opener.open(url, timeout=SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return f"{url}: {error.code} {error.read(1000).decode(errors='replace')}"
    except OSError as error:
        return f"{url}: {error}"


def main() -> None:
    """End with status 0 if the app is ready, else with 1 and what is wrong."""
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8")) if CONFIG.is_file() else {}
    url = sys.argv[1] if len(sys.argv) > 1 else address(arguments_of(1), os.environ, config)
    sys.exit(problem(url) or 0)


if __name__ == "__main__":
    main()
