"""Puts the proxies' files of deploy/ in front of addresses of this machine: what is changed in them is said here."""

import re
import socketserver
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.paths import ROOT
from tools import proxy

DEPLOY = ROOT / "deploy"
HOST = "127.0.0.1"
# Caddy looks for the replicas by their one name, so they have one port, and an address each.
REPLICAS = (HOST, "127.0.0.2")


def need(program: str) -> str:
    """Return where a program is; skip a test on a machine without it. Debian and Ubuntu have all of them."""
    found = proxy.find(program)
    if not found:
        pytest.skip(f"{program} is not installed here: apt-get install {program}")
    return found


def need_proxy(program: str) -> None:
    """Skip a test on a machine without a proxy, or where two replicas cannot have an address each."""
    need(program)
    if sys.platform != "linux":
        pytest.skip("only on Linux, 127.0.0.2 is an address of the machine, too")


def replace(text: str, old: str, new: str) -> str:
    """Replace what must be there."""
    assert old in text, f"the file has no {old!r}"
    return text.replace(old, new)


@contextmanager
def front(program: str, addresses: Sequence[str], folder: Path, hosts: Sequence[str] = REPLICAS) -> Iterator[str]:
    """Run nginx or Caddy with its file in deploy/; yields its own address.

    Args:
        program: which of them.
        addresses: host:port of each replica.
        folder: for a certificate.
        hosts: those that a name server gives for their name, at any time; Caddy asks it.
    """
    need_proxy(program)
    urls = [f"http://{address}" for address in addresses]
    with ExitStack() as stack:
        if program == "nginx":
            certificate = make_certificate(folder)
            running = stack.enter_context(proxy.proxied(urls, program, nginx(certificate)))
            yield running.url.replace("http:", "https:")
        else:
            names = stack.enter_context(name_server(hosts))
            running = stack.enter_context(proxy.proxied(urls, program, caddy(names)))
            yield running.url


def nginx(certificate: Path) -> proxy.Configure:
    """deploy/nginx.conf as part of a whole configuration, with a port, a name and a certificate of this machine."""

    def configure(port: int, hosts: Sequence[str], folder: Path) -> list[str]:
        ours = (DEPLOY / "nginx.conf").read_text()
        ours, count = re.subn(r"^    server 127\.0\.0\.1:850\d", "    server @", ours, flags=re.MULTILINE)
        assert count == len(hosts)
        for host in hosts:
            ours = ours.replace("server @", f"server {host}", 1)
        ours = replace(ours, "listen 443 ssl;", f"listen {HOST}:{port} ssl;")
        ours = replace(ours, "listen 80;", f'listen "unix:{folder}/http";')
        ours = replace(ours, "server_name inkling.example.org;", f"server_name {HOST};")
        ours = replace(ours, "/etc/ssl/inkling.pem", f'"{certificate}"')
        ours = replace(ours, "/etc/ssl/inkling.key", f'"{certificate.with_suffix(".key")}"')
        temporary = "".join(
            f'  {kind}_temp_path "{folder}/{kind}";\n' for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        around = f'events {{}}\npid "{folder}/pid";\nhttp {{\n  access_log off;\n{temporary}{ours}}}\n'
        (folder / "nginx.conf").write_text(around)
        return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]

    return configure


def caddy(names: str) -> proxy.Configure:
    """deploy/Caddyfile, with the port of the replicas and the server that knows their name."""

    def configure(port: int, hosts: Sequence[str], folder: Path) -> list[str]:
        ours = (DEPLOY / "Caddyfile").read_text()
        ours = replace(ours, "{$INKLING_SITE:localhost}", f"http://{HOST}:{port}")
        ours = replace(ours, "port 8501", f"port {hosts[0].partition(':')[2]}\n\t\t\tresolvers udp/{names}")
        (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + ours)
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]

    return configure


def make_certificate(folder: Path) -> Path:
    """A certificate for this machine, with its key beside it."""
    need("openssl")
    certificate, key = folder / "site.pem", folder / "site.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    files = ["-addext", f"subjectAltName=IP:{HOST}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return certificate


@contextmanager
def name_server(addresses: Sequence[str]) -> Iterator[str]:
    """A name server for which every name has these addresses, as Docker's has for a service with replicas."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            query, socket = self.request
            end = query.index(b"\0", 12) + 5  # of the question: a name, its type, its class
            is_address = query[end - 4 : end - 2] == b"\0\1"
            found = [bytes(map(int, address.split("."))) for address in addresses] if is_address else []
            head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(found), 0, 0)
            answers = (struct.pack(">HHHIH", 0xC00C, 1, 1, 1, 4) + address for address in found)
            socket.sendto(head + query[12:end] + b"".join(answers), self.client_address)

    with running(socketserver.ThreadingUDPServer((HOST, 0), Handler)) as server:
        yield f"{HOST}:{server.server_address[1]}"


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    """Have a server answer in a thread of its own."""
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
