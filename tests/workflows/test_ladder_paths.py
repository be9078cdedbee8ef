"""Ladders on real workflows: who is on a level is found out when it is told, and people are told."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.lifecycle import Severity, Stage
from models.messages import Acknowledge
from models.people import Act
from runtime.settings import SHIPPED_POLICIES
from tests.receivers import Hook, Mailbox
from tests.stored import stored
from tests.workflows.deeds import OUTAGE, triaged
from tests.workflows.office import Issue, Office, by
from tests.workflows.opening import skipping_office

ROTA = """
rotas:
  - name: support
    zone: Europe/Berlin
    rotations:
      - members: [omar]
        starts: 2020-01-06
        hand_off: "09:00"
"""
OVERRIDE = "    overrides: [{begins: 2020-01-06T00:00, ends: 2199-01-01T00:00, people: [sam]}]\n"
FIRST_LEVEL = "notify: [owner, role:owner]"


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED_POLICIES, tmp_path / "own-policies"))


def write(policies: Path, file: str, old: str, new: str) -> None:
    text = (policies / file).read_text()
    assert old in text
    (policies / file).write_text(text.replace(old, new, 1))


@asynccontextmanager
async def office(directory: Path, policies: Path, **changes: object) -> AsyncIterator[Office]:
    """An office under these policies that replays its workflows at every step."""
    settings = {"policies": policies, **changes}
    async with skipping_office(directory, changes=settings, max_cached_workflows=0) as opened:
        yield opened


async def at_the_first_level(office: Office) -> Issue:
    issue = await triaged(office, OUTAGE, severity=Severity.S1)
    await office.sleep(timedelta(minutes=12))
    await office.until(issue, lambda s: s.ladder_level == 1, say="the first level is told")
    return issue


def mentioned(office: Office, issue: Issue, account: str) -> bool:
    escalated = (c["body"] for c in office.comments(issue) if "Escalated:" in c["body"])
    return any(f"[~accountid:{account}]" in body for body in escalated)


async def test_who_is_on_call_is_found_out_when_the_level_is_told_and_not_before(
    tmp_path: Path, policies: Path
) -> None:
    write(policies, "people.yaml", "\npermissions:", f"{ROTA}\npermissions:")
    write(policies, "escalation.yaml", FIRST_LEVEL, "notify: [oncall:support]")
    async with office(tmp_path, policies) as opened:
        issue = await triaged(opened, OUTAGE, severity=Severity.S1)
        write(policies, "people.yaml", '"09:00"\n', f'"09:00"\n{OVERRIDE}')

        await opened.sleep(timedelta(minutes=12))
        await opened.until(issue, lambda s: s.ladder_level == 1, say="the first level is told")

        await opened.settled(
            lambda: mentioned(opened, issue, "acc-sam-security"), say="whoever stands in is told"
        )
        assert not mentioned(opened, issue, "acc-omar-owner")
        assert "level_looked_up" in await opened.timeline(issue)


async def test_an_edited_ladder_does_not_touch_a_running_item_gitlab(
    tmp_path: Path, policies: Path
) -> None:
    async with office(tmp_path, policies) as opened:
        issue = await triaged(opened, OUTAGE, severity=Severity.S1)
        write(policies, "escalation.yaml", FIRST_LEVEL, "notify: [sam]")

        await opened.sleep(timedelta(minutes=12))
        await opened.until(issue, lambda s: s.ladder_level == 1, say="the first level is told")

        await opened.settled(
            lambda: mentioned(opened, issue, "acc-omar-owner"), say="whoever was meant is told"
        )
        assert "level_looked_up" not in await opened.timeline(issue)


async def test_people_are_told_by_e_mail_and_when_that_fails_by_webhook(
    tmp_path: Path, policies: Path, mailbox: Mailbox, hook: Hook
) -> None:
    owner = "    roles: [owner]\n"
    wants = f"{owner}    email: omar@example.com\n    notify: [email, webhook]\n"
    write(policies, "people.yaml", owner, wants)
    channels = {
        "smtp_url": f"smtp://127.0.0.1:{mailbox.port}",
        "mail_from": "ft@example.com",
        "notice_webhook_url": SecretStr(hook.url),
    }
    async with office(tmp_path, policies, **channels) as opened:
        first = await at_the_first_level(opened)
        await opened.settled(lambda: mailbox.messages, say="the message is handed in")
        assert f"{first.key}: owner (level 1), escalated" in str(mailbox.messages[0]["Subject"])

        mailbox.reply = "451 later"
        second = await at_the_first_level(opened)
        await opened.settled(
            lambda: any(second.key in body["text"] for body in hook.bodies),
            say="the webhook takes over",
        )

        timeline = await opened.timeline(second)
        assert timeline.index("notice_failed") < timeline.index("noticed")
        history = stored(await opened.handle(second).fetch_history())
        assert "omar@example.com" not in history
        assert "secret-part" not in history
        assert "down for everyone" not in str(mailbox.messages[0]) + str(hook.bodies)


async def test_an_escalation_is_handed_over_by_a_comment_in_jira(
    tmp_path: Path, policies: Path
) -> None:
    async with office(tmp_path, policies) as opened:
        issue = await at_the_first_level(opened)
        await opened.comment(issue, "omar", "/handover ada I am off at noon", internal=True)
        status = await opened.until(issue, lambda s: s.awaited == ("ada",), say="it is ada's now")

        assert (status.ladder_level, status.parked) == (1, None)
        assert "handed_over" in await opened.timeline(issue)


async def test_whoever_is_handed_an_escalation_has_to_take_it_on_or_the_ladder_climbs(
    tmp_path: Path, policies: Path
) -> None:
    async with office(tmp_path, policies) as opened:
        issue = await at_the_first_level(opened)
        message = Acknowledge(actor=by("omar"), hand_to="ada", note="I am off at noon.")
        handed = await opened.signed(message, Act.ACKNOWLEDGE, issue)
        await opened.handle(issue).execute_update("acknowledge", handed)
        status = await opened.status(issue)
        assert status.awaited == ("ada",)

        await opened.sleep(timedelta(minutes=16))

        status = await opened.until(issue, lambda s: s.ladder_level == 2, say="the lead is told")
        assert status.stage is Stage.ESCALATE
        assert "handed_over" in await opened.timeline(issue)
