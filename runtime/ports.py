"""The ports of a local installation, and free ones on 127.0.0.1."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"
DEFAULT_TEMPORAL_PORT = 7233
DEFAULT_TEMPORAL_UI_PORT = 8233
DEFAULT_DESK_PORT = 8700
DEFAULT_JIRA_PORT = 8701
DEFAULT_EFFECTS_PORT = 8702


def is_free(port: int) -> bool:
    """Whether a server could bind to the port on 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(preferred: int, *, taken: frozenset[int] | set[int] = frozenset()) -> int:
    """The preferred port when it is free and not promised to another part, else any free one.

    Give 0 to ask for any free port.
    """
    if preferred and preferred not in taken and is_free(preferred):
        return preferred
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
