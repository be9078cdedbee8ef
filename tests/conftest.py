"""What tests of several rooms are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.receivers import Hook, Mailbox, mail_server, webhook_receiver

SHOWN = "shown at the end"


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
