"""What the app sends goes out at once.

A page's answer is many small messages. By default the system holds the second one back until the first has been
acknowledged, and the other side waits with that for 40 ms, in case it has something to say itself. Python turns this
off where it knows that a socket speaks TCP; of the one that Streamlit makes it does not know.
"""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

DESCRIPTORS = Path("/dev/fd")  # of this process, one file each; there is none on Windows
TCP = (socket.AF_INET, socket.AF_INET6)


def send_at_once() -> int:
    """Set it for all connections that will come to the sockets at which this process listens.

    Returns:
        how many these are.
    """
    found = 0
    for name in os.listdir(DESCRIPTORS) if DESCRIPTORS.is_dir() else ():
        with suppress(OSError):  # the list was itself a file
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as each:
                if each.family in TCP and each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
                    found += 1
    return found
