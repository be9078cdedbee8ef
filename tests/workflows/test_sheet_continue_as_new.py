"""A rollout whose history grows long continues as new, and nothing of it is lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workflows.office import Office
from tests.workflows.opening import real_office
from tests.workflows.rollout_deeds import (
    followed,
    line,
    planned,
    reply,
    rollout,
    until,
    write,
)

pytestmark = pytest.mark.e2e

SOON = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")
MOST_COMMENTS = 40


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with real_office(tmp_path, kind=Office, server_options=SOON) as opened:
        yield opened


async def test_a_checklist_goes_on_in_a_new_run_with_what_was_signed_off(office: Office) -> None:
    version = await followed(office, await planned(office, in_days=30))
    before = await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    await reply(office, version, "petra", "documentation", why="Online.")
    first = (await rollout(office, version).describe()).run_id
    for number in range(MOST_COMMENTS):
        await write(office, version, "petra", f"Just talking, {number}.")
        await until(office, version, lambda s: s.issue_key, say="it answers")
        if (await rollout(office, version).describe()).run_id != first:
            break

    assert (await rollout(office, version).describe()).run_id != first
    await write(office, version, "lena", "/signoff enablement Shown to all.")
    after = await until(
        office, version, lambda s: line(s, "enablement").given, say="it is signed off"
    )

    assert after.issue_key == before.issue_key
    assert line(after, "documentation").given is not None
    recorded = [one.event.operation_id for one in office.ledger.events_of(f"rollout-{version}")]
    assert len(recorded) == len(set(recorded))
