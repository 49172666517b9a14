"""Ports of this machine: free ones, and whether somebody listens on one."""

from __future__ import annotations

import socket
from contextlib import suppress


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether a connection to the port is accepted within a second."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
