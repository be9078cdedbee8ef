from __future__ import annotations

from dataclasses import replace

import pytest
from evidence_samples import (
    ADA,
    BOT,
    TEAM,
    effect,
    event,
    evidence,
    issue,
    item,
    request,
    status,
)

from demo.reading_back.doubles import find_doubles
from demo.reading_back.evidence import Evidence, ReadComment
from demo.reading_back.losses import find_losses
from models.approval import ActionKind, ApprovalOutcome
from models.events import EventKind
from models.lifecycle import Awaiting, Outcome, Stage

OURS = ReadComment(id=20, author=BOT, body="*S3 · how_to*", public=False, operation="life/1")
TOLD_AGAIN = ReadComment(id=21, author=BOT, body="*Decided: answered*", operation="life/22")
ANSWER = event(EventKind.ANSWERED, 9, comment=11)

DOUBLED = {
    "a comment of one operation": evidence(issues={"1": issue(comments=(*issue().comments, OURS))}),
    "a decision told twice": evidence(
        issues={"1": issue(comments=(*issue().comments, TOLD_AGAIN))}
    ),
    "a link": evidence(issues={"1": issue(links=(("Duplicate", "outward", "FT-2"),) * 2)}),
    "a workflow": evidence(items={"1": item(runs=2)}),
    "a request's workflow": evidence(requests={"1-life-7": replace(request(), runs=2)}),
    "an effect by its key": evidence(effects=(effect(), effect())),
    "an effect by the endpoint's own count": evidence(doubled_effects=1),
    "a submission": evidence(
        issues={
            "1": issue(submission=("shop", "a")),
            "2": issue(id="2", key="FT-2", submission=("shop", "a")),
        }
    ),
    "a comment taken in": evidence(items={"1": item(events=(*item().events, ANSWER))}),
}

PARKED = status(awaiting=Awaiting.OPERATOR, parked="JiraPermission")
LOST = {
    "an issue without a workflow": evidence(items={}),
    "a workflow that does not answer": evidence(
        items={"1": item(status=None, problem="is silent")}
    ),
    "an item that stands still": evidence(items={"1": item(status=PARKED)}),
    "a decided item whose issue is open": evidence(issues={"1": issue(done=False, status="Open")}),
    "a decision that is not told": evidence(issues={"1": issue(comments=issue().comments[:3])}),
    "a customer's comment": evidence(
        items={"1": item(events=(item().events[0], item().events[1], item().events[3]))}
    ),
    "an answer": evidence(items={"1": item(events=(item().events[0], *item().events[2:]))}),
    "an issue that is gone without a word": evidence(issues={}),
    "an approved action": evidence(requests={"1-life-7": request()}),
    "an action that needed nobody": evidence(
        requests={"1-life-7": request(ApprovalOutcome.NOT_NEEDED)}
    ),
    "the amount": evidence(
        requests={"1-life-7": request()}, effects=(effect(request={"amount_minor": 1}),)
    ),
    "a refusal": evidence(
        requests={"1-life-7": request(ApprovalOutcome.REJECTED)}, effects=(effect(),)
    ),
}


def test_a_sound_item_is_neither_doubled_nor_lost():
    assert find_doubles(evidence()) == []
    assert find_losses(evidence(), TEAM, expected=1) == []


@pytest.mark.parametrize("spoiled", DOUBLED.values(), ids=DOUBLED.keys())
def test_what_stands_twice_is_told_once(spoiled: Evidence):
    assert len(find_doubles(spoiled)) == 1


@pytest.mark.parametrize("spoiled", LOST.values(), ids=LOST.keys())
def test_what_is_missing_is_told_once(spoiled: Evidence):
    assert len(find_losses(spoiled, TEAM, expected=1)) == 1


def test_fewer_items_than_were_sent_are_a_loss():
    assert find_losses(evidence(), TEAM, expected=2) == ["2 were sent and 1 are known"]


def test_a_deleted_issue_is_no_loss_when_its_item_says_so():
    gone = item(
        events=(event(EventKind.ISSUE_GONE, 9),), status=status(stage=Stage.CLOSE, outcome=None)
    )
    assert find_losses(evidence(issues={}, items={"1": gone}), TEAM, expected=1) == []


def test_an_approved_action_that_was_carried_out_is_no_loss():
    done = evidence(requests={"1-life-7": request()}, effects=(effect(),))
    assert find_losses(done, TEAM, expected=1) == []


def test_leave_to_climb_has_no_effect_to_look_for():
    leave = evidence(requests={"1-life-7": request(kind=ActionKind.CLIMB)})
    assert find_losses(leave, TEAM, expected=1) == []


def test_an_internal_note_of_the_team_need_not_be_in_the_timeline():
    note = ReadComment(id=30, author=ADA, body="/ack", public=False)
    noted = evidence(issues={"1": issue(comments=(*issue().comments, note))})
    assert find_losses(noted, TEAM, expected=1) == []


def test_two_decisions_after_a_reopening_may_be_told_twice():
    again = event(EventKind.DECIDED, 30, outcome=Outcome.FIXED, reason="Mended.")
    twice = evidence(
        issues={"1": issue(comments=(*issue().comments, TOLD_AGAIN))},
        items={"1": item(events=(*item().events, again))},
    )
    assert find_doubles(twice) == []
    assert find_losses(twice, TEAM, expected=1) == []
