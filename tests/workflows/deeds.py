"""What people do in the scenarios, in one line each."""

from __future__ import annotations

from models.approval import ActionKind, Money
from models.lifecycle import Outcome, Severity
from models.messages import Answer, Override, ProposeAction, Resolve
from models.people import Act
from tests.workflows.office import Issue, Office, by

OUTAGE = "The site is down for everyone and we cannot log in, nothing loads, it is an outage"
REFUND = "I was charged twice on my invoice and want a refund of the double charge please"


async def triaged(office: Office, text: str, *, severity: Severity | None = None) -> Issue:
    issue = await office.report(text[:100], text)
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    if severity is not None:
        await override(office, issue, severity)
    return issue


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
    answer = await office.handle(issue).execute_update(
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
