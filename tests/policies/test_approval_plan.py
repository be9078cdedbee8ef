"""Who must agree is fixed when a request is opened, by people and not by accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models.approval import ActionKind, ActionProposal, ApprovalOutcome, ItemFacts, Money
from models.approval_rule import ApprovalRule
from models.lifecycle import Severity
from models.people import Act, Actor, Channel, Person
from models.policy import PolicySnapshot
from policies import approval
from policies.approval_plan import NO_RULE, plan
from policies.business_time import always_open

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ITEM = ItemFacts(
    issue_id="10001",
    issue_key="FT-1",
    workflow_id="feedback-10001",
    severity=Severity.S1,
    category="billing",
    segment="standard",
    stage="decide",
)
Pinned = Callable[..., PolicySnapshot]


def proposal(
    kind: ActionKind = ActionKind.REFUND,
    minor: int | None = 90_000,
    by: str = "ada",
    rung: int | None = None,
) -> ActionProposal:
    return ActionProposal(
        request_id="10001-a-1",
        kind=kind,
        subject="c-1",
        summary="charged twice",
        amount=None if minor is None else Money(minor=minor, currency="EUR"),
        rung=rung,
        proposed_by=Actor(person=by, channel=Channel.DESK),
        proposed_at=NOW,
    )


def with_people(snapshot: PolicySnapshot, *people: Person) -> PolicySnapshot:
    """The snapshot with people added, or changed when they are in it."""
    known = {person.id: person for person in snapshot.people} | {one.id: one for one in people}
    return snapshot.model_copy(update={"people": tuple(known.values())})


def with_rule(snapshot: PolicySnapshot, **changed: object) -> PolicySnapshot:
    """The snapshot with one rule for refunds."""
    rule = next(one for one in snapshot.approvals if one.name == "larger refunds")
    return snapshot.model_copy(update={"approvals": (rule.model_copy(update=changed),)})


def test_the_first_rule_that_fits_decides(pinned: Pinned) -> None:
    made = plan(proposal(), ITEM, pinned(), NOW)
    assert (made.rule, made.quorum) == ("larger refunds", 2)
    assert [person.id for person in made.eligible] == ["fay", "finn"]
    assert "2 must agree, out of Fay Finance, Finn Finance" in made.explanation
    assert made.refusal_ends


def test_who_asks_is_excluded_and_told_why(pinned: Pinned) -> None:
    made = plan(proposal(by="fay"), ITEM, pinned(), NOW)
    assert [person.id for person in made.eligible] == ["finn"]
    assert [(one.person, one.why) for one in made.excluded] == [
        ("fay", "Fay Finance asked for it; somebody else decides.")
    ]


def test_the_human_behind_the_account_that_asks_is_excluded(pinned: Pinned) -> None:
    robot = Person(id="importer", name="The importer", behind="fay")
    made = plan(proposal(by="importer"), ITEM, with_people(pinned(), robot), NOW)
    assert [person.id for person in made.eligible] == ["finn"]
    why = {one.person: one.why for one in made.excluded}
    assert "stands behind the account that asked" in why["fay"]


def test_another_account_of_the_human_who_asks_is_excluded_too(pinned: Pinned) -> None:
    robot = Person(
        id="fay-robot", name="Fay's robot", behind="fay", roles=("finance",), groups=("finance",)
    )
    made = plan(proposal(by="fay"), ITEM, with_people(pinned(), robot), NOW)
    assert [person.id for person in made.eligible] == ["finn"]
    assert {one.person for one in made.excluded} == {"fay", "fay-robot"}


def test_two_accounts_of_one_human_are_one_voter(pinned: Pinned) -> None:
    """Only people vote, so a machine in the group never fills a quorum."""
    robot = Person(
        id="finn-robot", name="Robot", behind="finn", roles=("finance",), groups=("finance",)
    )
    gone = pinned().person("fay")
    assert gone is not None
    snapshot = with_people(pinned(), robot, gone.model_copy(update={"active": False}))
    made = plan(proposal(), ITEM, snapshot, NOW)
    assert [person.id for person in made.eligible] == ["finn"]
    assert approval.opened(made, "", NOW).outcome is ApprovalOutcome.IMPOSSIBLE
    why = {one.person: one.why for one in made.excluded}
    assert "automation account" in why["finn-robot"]
    assert "no longer active" in why["fay"]


def test_a_member_without_a_role_that_may_vote_is_excluded(pinned: Pinned) -> None:
    snapshot = pinned().model_copy(update={"permissions": {Act.VOTE: ("lead",)}})
    made = plan(proposal(), ITEM, snapshot, NOW)
    assert made.eligible == ()
    why = {one.person: one.why for one in made.excluded}
    assert why["fay"] == "Fay Finance has no role that may vote."
    assert why["finn"] == "Finn Finance has no role that may vote."


def test_what_no_rule_allows_is_refused_and_explained(pinned: Pinned) -> None:
    snapshot = pinned().model_copy(update={"approvals": ()})
    made = plan(proposal(), ITEM, snapshot, NOW)
    assert made.rule == NO_RULE
    assert "No approval rule allows refund" in made.explanation
    assert approval.opened(made, "", NOW).outcome is ApprovalOutcome.IMPOSSIBLE


def test_a_condition_that_cannot_be_evaluated_refuses_and_does_not_fall_through(
    pinned: Pinned,
) -> None:
    broken = with_rule(pinned(), when="action.amount_minor / action.evidence_count > 5", quorum=0)
    anybody = ApprovalRule(
        name="anything goes", actions=("refund",), when="true", quorum=0, expires_after=1, why="."
    )
    snapshot = broken.model_copy(update={"approvals": (*broken.approvals, anybody)})
    made = plan(proposal(), ITEM, snapshot, NOW)
    assert made.rule == NO_RULE
    assert approval.opened(made, "", NOW).outcome is ApprovalOutcome.IMPOSSIBLE


def test_an_action_without_an_amount_is_above_every_limit(pinned: Pinned) -> None:
    assert plan(proposal(minor=None), ITEM, pinned(), NOW).rule == "very large refunds"
    assert plan(proposal(minor=10**30), ITEM, pinned(), NOW).rule == "very large refunds"


def test_a_climb_is_decided_by_the_rule_that_its_rung_names(pinned: Pinned) -> None:
    climb = proposal(ActionKind.CLIMB, minor=None, by="followthrough", rung=3)
    made = plan(climb, ITEM, pinned(), NOW)
    assert made.rule == "tell an executive"
    assert [person.id for person in made.eligible] == ["lena"]
    elsewhere = climb.model_copy(update={"rung": 2})
    assert plan(elsewhere, ITEM, pinned(), NOW).rule == NO_RULE


@pytest.mark.parametrize(
    ("business", "opened", "expires"),
    [
        (True, datetime(2026, 6, 5, 13, tzinfo=UTC), datetime(2026, 6, 8, 13, tzinfo=UTC)),
        (False, datetime(2026, 6, 5, 13, tzinfo=UTC), datetime(2026, 6, 5, 21, tzinfo=UTC)),
    ],
    ids=["over the weekend, in business time", "on the wall clock"],
)
def test_a_request_expires_in_the_time_that_its_rule_names(
    pinned: Pinned, business: bool, opened: datetime, expires: datetime
) -> None:
    snapshot = with_rule(
        pinned(zone="UTC"), business=business, expires_after=8 * 3600, remind_after=3600
    )
    made = plan(proposal(), ITEM, snapshot, opened)
    assert made.expires_at == expires
    assert made.remind_at == opened + timedelta(hours=1)


def test_a_request_may_expire_beyond_what_the_pinned_calendar_covers(pinned: Pinned) -> None:
    late = NOW + timedelta(days=199)
    snapshot = with_rule(pinned(zone="UTC"), business=True, expires_after=20 * 8 * 3600)
    assert plan(proposal(), ITEM, snapshot, late).expires_at > late + timedelta(days=20)
    scaled = snapshot.model_copy(update={"scale": 60.0, "calendar": always_open(NOW, 1)})
    made = plan(proposal(), ITEM, scaled, late)
    assert made.expires_at == late + timedelta(seconds=20 * 8 * 3600)


def test_the_plan_carries_what_proofs_are_held_against(pinned: Pinned) -> None:
    made = plan(proposal(), ITEM, pinned(), NOW)
    assert made.trusted_keys == {"k1": "00"}
    assert made.allow_unproven
