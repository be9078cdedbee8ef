"""A rollout's checklist on a real Temporal server: opened in time, signed off, late, followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.failures import NOT_ENTITLED, TOO_LATE, UNPROVEN
from models.lifecycle import StatusCategory
from models.people import Channel
from models.rollout import RolloutPhase, RolloutStatus
from tests.workflows.deeds import turned_away
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office
from tests.workflows.rollout_deeds import (
    change,
    followed,
    issue_of,
    jira,
    line,
    moved_to,
    planned,
    reply,
    reply_unproved,
    said,
    status,
    until,
    write,
)

pytestmark = pytest.mark.e2e

LINES = ["documentation", "enablement", "in-app-guide", "support-write-up", "validation"]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office that replays its workflows at every step."""
    async with skipping_office(tmp_path, max_cached_workflows=0) as opened:
        yield opened


async def opened(office: Office, *, in_days: int = 40) -> tuple[str, RolloutStatus]:
    version = await followed(office, await planned(office, in_days=in_days))
    found = await until(
        office, version, lambda s: s.issue_key and len(s.questions) == 5, say="it is open"
    )
    return version, found


async def test_the_checklist_opens_the_stated_weeks_before_the_release(office: Office) -> None:
    version = await followed(office, await planned(office, in_days=50))
    early = await until(office, version, lambda s: s.policy_version, say="its rules are pinned")
    await office.sleep(timedelta(days=7))
    still_early = await status(office, version)
    await office.sleep(timedelta(days=2))
    found = await until(office, version, lambda s: s.issue_key, say="its issue is there")

    assert (early.phase, still_early.phase) == (RolloutPhase.EARLY, RolloutPhase.EARLY)
    assert found.phase is RolloutPhase.PREPARING
    assert [one.id for one in found.questions] == LINES
    fields = office.fields(issue_of(office, found))
    assert fields["labels"].count(f"ft-rollout-{version}") == 1
    assert fields["summary"] == "Rollout of 5.0"
    assert all(name in fields["description"] for name in LINES)


async def test_the_named_owner_signs_off_in_a_comment(office: Office) -> None:
    version, _ = await opened(office)

    await write(office, version, "petra", "/signoff documentation It is online.")
    found = await until(
        office, version, lambda s: line(s, "documentation").given, say="it is signed off"
    )

    given = line(found, "documentation").given
    assert given is not None
    assert (given.person, given.channel, given.reason) == ("petra", Channel.JIRA, "It is online.")
    issue = issue_of(office, found)
    await office.settled(
        lambda: "signed by petra" in office.fields(issue)["description"], say="the issue says so"
    )


async def test_somebody_else_cannot_sign_off_in_a_comment_and_is_told_why(office: Office) -> None:
    version, found = await opened(office)

    await write(office, version, "ada", "/signoff documentation Looks good.")
    await office.settled(
        lambda: "/signoff was refused: Only petra or omar" in said(office, found),
        say="the refusal is told",
    )

    assert line(await status(office, version), "documentation").open
    events = office.ledger.events_of(f"rollout-{version}")
    assert [one.event.person for one in events if one.event.kind == "act_refused"] == ["ada"]


async def test_a_deputy_signs_off_in_the_terminal(office: Office) -> None:
    version, _ = await opened(office)

    answer = await reply(office, version, "sam", "validation", why="Tried it for a day.")

    assert answer == "validation: signed by sam."
    with_nobody_else = await turned_away(reply(office, version, "omar", "validation"))
    assert with_nobody_else[0] == TOO_LATE.type


async def test_a_sign_off_without_a_proof_is_refused(office: Office) -> None:
    version, _ = await opened(office)

    assert (await turned_away(reply_unproved(office, version, "petra", "documentation")))[
        0
    ] == UNPROVEN.type


async def test_a_sign_off_by_somebody_who_was_not_asked_is_refused(office: Office) -> None:
    version, _ = await opened(office)

    refused = await turned_away(reply(office, version, "fay", "documentation"))

    assert refused[0] == NOT_ENTITLED.type
    assert "Only petra or omar" in refused[1]


async def test_a_late_line_is_told_to_more_and_more_people(office: Office) -> None:
    version, found = await opened(office)

    await office.sleep(timedelta(days=24))  # documentation is due 14 days before day 40
    await office.settled(lambda: "documentation is due" in said(office, found), say="a reminder")
    await office.sleep(timedelta(days=5))

    def lead_was_told() -> bool:
        bodies = [one["body"] for one in office.comments(issue_of(office, found))]
        return any("acc-lena-lead" in one and "documentation was due" in one for one in bodies)

    await office.settled(lead_was_told, say="the lead is told")
    assert line(await status(office, version), "documentation").late


async def test_due_dates_follow_a_release_date_that_moves(office: Office) -> None:
    version, before = await opened(office)
    assert before.release_date is not None

    await moved_to(office, version, before.release_date + timedelta(days=10))
    found = await until(
        office,
        version,
        lambda s: line(s, "validation").due_at != line(before, "validation").due_at,
        say="the dates follow",
    )

    for name in LINES:
        assert line(found, name).due_at - line(before, name).due_at == timedelta(days=10)
    assert "is to be released on" in said(office, found)


async def test_an_archived_version_ends_its_rollout(office: Office) -> None:
    version, found = await opened(office)
    issue = issue_of(office, found)

    await change(office, version, archived=True)
    ended = await until(
        office, version, lambda s: s.phase is RolloutPhase.ENDED, say="it has ended"
    )
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="its issue is done"
    )

    assert ended.ended_why == "the version was archived"
    assert ended.questions == ()


async def test_a_checklist_that_somebody_deleted_is_not_made_again(office: Office) -> None:
    version, found = await opened(office)

    jira(office, "DELETE", f"issue/{found.issue_key}")
    assert await reply(office, version, "petra", "documentation") == (
        "documentation: signed by petra."
    )
    found = await until(office, version, lambda s: s.problem, say="the loss is noticed")

    assert found.problem == "IssueGone"
    events = [one.event.kind.value for one in office.ledger.events_of(f"rollout-{version}")]
    assert events.count("sheet_opened") == 1
