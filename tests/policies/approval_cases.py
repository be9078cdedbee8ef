"""Approval rules, people and ballots that several tests build requests from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from models.approval import (
    ActionKind,
    ActionProposal,
    Ballot,
    Choice,
    ItemFacts,
    Money,
    RefusedBallot,
)
from models.approval_request import ApprovalRequest
from models.approval_rule import ApprovalRule
from models.lifecycle import Severity
from models.people import Act, Actor, Channel, Delegation, Person
from models.policy import PolicySnapshot
from policies import approval, approval_plan
from policies.request_digest import digest_of
from tests import samples

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
REQUEST = "10001-aaaaaaaa-1"
SUBJECT = f"action-{REQUEST}"
ROLES = ("voter",)


def person(name: str, *groups: str, **more: Any) -> Person:
    """Somebody whose role may vote and propose."""
    return Person(id=name, name=name.capitalize(), roles=ROLES, groups=groups, **more)


PEOPLE = (
    person("omar", "support"),
    person("ada", "support"),
    person("lena", "support", "leads"),
    person("fay", "finance"),
    person("finn", "finance"),
    person("sam", "security"),
    person("eve", "executives"),
    Person(id="robot", name="Robot", behind="omar"),
)


def rule(**changed: Any) -> ApprovalRule:
    """Two of finance within four hours, unless said otherwise."""
    return ApprovalRule.model_validate(
        {
            "name": "refunds",
            "actions": (ActionKind.REFUND,),
            "when": "true",
            "quorum": 2,
            "groups": ("finance",),
            "expires_after": 4 * 3600,
            "why": "Money leaves.",
            **changed,
        }
    )


def snapshot(
    *rules: ApprovalRule, delegations: tuple[Delegation, ...] = (), people: tuple[Person, ...] = ()
) -> PolicySnapshot:
    """The rules pinned, for these people (those of `people` in place of their namesakes)."""
    known = {one.id: one for one in PEOPLE} | {one.id: one for one in people}
    return samples.snapshot().model_copy(
        update={
            "approvals": rules or (rule(),),
            "people": tuple(known.values()),
            "permissions": {Act.VOTE: ROLES, Act.PROPOSE: ROLES},
            "delegations": delegations,
        }
    )


def proposal(by: str = "omar", **changed: Any) -> ActionProposal:
    """A refund of 99.00 EUR."""
    return ActionProposal.model_validate(
        {
            "request_id": REQUEST,
            "kind": ActionKind.REFUND,
            "subject": "c0ffee",
            "summary": "Charged twice.",
            "amount": Money(minor=9900, currency="EUR"),
            "proposed_by": Actor(person=by, channel=Channel.DESK),
            "proposed_at": NOW,
            **changed,
        }
    )


def facts(**changed: Any) -> ItemFacts:
    """The item that the refund is for."""
    return ItemFacts.model_validate(
        {
            "issue_id": "10001",
            "issue_key": "FT-1",
            "workflow_id": "feedback-10001",
            "severity": Severity.S2,
            "category": "billing",
            "segment": "smb",
            "country": "DE",
            "stage": "decide",
            "customer": "c0ffee",
            **changed,
        }
    )


def opened(
    pinned: PolicySnapshot | None = None,
    asked: ActionProposal | None = None,
    item: ItemFacts | None = None,
    now: datetime = NOW,
) -> ApprovalRequest:
    """The request as its workflow would open it."""
    pinned, asked, item = pinned or snapshot(), asked or proposal(), item or facts()
    plan = approval_plan.plan(asked, item, pinned, now)
    return approval.opened(plan, digest_of(asked, item, pinned.version), now)


def lent(principal: str, delegate: str, *, days: int = 7, since: datetime = NOW) -> Delegation:
    """A delegation from now on."""
    until = since + timedelta(days=days)
    return Delegation(principal=principal, delegate=delegate, since=since, until=until)


def ballot(who: str, choice: Choice = Choice.APPROVE, digest: str = "") -> Ballot:
    """A ballot without a proof, for snapshots that allow that."""
    return Ballot(
        request_id=REQUEST,
        choice=choice,
        reason="I looked at it.",
        actor=Actor(person=who, channel=Channel.DESK),
        digest=digest,
    )


def voted(
    request: ApprovalRequest,
    *people: str,
    choice: Choice = Choice.APPROVE,
    now: datetime = NOW,
) -> ApprovalRequest:
    """The request after these people voted, one after the other."""
    for who in people:
        request, _ = approval.cast(request, ballot(who, choice), SUBJECT, now)
    return request


def refusal(request: ApprovalRequest) -> tuple[str, str]:
    """Why the newest refused ballot did not count."""
    refused: RefusedBallot = request.refused[-1]
    return refused.failure, refused.why
