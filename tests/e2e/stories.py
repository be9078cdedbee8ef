"""Items in every stage of their life when the worker is killed.

A story is read from top to bottom. At its first `yield` the worker is killed, at the second it is
back; between them nobody works. What must be open at the moment of the kill is held open by a
fault in Jira, in the effects endpoint or in the ledger, so that chance has no part in it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from models.approval import ActionKind, ApprovalOutcome
from models.lifecycle import Outcome, Stage, StatusCategory
from models.names import feedback_workflow_id
from tests.e2e.house import House
from tests.workflows.deeds import OUTAGE, REFUND, propose, resolve, triaged
from tests.workflows.office import Issue

HELD_READING_SECONDS = 60.0
HELD_WRITING_SECONDS = 8.0
"""Jira commits after the kill, and before the missed activity is tried again (12 s)."""

Story = Callable[[House], AsyncGenerator[Issue]]


async def triage(house: House) -> AsyncGenerator[Issue]:
    """A person corrects triage while nobody works."""
    issue = await house.report("qwzx", "zzz xxx qqq")
    await house.until(issue, lambda s: s.stage is Stage.TRIAGE, say="triage is unsure")
    yield issue
    await house.comment(issue, "ada", "/override category=bug severity=S4 It is noise.")
    yield issue
    await house.until(issue, lambda s: not s.triage_unsure, say="it is corrected")
    await decided(house, issue)


async def clocks(house: House) -> AsyncGenerator[Issue]:
    """Jira took a comment and said that it failed; the second look is open at the kill."""
    issue = await triaged(house, REFUND)
    await house.commented(issue, 1)
    path = f"*/issue/{issue.id}"
    house.jira.add_fault(method="PUT", path_pattern=path, action="error_after_commit", status=503)
    # The reading and the projection look once each; the third look is the projection's second try.
    struck = await house.hold("GET", path, HELD_READING_SECONDS, skip=2)
    await house.comment(issue, "ada", "/ack Nothing waits for this.", internal=True)
    await struck()
    assert (await house.status(issue)).stage is Stage.CLOCKS
    yield issue
    yield issue
    await decided(house, issue)


async def escalate(house: House) -> AsyncGenerator[Issue]:
    """Rungs fall due and a person takes it on while nobody works."""
    issue = await triaged(house, OUTAGE)
    await house.until(issue, lambda s: s.stage is Stage.ESCALATE, say="the owner is told")
    yield issue
    await house.comment(issue, "lena", "/ack I am on it.", internal=True)
    yield issue
    await house.until(issue, lambda s: s.acknowledged_by == "lena", say="it is taken on")
    await decided(house, issue)


async def approve(house: House) -> AsyncGenerator[Issue]:
    """One of two votes is cast before the kill, the other while nobody works."""
    issue = await triaged(house, REFUND)
    request = await propose(house, issue, ActionKind.REFUND, 9900)
    await house.vote(request, "fay")
    assert (await house.status(issue)).stage is Stage.APPROVE
    yield issue
    await house.comment(issue, "finn", f"/approve {request} The books agree.", internal=True)
    yield issue
    await carried_out(house, issue)
    await decided(house, issue)


async def execute(house: House) -> AsyncGenerator[Issue]:
    """The refund is made and nobody has heard of it yet."""
    issue = await triaged(house, REFUND)
    request = await propose(house, issue, ActionKind.REFUND, 3000)
    house.effects_fail(1000)
    await house.vote(request, "lena")
    await house.settled(
        lambda: request in [effect["key"] for effect in house.effects()], say="the refund is made"
    )
    standing = await house.request(request)
    assert standing.outcome is ApprovalOutcome.APPROVED
    assert standing.effect is None
    yield issue
    house.effects_fail(0)
    yield issue
    await carried_out(house, issue)
    await decided(house, issue)


async def watch(house: House) -> AsyncGenerator[Issue]:
    """The customer comes back angry while nobody works."""
    issue = await triaged(house, REFUND)
    await decided(house, issue)
    yield issue
    await house.comment(issue, "cora", "This is not solved at all! Still charged twice!")
    yield issue
    await house.until(issue, lambda s: s.outcome is None, say="it is open again")
    await decided(house, issue, Outcome.FIXED)


async def close(house: House) -> AsyncGenerator[Issue]:
    """The watch goes on over the kill and ends the item."""
    issue = await triaged(house, REFUND)
    await decided(house, issue)
    yield issue
    yield issue
    await house.handle(issue).result()


async def receive(house: House) -> AsyncGenerator[Issue]:
    """The very first look at the issue is open at the kill."""
    latest = await house.create("Only to see which number comes next")
    await triaged_already(house, latest)
    expected = str(int(latest.id) + 1)
    struck = await house.hold("GET", f"*/issue/{expected}", HELD_READING_SECONDS)
    issue = await house.create(REFUND[:100], REFUND)
    assert issue.id == expected, "somebody else made an issue; create it where nobody else does"
    await house.begun(issue)
    await house.under_way(house.handle(issue), "receive_item")
    await struck()
    yield issue
    yield issue
    await house.until(issue, lambda s: s.severity is not None, say="it is triaged")
    await decided(house, issue)


async def decide(house: House) -> AsyncGenerator[Issue]:
    """The move to Done with its comment is on its way: Jira commits it when nobody waits for it."""
    issue = await triaged(house, REFUND)
    await house.commented(issue, 1)
    struck = await house.hold("POST", f"*/issue/{issue.id}/transitions", HELD_WRITING_SECONDS)
    await resolve(house, issue)
    await struck()
    await house.under_way(house.handle(issue), "project_to_jira")
    yield issue
    yield issue
    await shown_as_decided(house, issue)


async def record(house: House) -> AsyncGenerator[Issue]:
    """The decision is made and the ledger has not taken it yet."""
    issue = await triaged(house, REFUND)
    await house.commented(issue, 1)
    with house.somebody_writes_the_ledger():
        await resolve(house, issue)
        await house.under_way(house.handle(issue), "append_to_ledger")
        yield issue
        assert [
            row for row in house.ledger.events_of(issue.id) if row.event.kind == "decided"
        ] == []
    yield issue
    await shown_as_decided(house, issue)


TOGETHER: dict[str, Story] = {
    story.__name__: story for story in (triage, clocks, escalate, approve, execute, watch, close)
}
"""These reach their stage side by side."""
IN_TURN: dict[str, Story] = {story.__name__: story for story in (receive, decide, record)}
"""These hold something open that others need, or for a short time: one after the other, last."""


async def decided(house: House, issue: Issue, outcome: Outcome = Outcome.ANSWERED) -> None:
    await resolve(house, issue, outcome=outcome)
    await shown_as_decided(house, issue)


async def shown_as_decided(house: House, issue: Issue) -> None:
    await house.settled(
        lambda: house.category(issue) is StatusCategory.DONE, say=f"{issue.key} is Done in Jira"
    )

    async def at_rest() -> bool:
        described = await house.client.get_workflow_handle(
            feedback_workflow_id(issue.id)
        ).describe()
        return not described.raw_description.pending_activities

    await house.eventually(at_rest, say=f"the item of {issue.key} is at rest")


async def carried_out(house: House, issue: Issue) -> None:
    status = await house.until(issue, lambda s: s.actions[0].outcome, say="the action is done")
    assert status.actions[0].outcome == ApprovalOutcome.APPROVED


async def triaged_already(house: House, issue: Issue) -> None:
    await house.begun(issue)
    await house.until(issue, lambda s: s.severity is not None, say=f"{issue.key} is triaged")
