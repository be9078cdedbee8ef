"""What tests of several rooms are given."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from tests.receivers import Hook, Mailbox, mail_server, webhook_receiver

SHOWN = "shown at the end"

_FULL_COLLECTION_AFTER = 100
"""Middle-aged collections before the oldest objects are looked through, some 700,000 allocations."""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is handed."""
    with mail_server() as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook receiver that keeps what it is sent."""
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def show_at_the_end(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Have a line printed after the run, also when the test passes and in whatever process it ran."""
    return lambda line: record_property(SHOWN, line)


def pytest_collection_finish() -> None:
    """Leave what the tests imported out of every later collection, and time the full ones ourselves.

    A process that holds all of the suite's modules takes a second or more for a full collection.
    One of them in the middle of a workflow task is a deadlock to the SDK (two seconds).
    """
    gc.collect()
    gc.freeze()
    youngest, middle, _ = gc.get_threshold()
    gc.set_threshold(youngest, middle, 1_000_000)


def pytest_runtest_logfinish() -> None:
    """Look through the oldest objects between two tests, where nothing waits for it."""
    if gc.get_count()[2] >= _FULL_COLLECTION_AFTER:
        gc.collect()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    lines = [
        f"{report.nodeid}: {value}"
        for report in reports
        for name, value in report.user_properties
        if name == SHOWN and report.when == "call"
    ]
    if lines:
        terminalreporter.section("drawn by chance")
        terminalreporter.write_line("\n".join(lines))
