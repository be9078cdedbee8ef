from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.approval import ApprovalActivities
from activities.ledger import LedgerActivities
from ledger.store import open_ledger
from models.activity_io import AppendInput, PlanInput
from models.approval import ActionKind, ActionProposal, ItemFacts, Money
from models.failures import LEDGER_UNAVAILABLE
from models.lifecycle import Severity
from tests.ledger.conftest import make_entry
from tests.samples import T0, actor, snapshot


def test_entries_are_appended_exactly_once(tmp_path: Path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    activities = LedgerActivities(ledger)
    request = AppendInput(entries=(make_entry(1), make_entry(2)))
    first = ActivityEnvironment().run(activities.append_to_ledger, request)
    again = ActivityEnvironment().run(activities.append_to_ledger, request)
    assert (first.appended, again.appended) == (2, 0)
    assert first.head == again.head
    ledger.close()


def test_a_ledger_that_cannot_be_written_is_worth_repeating_and_tells_no_values(tmp_path: Path):
    path = tmp_path / "ledger.db"
    open_ledger(f"sqlite:///{path}").close()
    ledger = open_ledger(f"sqlite:///file:{path}?mode=ro&uri=true")
    request = AppendInput(entries=(make_entry(1, note="private"),))
    with pytest.raises(ApplicationError) as caught:
        ActivityEnvironment().run(LedgerActivities(ledger).append_to_ledger, request)
    failure = caught.value
    assert (failure.type, failure.non_retryable) == (LEDGER_UNAVAILABLE.type, False)
    assert "may only be read" in str(failure)
    assert failure.__cause__ is None
    assert failure.__context__ is None
    assert "private" not in str(failure)
    ledger.close()


def test_the_plan_names_who_may_vote_under_the_pinned_rules():
    proposal = ActionProposal(
        request_id="r1",
        kind=ActionKind.REFUND,
        subject="c0ffee",
        summary="Refund the second charge.",
        amount=Money(minor=50_000, currency="EUR"),
        proposed_by=actor("ada"),
        proposed_at=T0,
    )
    facts = ItemFacts(
        issue_id="1",
        issue_key="FB-1",
        workflow_id="feedback-1",
        severity=Severity.S3,
        category="billing",
        segment="standard",
        stage="clocks",
    )
    plan = ActivityEnvironment().run(
        ApprovalActivities().plan_approval,
        PlanInput(proposal=proposal, item=facts, snapshot=snapshot(), now=T0),
    )
    assert plan.quorum >= 1
    assert "ada" not in {person.id for person in plan.eligible}, "nobody decides their own request"
    assert plan.expires_at > T0
