"""Facts about customers from another system, over real HTTP."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from activities.customers import Customers
from runtime import customer_sources
from runtime.customer_sources import ASK_AGAIN_SECONDS, HttpSource

TOKEN = SecretStr("only we two know it")
HEADER = "id,segment,joined\n"


@dataclass
class Crm:
    """A system that serves a CSV, with a tag for each version of it."""

    url: str = ""
    text: str = HEADER + "acme,enterprise,2024-05-31\n"
    status: int = 200
    answers: list[int] = field(default_factory=list)


@contextmanager
def served(crm: Crm, port: int = 0) -> Iterator[Crm]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == f"Bearer {TOKEN.get_secret_value()}"
            tag = f'"{hash(crm.text)}"'
            same = self.headers.get("If-None-Match") == tag
            status = crm.status if crm.status != 200 else 200 if known else 401
            status = 304 if status == 200 and same else status
            crm.answers.append(status)
            self.send_response(status)
            self.send_header("ETag", tag)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            if status == 200:
                self.wfile.write(crm.text.encode())

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    crm.url = f"http://127.0.0.1:{server.server_port}/customers.csv"
    try:
        yield crm
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture
def crm() -> Iterator[Crm]:
    with served(Crm()) as made:
        yield made


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def customers(crm: Crm, tmp_path: Path, clock: Clock, token: SecretStr = TOKEN) -> Customers:
    return Customers(HttpSource(crm.url, token, tmp_path / "kept.csv", clock), b"pepper")


def test_what_the_system_serves_is_known_of_its_customers(
    crm: Crm, tmp_path: Path, clock: Clock
) -> None:
    facts = customers(crm, tmp_path, clock).facts("acme")

    assert (facts.known, facts.segment, str(facts.joined)) == (True, "enterprise", "2024-05-31")


def test_the_system_is_asked_every_five_minutes_and_sends_only_what_is_new(
    crm: Crm, tmp_path: Path, clock: Clock
) -> None:
    known = customers(crm, tmp_path, clock)
    for _ in range(3):
        known.facts("acme")
    clock.seconds += ASK_AGAIN_SECONDS
    known.facts("acme")
    crm.text = HEADER + "acme,standard,\n"
    assert known.facts("acme").segment == "enterprise"
    clock.seconds += ASK_AGAIN_SECONDS
    assert known.facts("acme").segment == "standard"

    assert crm.answers == [200, 304, 200]


@pytest.mark.parametrize("status", [302, 401, 500])
def test_while_it_answers_with_something_else_what_was_read_stays_and_is_told_once(
    crm: Crm, tmp_path: Path, clock: Clock, status: int
) -> None:
    known = customers(crm, tmp_path, clock)
    known.facts("acme")
    crm.status = status
    with capture_logs() as logs:
        for _ in range(3):
            clock.seconds += ASK_AGAIN_SECONDS
            assert known.facts("acme").known

    assert [entry["event"] for entry in logs] == ["customers_not_fetched"]
    assert "only we two" not in str(logs)


def test_a_page_that_is_no_list_of_customers_makes_nobody_a_stranger(
    crm: Crm, tmp_path: Path, clock: Clock
) -> None:
    known = customers(crm, tmp_path, clock)
    known.facts("acme")
    crm.text = "<html>Please sign in</html>"
    clock.seconds += ASK_AGAIN_SECONDS
    assert known.facts("acme").known
    assert customers(crm, tmp_path, Clock()).facts("acme").known, "a new worker has the good one"


def test_a_worker_that_starts_while_the_system_is_down_knows_what_was_known_last(
    tmp_path: Path, clock: Clock
) -> None:
    with served(Crm()) as crm:
        customers(crm, tmp_path, clock).facts("acme")
    with capture_logs() as logs:
        assert customers(crm, tmp_path, clock).facts("acme").known

    assert "customers_not_fetched" in [entry["event"] for entry in logs]
    assert stat.S_IMODE((tmp_path / "kept.csv").stat().st_mode) == 0o600


def test_an_answer_without_end_is_not_read_into_memory(
    crm: Crm, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_sources, "LARGEST_BYTES", 10)
    with capture_logs() as logs:
        assert not customers(crm, tmp_path, clock).facts("acme").known

    assert "larger than" in logs[0]["problem"]
