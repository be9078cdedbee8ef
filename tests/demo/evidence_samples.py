"""Evidence of one sound item, which the tests spoil in one way each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from demo.reading_back.evidence import Evidence, ReadComment, ReadIssue, ReadItem, ReadRequest
from models.approval import (
    ActionKind,
    ActionProposal,
    ActionStatus,
    ApprovalOutcome,
    ItemFacts,
    Money,
)
from models.decision import Confidence
from models.events import Event, EventKind
from models.lifecycle import Awaiting, Outcome, Severity, Stage
from models.messages import ItemStatus
from models.people import Actor, Channel
from tests.samples import T0

BOT = "acc-bot"
ADA = "acc-ada"
CUSTOMER = "acc-mia"
TEAM = frozenset({ADA})


def event(kind: EventKind, sequence: int, **facts: Any) -> Event:
    return Event(
        operation_id=f"feedback-1/life/{sequence}",
        sequence=sequence,
        kind=kind,
        at=T0,
        person="ada",
        channel=Channel.JIRA,
        summary=str(facts.pop("summary", "It happened.")),
        facts=facts,
    )


def status(**changes: Any) -> ItemStatus:
    plain = ItemStatus(
        issue_id="1",
        issue_key="FT-1",
        workflow_id="feedback-1",
        stage=Stage.WATCH,
        awaiting=Awaiting.NOBODY,
        awaited=(),
        severity=Severity.S3,
        category="how_to",
        owner="ada",
        segment="standard",
        triage_unsure=False,
        due_at=None,
        breached=False,
        clocks=(),
        ladder_level=0,
        ladder_rung=None,
        acknowledged_by=None,
        actions=(),
        outcome=Outcome.ANSWERED,
        resolution=Confidence.ASSUMED,
        parked=None,
        remedy=None,
        policy_version="0" * 64,
        clock_scale=1.0,
        unproven_allowed=False,
        summary="S3",
    )
    return plain.model_copy(update=changes)


def issue(**changes: Any) -> ReadIssue:
    comments = (
        ReadComment(id=10, author=BOT, body="*S3 · how_to*", public=False, operation="life/1"),
        ReadComment(id=11, author=ADA, body="Here is how."),
        ReadComment(id=12, author=CUSTOMER, body="And the other way round?"),
        ReadComment(
            id=13, author=BOT, body="*Decided: answered* by ada", public=False, operation="life/9"
        ),
    )
    plain = ReadIssue(
        id="1", key="FT-1", done=True, status="Done", reporter=CUSTOMER, comments=comments
    )
    return replace(plain, **changes)


def item(**changes: Any) -> ReadItem:
    events = (
        event(EventKind.TRIAGED, 2, category="how_to", language="en"),
        event(EventKind.ANSWERED, 5, comment=11),
        event(EventKind.CUSTOMER_WROTE, 6, comment=12),
        event(EventKind.DECIDED, 8, outcome="answered", reason="Explained."),
    )
    plain = ReadItem(
        workflow_id="feedback-1",
        runs=1,
        status=status(),
        events=events,
        actions=Counter({"start": 1, "activity": 3}),
        workers=frozenset({"1@host"}),
    )
    return replace(plain, **changes)


def request(
    outcome: ApprovalOutcome | None = ApprovalOutcome.APPROVED,
    kind: ActionKind = ActionKind.REFUND,
    **changes: Any,
) -> ReadRequest:
    known = ActionStatus(
        proposal=ActionProposal(
            request_id="1-life-7",
            kind=kind,
            subject="pseudonym",
            summary="Charged twice.",
            amount=Money(minor=4900, currency="EUR"),
            proposed_by=Actor(person="ada", channel=Channel.JIRA),
            proposed_at=T0,
        ),
        item=ItemFacts(
            issue_id="1",
            issue_key="FT-1",
            workflow_id="feedback-1",
            severity=Severity.S3,
            category="refund",
            segment="standard",
            stage="approve",
        ),
        plan=None,
        votes=(),
        refused=(),
        outcome=outcome,
    ).model_copy(update=changes)
    return ReadRequest(workflow_id="action-1-life-7", runs=1, status=known)


def effect(**changes: Any) -> dict[str, Any]:
    wanted = {"amount_minor": 4900, "currency": "EUR"}
    return {"key": "1-life-7", "status": "executed", "request": wanted} | changes


def evidence(**changes: Any) -> Evidence:
    plain = Evidence(issues={"1": issue()}, items={"1": item()}, requests={}, own_account=BOT)
    return replace(plain, **changes)
