"""What people do in the scenarios, in one line each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from models.activity_io import ArchiveResult
from models.approval import ActionKind, Ballot, Choice, Money
from models.events import EventKind
from models.lifecycle import Outcome, Severity
from models.messages import Answer, Override, ProposeAction, Resolve, Timeline
from models.names import ARCHIVE_WORKFLOW, action_workflow_id
from models.people import Act, Channel
from policies.proof_content import of_ballot
from tests.workflows.office import Issue, Office, by

OUTAGE = "The site is down for everyone and we cannot log in, nothing loads, it is an outage"
REFUND = "I was charged twice on my invoice and want a refund of the double charge please"

WOBBLE = "The gizmo wobbles on its stand"
"""No word of it stands in `triage.yaml`, so that only what was learnt can know it."""


async def triaged(office: Office, text: str, *, severity: Severity | None = None) -> Issue:
    issue = await office.report(text[:100], text)
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    if severity is not None:
        await override(office, issue, severity)
    return issue


async def what_triage_said(office: Office, issue: Issue) -> dict[str, Any]:
    """What the item's event of its triage says."""
    timeline = await office.handle(issue).query("timeline", result_type=Timeline)
    return next(event.facts for event in timeline.events if event.kind is EventKind.TRIAGED)


async def override(office: Office, issue: Issue, severity: Severity) -> None:
    message = Override(actor=by("ada"), severity=severity, category="outage", reason="Seen it.")
    signed = await office.signed(message, Act.OVERRIDE, issue)
    await office.handle(issue).execute_update("override", signed)


async def propose(office: Office, issue: Issue, kind: ActionKind, minor: int | None) -> str:
    message = ProposeAction(
        actor=by("omar"),
        kind=kind,
        summary="The customer was charged twice.",
        amount=Money(minor=minor, currency="EUR") if minor is not None else None,
    )
    answer: Answer = await office.handle(issue).execute_update(
        "propose_action",
        await office.signed(message, Act.PROPOSE, issue),
        result_type=Answer,
    )
    assert answer.request_id is not None
    request = answer.request_id
    await office.until(
        issue, lambda s: any(a.request_id == request for a in s.actions), say="it is asked for"
    )
    return request


async def resolve(
    office: Office, issue: Issue, who: str = "omar", outcome: Outcome = Outcome.ANSWERED
) -> None:
    message = Resolve(actor=by(who), outcome=outcome, reason="Explained to the customer.")
    signed = await office.signed(message, Act.RESOLVE, issue)
    await office.handle(issue).execute_update("resolve", signed)


async def ballot_to_paste(office: Office, request: str, person: str) -> dict[str, Any]:
    """An approval as it is pasted into the Temporal UI, with a reason written there."""
    content = of_ballot(request, Choice.APPROVE, "")
    subject = action_workflow_id(request)
    actor = await office.actor(person, Act.VOTE, subject, Channel.TEMPORAL_UI, content)
    ballot = Ballot(request_id=request, choice=Choice.APPROVE, reason="Agreed.", actor=actor)
    return ballot.model_dump(mode="json")


async def turned_away(acting: Awaitable[object]) -> tuple[str | None, str]:
    """How an act was refused: the failure's type, and what was said.

    A late one is refused by its workflow if that is just ending, or else by Temporal.
    """
    with pytest.raises((WorkflowUpdateFailedError, RPCError)) as refused:
        await acting
    cause = refused.value.__cause__
    failure = cause.type if isinstance(cause, ApplicationError) else None
    return failure, f"{refused.value} {cause}"


async def archive(office: Office, name: str) -> ArchiveResult:
    result: ArchiveResult = await office.client.execute_workflow(
        ARCHIVE_WORKFLOW, id=name, task_queue=office.settings.task_queue, result_type=ArchiveResult
    )
    return result


async def archived_until(office: Office, issue_id: str, runs: int) -> None:
    """Temporal's list of closed runs lags behind a little, so it is looked at again."""
    for number in range(50):
        await archive(office, f"archive-{number}")
        if len(office.ledger.histories_of(issue_id)) == runs:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"not all of the {runs} runs were archived")
