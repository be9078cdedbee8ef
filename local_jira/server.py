"""Runs the site with uvicorn, for the command line and for tests."""

import contextlib
import signal
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from local_jira.app import TRANSPORT, create_app
from local_jira.settings import LocalJiraSettings


class ConnectionAwareProtocol(H11Protocol):
    """Lets the application reach its connection, so that a fault can drop it."""

    def connection_made(self, transport: Any) -> None:
        """Hand the transport on in the scope of every request."""
        super().connection_made(transport)
        inner = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = with_transport


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def build_server(settings: LocalJiraSettings) -> uvicorn.Server:
    """A server for the site; it is given its socket when it runs."""
    config = uvicorn.Config(
        create_app(settings),
        http=ConnectionAwareProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def serve(settings: LocalJiraSettings) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what is under way.

    Port 0 takes a free one. Prints one line that says where the site listens. Must run in the main
    thread. Raises OSError when the port is taken, SeedError when the seed cannot be used and
    DataUnusableError when the data cannot.
    """
    listener = listen(settings.host, settings.port)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    try:
        server = build_server(settings)
        # The server raises the signal once more when it has drained; a polite stop is no failure.
        signal.signal(signal.SIGTERM, lambda *_: None)
        sys.stdout.write(f"Local Jira listens at {settings.base_url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        listener.close()
