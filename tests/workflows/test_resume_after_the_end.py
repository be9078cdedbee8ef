"""An exception that could not be ended is reached by `followthrough resume` after its item's end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.acts import ActSender
from desk.answers import AlreadyClosed
from desk.questions import ask_exception
from models.action_parameters import ActionParameters
from models.names import exception_workflow_id, feedback_workflow_id
from models.people import Channel
from tests.workflows.deeds import REFUND, resolve, triaged
from tests.workflows.effect_deeds import exception, fail_next
from tests.workflows.office import PATIENCE_SECONDS, Issue, Office
from tests.workflows.opening import real_office
from tests.workflows.terminal import command

pytestmark = pytest.mark.e2e

REFUSED_BY_ACCOUNTS = 422


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    async with real_office(tmp_path) as opened:
        monkeypatch.setenv("TEMPORAL_ADDRESS", opened.client.service_client.config.target_host)
        monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(opened.settings.data_dir))
        monkeypatch.setenv("JIRA_URL", opened.jira.url)
        yield opened


async def closed_with_an_exception(office: Office, lasts: timedelta) -> tuple[Issue, str]:
    """An item that has ended, and an exception that it asked for."""
    issue = await triaged(office, REFUND)
    ends_at = await office.now() + lasts
    request = await exception(office, issue, ActionParameters(ends_at=ends_at))
    await office.until(issue, lambda s: s.actions[0].ends_at, say="it is in force")
    fail_next(office, status=REFUSED_BY_ACCOUNTS)
    await resolve(office, issue)
    await office.handle(issue).result()
    return issue, request


async def standing_still(office: Office) -> tuple[Issue, str]:
    """The exception should have ended meanwhile and could not be ended."""
    issue, request = await closed_with_an_exception(office, timedelta(minutes=15))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (await ask_exception(office.client, request)).stuck is None:
        assert time.monotonic() < deadline, "waited in vain until the exception stands still"
        await asyncio.sleep(0.1)
    return issue, request


async def test_doctor_names_the_command_and_the_command_ends_the_exception(
    office: Office,
) -> None:
    issue, request = await standing_still(office)

    advice = await command("doctor")
    resumed = await command("resume", issue.id, "--as", "lena")

    assert f"followthrough resume {issue.key} --as PERSON" in " ".join(advice.stdout.split())
    assert resumed.exit_code == 0, resumed
    assert "what stood still of it was told to go on" in " ".join(resumed.stdout.split())
    handle = office.client.get_workflow_handle(exception_workflow_id(request))
    await asyncio.wait_for(handle.result(), PATIENCE_SECONDS)
    assert [effect["status"] for effect in office.effects()] == ["voided"]


async def test_somebody_who_may_not_resume_does_not_end_it(office: Office) -> None:
    issue, request = await standing_still(office)

    await ActSender(office.client, office.key, Channel.CLI).resume(
        feedback_workflow_id(issue.id), "fay"
    )

    assert (await ask_exception(office.client, request)).stuck is not None
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_a_closed_item_of_which_nothing_stands_still_says_that_it_has_ended(
    office: Office,
) -> None:
    issue, _ = await closed_with_an_exception(office, timedelta(days=30))

    with pytest.raises(AlreadyClosed):
        await ActSender(office.client, office.key, Channel.CLI).resume(
            feedback_workflow_id(issue.id), "lena"
        )
