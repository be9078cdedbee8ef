"""Webhooks that are lost, doubled, mixed, forged or late, with the sweep behind them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from jira_gateway import intake
from models.events import EventKind
from models.failures import ISSUE_ARCHIVED
from models.intake import IntakeRow
from models.lifecycle import Stage
from models.names import ITEM_LABEL
from tests.faults.fault_rig import Rig
from tests.faults.post_office import Delivery, PostOffice, open_post_office
from tests.jira_gateway.jira_people import clients_of
from tests.workflows.opening import real_office, skipping_office

ISSUES = 6
ROUNDS = 3
FATES = ("lost", "once", "once", "twice", "forged", "late")


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with skipping_office(tmp_path) as office, open_post_office(office) as opened:
        yield opened


async def mangled(post: PostOffice, sent: list[Delivery], chance: random.Random) -> list[Delivery]:
    """Deliver these in disorder, each as chance will have it; answers what comes late."""
    late: list[Delivery] = []
    chance.shuffle(sent)
    for delivery in sent:
        fate = chance.choice(FATES)
        if fate == "late":
            late.append(delivery)
        elif fate == "forged":
            assert (await post.deliver(delivery, forged=True)).status_code == 401
        elif fate != "lost":
            for _ in range(2 if fate == "twice" else 1):
                assert (await post.deliver(delivery)).status_code == 200
    return late


@pytest.mark.parametrize("seed", range(4))
async def test_every_comment_of_the_customers_is_heard_once_whatever_webhooks_do(
    post: PostOffice, seed: int
) -> None:
    chance = random.Random(seed)
    office = post.office
    issues = [await office.create(f"Trouble {number}") for number in range(ISSUES)]
    late = await mangled(post, await post.collect(ISSUES), chance)
    for number in range(ROUNDS):
        for issue in issues:
            await office.comment(issue, "cora", f"Word {number} on it", tell=False)
        late += await mangled(post, await post.collect(ISSUES), chance)
        if chance.random() < 0.5:
            await post.sweep()
    await post.sweep()
    for issue in issues:
        await post.everything_is_heard(issue)
    for delivery in late:
        assert (await post.deliver(delivery)).status_code == 200
    await post.sweep()
    for issue in issues:
        await post.everything_is_heard(issue)
        assert len(await post.events(issue, EventKind.RECEIVED)) == 1


async def test_a_webhook_of_somebody_elses_begins_nothing(post: PostOffice) -> None:
    issue = await post.office.create("Trouble")
    (delivery, *_) = await post.collect(1)
    assert (await post.deliver(delivery, forged=True)).status_code == 401
    tampered = (delivery[0], delivery[1].replace(b"Trouble", b"trouble"))
    assert (await post.deliver(tampered)).status_code == 401
    with pytest.raises(RPCError, match="not found"):
        await post.office.handle(issue).describe()


@pytest.mark.parametrize("webhooks", ["arrive", "are lost"])
async def test_an_issue_that_was_moved_to_another_project_is_heard_on(
    post: PostOffice, webhooks: str
) -> None:
    office = post.office
    issue = await office.create("Trouble")
    for delivery in await post.collect(1):
        await post.deliver(delivery)
    await office.until(
        issue, lambda s: ITEM_LABEL in office.fields(issue)["labels"], say="it is triaged and shown"
    )
    renamed = await office.leave(issue, "PROD")
    await office.comment(renamed, "cora", "Still broken", tell=False)
    for delivery in await post.collect(2):
        if webhooks == "arrive":
            assert (await post.deliver(delivery)).status_code == 200
    if webhooks == "are lost":
        await post.sweep()
    await post.everything_is_heard(renamed)
    status = await office.until(renamed, lambda s: s.issue_key == renamed.key, say="it is renamed")
    assert status.stage is not Stage.CLOSE
    edited = await post.events(renamed, EventKind.EDITED_IN_JIRA)
    assert "project" in {event.facts["field"] for event in edited}


async def test_an_issue_whose_deletion_nobody_told_ends_its_item(tmp_path: Path) -> None:
    async with real_office(tmp_path) as office, open_post_office(office) as post:
        issue = await office.report("Trouble")
        await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
        await post.at_rest(issue)
        await office.delete(issue, tell=False)
        await post.listed(issue)
        found = await post.reconcile()
        assert (found.running, found.told) == (1, 1)
        await office.handle(issue).result()
        assert EventKind.ISSUE_GONE in await office.timeline(issue)


@pytest.mark.parametrize("webhooks", ["arrive", "are lost"])
async def test_an_archived_issue_stops_its_item_until_it_is_restored(
    tmp_path: Path, webhooks: str
) -> None:
    async with real_office(tmp_path) as office, open_post_office(office) as post:
        issue = await office.report("Trouble")
        await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
        await office.comment(issue, "cora", "Still broken", tell=False)
        sent = await post.collect(2)
        await office.archive(issue)
        if webhooks == "arrive":
            for delivery in sent:
                assert (await post.deliver(delivery)).status_code == 200
        else:
            await post.listed(issue)
            assert (await post.reconcile()).told == 1
        status = await office.until(
            issue, lambda s: s.parked == ISSUE_ARCHIVED.type, say="it waits for its issue"
        )
        assert status.remedy == ISSUE_ARCHIVED.remedy
        await office.restore(issue)
        if webhooks == "arrive":
            await office.comment(issue, "cora", "And again", tell=False)
            for delivery in await post.collect(1):
                assert (await post.deliver(delivery)).status_code == 200
        else:
            await post.goes_on(issue)
        await post.everything_is_heard(issue)
        await office.until(issue, lambda s: s.parked is None, say="it goes on")
        assert await post.events(issue, EventKind.ISSUE_GONE) == []


async def test_an_item_whose_issue_stays_archived_is_left_alone(tmp_path: Path) -> None:
    async with real_office(tmp_path) as office, open_post_office(office) as post:
        issue = await office.report("Trouble")
        await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
        await office.archive(issue)
        await office.tell(issue)
        await office.until(issue, lambda s: s.parked is not None, say="it stops")
        await post.shown_as_stopped(issue)
        await post.at_rest(issue)
        before = await post.timeline(issue)
        found = await post.reconcile()
        assert (found.running, found.told) == (1, 0)
        assert await post.timeline(issue) == before


async def test_an_issue_that_was_restored_and_then_deleted_ends_its_item(tmp_path: Path) -> None:
    async with real_office(tmp_path) as office, open_post_office(office) as post:
        issue = await office.report("Trouble")
        await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
        await office.archive(issue)
        await office.tell(issue)
        await office.until(issue, lambda s: s.parked is not None, say="it stops")
        await office.restore(issue)
        await office.delete(issue, tell=False)
        await post.listed(issue)
        assert (await post.reconcile()).told == 1
        await office.handle(issue).result()
        assert EventKind.ISSUE_GONE in await office.timeline(issue)


async def test_a_renamed_issue_is_heard_on_without_webhooks(post: PostOffice) -> None:
    office = post.office
    issue = await office.create("Trouble")
    await post.sweep()
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    await office.edit(issue, "ada", summary="Something else by now", tell=False)
    await office.comment(issue, "cora", "Still broken", tell=False)
    await post.sweep()
    await post.everything_is_heard(issue)
    edits = await post.events(issue, EventKind.EDITED_IN_JIRA)
    assert [event.facts["field"] for event in edits] == ["summary"]


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "error_after_commit", "status": 502},
        {"action": "error_after_commit", "status": 504},
        {"action": "reset_after"},
        {"action": "truncate"},
        {"action": "reset_before"},
        {"action": "status", "status": 503},
        {"action": "retry_after", "retry_after": "1"},
    ],
    ids=lambda fault: f"{fault['action']} {fault.get('status', '')}".strip(),
)
def test_a_creation_that_was_cut_off_makes_one_issue(rig: Rig, fault: dict[str, Any]) -> None:
    identity = f"{fault['action']}-{fault.get('status')}"
    row = IntakeRow(source="form", submission_id=identity, summary="It fails", description="Often.")
    clients = clients_of(rig.site)
    clients.myself()
    rig.fault({"method": "POST", "path_pattern": "*/issue", **fault})
    since = rig.position()
    outcomes = set()
    for _ in range(5):
        try:
            outcome = intake.create_or_update(clients, "FT", row, wait=lambda seconds: None)
        except ApplicationError as error:
            if error.non_retryable:
                raise
        else:
            outcomes.add(outcome.issue_id)
    created = [
        line
        for line in rig.journal(since)
        if line["method"] == "POST" and line["path"].endswith("/issue") and line["committed"]
    ]
    assert len(created) == 1
    assert len(outcomes) == 1
