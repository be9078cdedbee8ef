"""What tests of several rooms are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.receivers import Hook, Mailbox, mail_server, webhook_receiver


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
