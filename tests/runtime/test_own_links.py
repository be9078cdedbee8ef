"""Notices lead people to the desk by links that nobody can read on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.notifiers import Addressee
from ledger.one_time_links import OneTimeLink
from ledger.store import Ledger, open_ledger
from models.people import NoticeChannel
from runtime.notifiers import notifiers
from runtime.settings import JiraSettings, Settings, load_temporal_settings
from tests.activities.test_notices import NOTICE
from tests.receivers import Mailbox

OMAR = Addressee(person="omar", name="Omar Owner", email="omar@example.com")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")


def sent(mailbox: Mailbox, ledger: Ledger, desk_url: str) -> str:
    settings = Settings(
        temporal=load_temporal_settings({}),
        jira=JiraSettings(),
        smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
        mail_from="ft@example.com",
        desk_url=desk_url,
    )
    notifiers(settings, ledger.one_time_links)[NoticeChannel.EMAIL].send(NOTICE, OMAR)
    content = mailbox.messages[0].get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def test_a_link_in_a_message_opens_the_item_for_its_reader(
    mailbox: Mailbox, ledger: Ledger
) -> None:
    text = sent(mailbox, ledger, "https://desk.example.com")

    _, _, after = text.partition("https://desk.example.com/in/")
    assert ledger.one_time_links.use(after.split()[0]) == OneTimeLink("omar", "FT-1")


def test_no_link_is_made_where_it_would_be_sent_in_the_clear(
    mailbox: Mailbox, ledger: Ledger
) -> None:
    text = sent(mailbox, ledger, "http://desk.example.com")

    assert "http://desk.example.com/items/FT-1" in text
    assert "/in/" not in text


def test_a_message_goes_out_also_while_no_link_can_be_made(
    mailbox: Mailbox, ledger: Ledger, tmp_path: Path
) -> None:
    for file in tmp_path.glob("ledger.db*"):
        file.unlink()
    ledger.close()

    text = sent(mailbox, ledger, "https://desk.example.com")

    assert "https://desk.example.com/items/FT-1" in text
