"""Small messages of the app do not wait for one another."""

import socket
from pathlib import Path

import pytest

from ui.server import listening


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="the system has no list of a process's files")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_connections_to_a_listening_socket_send_at_once(address: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as server:
        try:
            server.bind((address, 0))
        except OSError:
            pytest.skip("the machine has no such address")
        before = listening.send_at_once()
        server.listen()
        assert listening.send_at_once() == before + 1
        with socket.create_connection(server.getsockname()[:2]):
            connection, _ = server.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
