"""What people do in the scenarios, in one line each."""

from __future__ import annotations

from models.approval import ActionKind, Money
from models.lifecycle import Outcome, Severity
from models.messages import Answer, Override, ProposeAction, Resolve
from models.people import Act
from tests.workflows.office import Issue, Office

OUTAGE = "The site is down for everyone and we cannot log in, nothing loads, it is an outage"
REFUND = "I was charged twice on my invoice and want a refund of the double charge please"


async def triaged(office: Office, text: str, *, severity: Severity | None = None) -> Issue:
    issue = await office.report(text[:100], text)
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    if severity is not None:
        await override(office, issue, severity)
    return issue


async def override(office: Office, issue: Issue, severity: Severity) -> None:
    actor = await office.actor("ada", Act.OVERRIDE, f"feedback-{issue.id}")
    message = Override(actor=actor, severity=severity, category="outage", reason="Seen it.")
    await office.handle(issue).execute_update("override", message)


async def propose(office: Office, issue: Issue, kind: ActionKind, minor: int | None) -> str:
    message = ProposeAction(
        actor=await office.actor("omar", Act.PROPOSE, f"feedback-{issue.id}"),
        kind=kind,
        summary="The customer was charged twice.",
        amount=Money(minor=minor, currency="EUR") if minor is not None else None,
    )
    answer = await office.handle(issue).execute_update(
        "propose_action", message, result_type=Answer
    )
    assert answer.request_id is not None
    request = answer.request_id
    await office.until(
        issue, lambda s: any(a.request_id == request for a in s.actions), say="it is asked for"
    )
    return request


async def resolve(
    office: Office, issue: Issue, by: str = "omar", outcome: Outcome = Outcome.ANSWERED
) -> None:
    actor = await office.actor(by, Act.RESOLVE, f"feedback-{issue.id}")
    message = Resolve(actor=actor, outcome=outcome, reason="Explained to the customer.")
    await office.handle(issue).execute_update("resolve", message)
