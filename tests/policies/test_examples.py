"""The example cases beside the shipped policies, played against them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from example_cases import EXAMPLES, Case, cases
from ruamel.yaml import YAML

from insight.suggest import suggest
from models.approval import (
    ActionKind,
    ActionProposal,
    Ballot,
    Choice,
    ItemFacts,
)
from models.approval_request import ApprovalRequest
from models.clocks import ClockName
from models.item import FeedbackItem, Suggestion
from models.lifecycle import Severity
from models.people import Actor, Channel
from models.policy import PolicySnapshot
from policies import approval, approval_plan, routing
from policies.durations import seconds_in
from policies.loader import DEFAULT_DIRECTORY, load
from policies.money import read_amount
from policies.policy_set import PolicySet
from policies.problems import PolicyError

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
CHOICES = {"approves": Choice.APPROVE, "rejects": Choice.REJECT}


def proposal(case: Case) -> ActionProposal:
    written = case.get("amount")
    return ActionProposal(
        request_id="10001-a-1",
        kind=ActionKind(case["action"]),
        subject="c-1",
        summary="as the case says",
        amount=read_amount(*written.split()) if written else None,
        rung=case.get("level"),
        proposed_by=Actor(person=case["asked_by"], channel=Channel.DESK),
        proposed_at=NOW,
    )


def facts(case: Case) -> ItemFacts:
    return ItemFacts(
        issue_id="10001",
        issue_key="FT-1",
        workflow_id="feedback-10001",
        severity=Severity(case.get("severity", "S3")),
        category="billing",
        segment="standard",
        stage="decide",
    )


def timed(request: ApprovalRequest, snapshot: PolicySnapshot) -> ApprovalRequest:
    """A stage that was just reached gets its times."""
    if request.outcome is not None or request.clock is not None:
        return request
    clock = approval_plan.clock_of_rule(request.plan.rule, snapshot, approval.reached_at(request))
    return approval.timed(request, clock)


def let_pass(
    request: ApprovalRequest, snapshot: PolicySnapshot, until: datetime
) -> ApprovalRequest:
    """Everything that the request's clock brings until then, moment by moment."""
    while (moment := approval.next_moment(request)) is not None and moment[0] <= until:
        request = timed(approval.pass_time(request, moment[0]), snapshot)
    return request


@pytest.mark.parametrize("case", cases("approvals.yaml", "allowed", "refused"))
def test_an_action_ends_as_the_example_says(
    case: Case, pinned: Callable[..., PolicySnapshot]
) -> None:
    snapshot, now = pinned(), NOW
    plan = approval_plan.plan(proposal(case), facts(case), snapshot, now)
    request = approval.opened(plan, "", now)
    for written in case["votes"]:
        person, choice = written.split()
        if choice == "pass":
            now += timedelta(seconds=seconds_in(person))
            request = let_pass(request, snapshot, now)
            continue
        ballot = Ballot(
            request_id="10001-a-1",
            choice=CHOICES[choice],
            reason="I looked at it.",
            actor=Actor(person=person, channel=Channel.DESK),
        )
        request, _ = approval.cast(request, ballot, "action-10001-a-1", now)
        request = timed(request, snapshot)
    assert (request.outcome or "open") == case["ends"], plan.explanation
    assert plan.rule == case["rule"]
    assert [one.failure for one in request.refused] == case.get("refused", [])


@pytest.mark.parametrize("case", cases("routing.yaml", "allowed"))
def test_an_item_goes_where_the_example_says(
    case: Case,
    shipped: PolicySet,
    new_item: Callable[..., FeedbackItem],
    pinned: Callable[..., PolicySnapshot],
) -> None:
    customer = {
        "segment": case.get("segment", "standard"),
        "annual_revenue_minor": case.get("revenue_minor"),
    }
    sure = case.get("confidence", 0.9)
    routed = routing.route(
        shipped,
        category=Suggestion(value=case["category"], confidence=sure),
        severity=Suggestion(value=case["severity"], confidence=sure),
        sentiment=Suggestion(value=case.get("sentiment", "neutral"), confidence=0.9),
        language=Suggestion(value="en", confidence=0.9),
        item=new_item(**customer),
    )
    assert (routed.owner, routed.routed_by) == (case["owner"], case["route"])
    assert routed.unsure is case.get("unsure", False)
    assert [action.kind for action in routed.actions] == case.get("actions", [])
    snapshot = pinned(case["category"], **customer)
    assert snapshot.calendar_definition.name.split()[0] == case["calendar"]
    rules = snapshot.rules[Severity(case["severity"])]
    assert rules.targets[ClockName.RESOLUTION] == case["resolution"]


@pytest.mark.parametrize("case", cases("policy_files.yaml", "refused"))
def test_an_edit_is_refused_as_the_example_says(case: Case, tmp_path: Path) -> None:
    policies = Path(shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "policies"))
    path = policies / case["file"]
    text = path.read_text()
    assert case["in_place_of"] in text
    path.write_text(text.replace(case["in_place_of"], case["write"]))
    with pytest.raises(PolicyError) as raised:
        load(policies)
    assert case["told"] in str(raised.value)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["text"])
        for case in YAML(typ="safe").load((EXAMPLES / "allowed" / "categories.yaml").read_text())[
            "cases"
        ]
    ],
)
def test_the_shipped_words_recognise_what_the_example_says(case: Case, shipped: PolicySet) -> None:
    found = suggest(case["text"], shipped.taxonomy)
    usual = next(c.severity for c in shipped.taxonomy.categories if c.name == case["category"])
    assert found.category.value == case["category"], found.category
    assert found.severity.value == case.get("severity", usual), found.severity
