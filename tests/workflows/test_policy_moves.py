"""A policy is edited while an item runs: it reaches the item only when somebody moves it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from desk.moving import preview
from models.clocks import ClockName
from models.explanation import ClockFacts, Explanation, Verdict
from models.lifecycle import Stage
from models.messages import Answer, ItemSubject, MigratePolicy, Timeline
from models.names import QUERY_CLOCKS, QUERY_SUBJECT
from models.people import Act
from policies.clock_record import explain_recalled
from policies.explanation import explain
from runtime.settings import SHIPPED_POLICIES
from tests.workflows.deeds import REFUND, resolve, triaged, turned_away
from tests.workflows.office import Issue, Office, by
from tests.workflows.opening import skipping_office


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED_POLICIES, tmp_path / "own-policies"))


@pytest.fixture
async def office(tmp_path: Path, policies: Path) -> AsyncIterator[Office]:
    changes = {"policies": policies}
    async with skipping_office(tmp_path, changes=changes, max_cached_workflows=0) as opened:
        yield opened


def promise_less(policies: Path) -> None:
    """Somebody edits sla.yaml: every first response is due within a minute."""
    file = policies / "sla.yaml"
    text = file.read_text()
    file.write_text(re.sub(r"(first_response: )\w+", r"\g<1>1m", text))
    assert file.read_text() != text


async def explained(office: Office, issue: Issue) -> Explanation:
    facts = await office.handle(issue).query(QUERY_CLOCKS, result_type=ClockFacts)
    return explain(facts, await office.now())


async def move(office: Office, issue: Issue, who: str = "lena", update: str = "") -> Answer:
    message = MigratePolicy(actor=by(who), reason="The contract changed.")
    signed = await office.signed(message, Act.MIGRATE, issue)
    answer: Answer = await office.handle(issue).execute_update(
        "migrate_policy", signed, id=update or str(uuid4()), result_type=Answer
    )
    return answer


async def test_a_policy_edited_at_noon_reaches_a_running_item_only_when_it_is_moved(
    office: Office, policies: Path
) -> None:
    issue = await triaged(office, REFUND)
    before = await office.status(issue)
    promise_less(policies)
    await office.tell(issue)
    await office.sleep(timedelta(minutes=5))
    untouched = await office.status(issue)

    await move(office, issue)

    after = await office.status(issue)
    (run,) = [c for c in (await explained(office, issue)).clocks if c.name == "first_response"]
    assert untouched.policy_version == before.policy_version != after.policy_version
    assert run.target == 60
    assert run.others[0].version == before.policy_version
    assert run.others[0].target > 60


async def test_the_first_verdict_stands_after_the_move_and_the_ledger_says_the_same_jsm(
    office: Office, policies: Path
) -> None:
    issue = await triaged(office, REFUND)
    await office.sleep(timedelta(hours=1))
    await office.comment(issue, "ada", "We are looking into it.")
    await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    first = (await explained(office, issue)).clocks[0]
    promise_less(policies)

    await move(office, issue)
    await resolve(office, issue)

    now = (await explained(office, issue)).clocks[0]
    assert first.name is ClockName.FIRST_RESPONSE
    assert (now.verdict, now.target, now.reading) == (Verdict.MET, first.target, first.reading)
    await office.sleep(timedelta(days=8))
    await office.handle(issue).result()
    rows = office.ledger.events_of(issue.id)
    remembered = explain_recalled(
        Timeline(issue_key=issue.key, earlier_events=0, events=tuple(row.event for row in rows)),
        await office.now(),
    )
    by_run = await explained(office, issue)
    assert [one.lines for one in remembered.clocks] == [one.lines for one in by_run.clocks]
    note = office.comments(issue)[-1]["body"]
    assert all(line in note for line in now.lines[-2:]), "the decision quotes both verdicts"


async def test_a_move_that_is_not_proved_or_not_allowed_is_refused_and_kept(
    office: Office, policies: Path
) -> None:
    issue = await triaged(office, REFUND)
    promise_less(policies)
    pinned = (await office.status(issue)).policy_version
    unproven = MigratePolicy(actor=by("lena"), reason="The contract changed.")

    refused = [
        await turned_away(office.handle(issue).execute_update("migrate_policy", unproven)),
        await turned_away(move(office, issue, "ada")),
    ]

    assert [failure for failure, _ in refused] == ["Unproven", "NotEntitled"]
    assert (await office.timeline(issue)).count("act_refused") == 2
    assert (await office.status(issue)).policy_version == pinned


async def test_the_same_move_sent_twice_is_one_and_another_finds_nothing_to_move(
    office: Office, policies: Path
) -> None:
    issue = await triaged(office, REFUND)
    promise_less(policies)

    once, again = [await move(office, issue, update="one-move") for _ in range(2)]
    failure, _ = await turned_away(move(office, issue))

    assert once == again
    assert failure == "AlreadyInForce"
    assert (await office.timeline(issue)).count("policy_migrated") == 1


async def test_a_broken_policy_moves_nothing_and_the_refusal_is_kept(
    office: Office, policies: Path
) -> None:
    issue = await triaged(office, REFUND)
    (policies / "sla.yaml").write_text("nonsense: true\n")

    failure, _ = await turned_away(move(office, issue))

    assert failure == "PolicyInvalid"
    assert (await office.timeline(issue))[-1] == "act_refused"


async def test_what_the_desk_shows_before_a_move_is_what_the_move_changes(
    office: Office, policies: Path
) -> None:
    issue = await triaged(office, REFUND)
    promise_less(policies)
    handle = office.handle(issue)
    subject = await handle.query(QUERY_SUBJECT, result_type=ItemSubject)
    facts = await handle.query(QUERY_CLOCKS, result_type=ClockFacts)

    shown = preview(policies, subject, facts, await office.now())
    await move(office, issue)

    moved = await handle.query(QUERY_SUBJECT, result_type=ItemSubject)
    assert (shown.version_before, shown.version) == (
        subject.snapshot.version,
        moved.snapshot.version,
    )
    assert [one.what for one in shown.differences] == [
        "target of first response",
        "first response due",
    ]
    assert shown.differences[0].after == "1 min"
    facts = await handle.query(QUERY_CLOCKS, result_type=ClockFacts)
    again = preview(policies, moved, facts, await office.now())
    assert (again.same_policy, again.differences) == (True, ())
