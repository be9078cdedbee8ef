"""A real receiver of webhooks, for the tests that need one."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from local_jira.testing import RunningLocalJira

PATIENCE_SECONDS = 20.0
EVENTS = [
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "issue_property_set",
    "issuelink_created",
]


@dataclass
class Receiver:
    """A real HTTP server that keeps what it gets; `statuses` are its next answers, then 200.

    It answers while its gate is open.
    """

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    condition: threading.Condition = field(default_factory=threading.Condition)
    gate: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0

    def wait_for(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The payloads, once they satisfy the caller."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.condition:
            while True:
                payloads = [json.loads(body) for _, body in self.received]
                if enough(payloads):
                    return payloads
                assert time.monotonic() < deadline, f"only {len(payloads)} webhooks arrived"
                self.condition.wait(0.2)

    def wait_for_count(self, count: int) -> list[dict[str, Any]]:
        return self.wait_for(lambda payloads: len(payloads) >= count)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """A receiver on a free port until the block ends."""
    kept = Receiver()
    kept.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with kept.condition:
                kept.received.append((dict(self.headers), body))
                status = kept.statuses.pop(0) if kept.statuses else 200
                kept.at_once += 1
                kept.most_at_once = max(kept.most_at_once, kept.at_once)
                kept.condition.notify_all()
            kept.gate.wait(PATIENCE_SECONDS)
            with kept.condition:
                kept.at_once -= 1
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield kept
    finally:
        kept.gate.set()
        server.shutdown()
        server.server_close()


def subscribe(http: httpx.Client, receiver: Receiver, **changes: Any) -> dict[str, Any]:
    body = {"name": "Test", "url": receiver.url, "events": EVENTS, "secret": "s3cret", **changes}
    answer = http.post("/rest/webhooks/1.0/webhook", json=body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def settled(local_jira: RunningLocalJira) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        [delivery] = local_jira.deliveries()
        if delivery["state"] != "pending":
            return delivery
        assert time.monotonic() < deadline, f"the delivery never settled: {delivery}"
        time.sleep(0.05)
