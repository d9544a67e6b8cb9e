"""Run a proxy in front of several replicas of the app: each visitor stays with the first replica they reached.

Any of three proxies will do, if it is installed: haproxy, caddy or nginx.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools.app_server import free_port

# Writes a proxy's configuration into a folder, from its port and the addresses behind it; returns its command.
Configure = Callable[[int, Sequence[str], Path], list[str]]

START_SECONDS = 30.0
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class RunningProxy:
    """A proxy that answers at `url`."""

    url: str
    pid: int
    program: str


def _haproxy(port: int, hosts: Sequence[str], folder: Path) -> list[str]:
    servers = "\n".join(f"  server app{number} {host} cookie app{number}" for number, host in enumerate(hosts))
    (folder / "haproxy.cfg").write_text(f"""
global
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
frontend all
  bind 127.0.0.1:{port}
  default_backend apps
backend apps
  balance roundrobin
  cookie replica insert indirect nocache
{servers}
""")
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


def _caddy(port: int, hosts: Sequence[str], folder: Path) -> list[str]:
    (folder / "Caddyfile").write_text(f"""
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
  reverse_proxy {" ".join(hosts)} {{
    lb_policy cookie replica
  }}
}}
""")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _nginx(port: int, hosts: Sequence[str], folder: Path) -> list[str]:
    servers = "\n".join(f"    server {host};" for host in hosts)
    (folder / "nginx.conf").write_text(f"""
worker_processes 1;
pid "{folder}/nginx.pid";
events {{ worker_connections 4000; }}
http {{
  access_log off;
  client_body_temp_path "{folder}/body";
  proxy_temp_path "{folder}/proxy";
  fastcgi_temp_path "{folder}/fastcgi";
  uwsgi_temp_path "{folder}/uwsgi";
  scgi_temp_path "{folder}/scgi";
  client_max_body_size 200m;
  upstream apps {{
    hash $cookie_inkling_visitor consistent;
{servers}
  }}
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://apps;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 1h;
    }}
  }}
}}
""")
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]


PROXIES: dict[str, Configure] = {
    "haproxy": _haproxy,
    "caddy": _caddy,
    "nginx": _nginx,
}


def installed() -> list[str]:
    """The proxies that are installed here."""
    return [name for name in PROXIES if find(name)]


def find(name: str) -> str | None:
    """Return where a program is, None if it is not installed."""
    # Debian has haproxy and nginx in a folder that not everybody's path names.
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


@contextmanager
def proxied(
    urls: Sequence[str], program: str | None = None, configure: Configure | None = None
) -> Iterator[RunningProxy]:
    """Run a proxy in front of the apps at these addresses.

    Args:
        urls: http://host:port of each.
        program: one of PROXIES; None for the first that is installed.
        configure: another configuration than the one in PROXIES.

    Raises:
        RuntimeError: none is installed, or it does not answer in time; the message holds what it printed.
    """
    names = [program] if program else installed()
    command = find(names[0]) if names else None
    if not command:
        raise RuntimeError(f"no proxy is installed: apt-get install {program or 'haproxy'}")
    hosts = [url.removeprefix("http://") for url in urls]
    with tempfile.TemporaryDirectory(prefix="inkling-proxy-", ignore_cleanup_errors=True) as place:
        folder, port = Path(place), free_port()
        log = folder / "log"
        _, *arguments = (configure or PROXIES[names[0]])(port, hosts, folder)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [command, *arguments],
                env=os.environ | {"HOME": place, "XDG_DATA_HOME": place, "XDG_CONFIG_HOME": place},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_until_it_answers(port, process, log)
            yield RunningProxy(f"http://127.0.0.1:{port}", process.pid, names[0])
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the proxy does not answer; it says: {log.read_text(errors='replace')[-2000:]}")
