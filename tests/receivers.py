"""A real mail server and a real webhook receiver on this machine, which keep what they are sent."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What a mail server was handed. `reply` is what it answers to the next messages."""

    port: int = 0
    messages: list[Message] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    reply: str = "250 taken"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name that aiosmtpd calls
        """Keep the message, or refuse it."""
        if self.reply.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content or b""))
            self.recipients += envelope.rcpt_tos
        return self.reply

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Let in whoever knows the password `sesame`."""
        known = isinstance(data, LoginPassword) and data.password == b"sesame"
        if known:
            self.signed_in.append(data.login.decode())
        return AuthResult(success=known, handled=known)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server on a free port."""
    box, loop = Mailbox(), asyncio.new_event_loop()

    def speak() -> SMTP:
        return SMTP(
            box,
            loop=loop,
            hostname="localhost",
            authenticator=box.authenticate,
            auth_require_tls=False,
        )

    server = loop.run_until_complete(loop.create_server(speak, "127.0.0.1", 0))
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        server.close()
        loop.close()


@dataclass
class Hook:
    """What a webhook was sent. `status` is what it answers, `location` where it redirects to."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    status: int = 200
    location: str | None = None


@contextmanager
def webhook_receiver() -> Iterator[Hook]:
    """An HTTP server on a free port."""
    hook = Hook()

    class Receiving(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            hook.bodies.append(json.loads(self.rfile.read(length)))
            hook.ids.append(self.headers["webhook-id"])
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiving)
    hook.url = f"http://127.0.0.1:{server.server_port}/services/secret-part"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
