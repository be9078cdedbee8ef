from __future__ import annotations

from datetime import timedelta

from insight.numbers import cohorts, handling
from insight.numbers.own_items import PolicyRequest, own_item
from insight.numbers.periods import parse_period
from insight.numbers.policy_use import policy_use
from models.approval import ActionKind, ApprovalOutcome
from models.contact import OWN, Path
from models.decision import Confidence
from models.events import Event, EventKind
from models.people import Channel
from tests.insight.made_contacts import MONDAY, a_contact, day

ALL = parse_period("all")


def events(*told):
    """Events of an item from (kind, hours after the beginning, facts)."""
    return [
        Event(
            operation_id=f"10001/{number}",
            sequence=number,
            kind=kind,
            at=MONDAY + timedelta(hours=hours),
            channel=facts.pop("channel", None),
            summary="",
            facts=facts,
        )
        for number, (kind, hours, facts) in enumerate(told)
    ]


def the_item(*told):
    received = (EventKind.RECEIVED, 0, {"segment": "gold", "created_at": MONDAY.isoformat()})
    triaged = (EventKind.TRIAGED, 0, {"severity": "S2"})
    return own_item("FT-1", "c0ffee", "billing", MONDAY, events(received, triaged, *told))


def test_an_items_moments_are_read_from_its_events():
    contact = the_item(
        (EventKind.ANSWERED, 2, {}),
        (EventKind.CLOCK_BREACHED, 4, {}),
        (EventKind.CLIMBED, 5, {}),
        (EventKind.ACKNOWLEDGED, 7, {}),
        (EventKind.DECIDED, 30, {}),
        (EventKind.RECONTACTED, 60, {}),
    ).contact
    assert (contact.answered_at, contact.recommended_at) == (day(2 / 24), day(30 / 24))
    assert (contact.path, contact.kept, contact.segment) == (Path.ESCALATED, False, "gold")
    lags = {one.definition.id: one.value for one in handling.escalations([contact])}
    assert (lags["escalation_lag_p50"], lags["acknowledgement_lag_p50"]) == (1.0, 2.0)
    assert contact.came_back_at == day(2.5)


def test_the_day_on_which_the_customer_joined_puts_the_item_into_a_cohort():
    received = {"joined": "2025-11-30", "created_at": MONDAY.isoformat()}
    item = own_item("FT-1", "c0ffee", "billing", MONDAY, events((EventKind.RECEIVED, 0, received)))
    assert cohorts.cohort(item.contact) == "2025-Q4"
    assert cohorts.cohort(the_item().contact) is None


def test_a_recommendation_is_the_first_thing_proposed_and_not_leave_to_escalate():
    contact = the_item(
        (EventKind.ACTION_PROPOSED, 1, {"request": "a", "action": "climb"}),
        (EventKind.ACTION_PROPOSED, 3, {"request": "b", "action": "refund"}),
        (EventKind.DECIDED, 9, {}),
    ).contact
    assert contact.recommended_at == day(3 / 24)


def test_a_correction_by_a_person_means_that_analysis_was_not_automatic():
    assert the_item().contact.automated is True
    assert the_item((EventKind.OVERRIDDEN, 1, {})).contact.automated is False


def test_what_the_customer_confirmed_is_read_from_the_closing():
    contact = the_item(
        (EventKind.DECIDED, 1, {}), (EventKind.CLOSED, 200, {"resolution": "confirmed"})
    ).contact
    assert contact.resolution is Confidence.CONFIRMED


def test_a_request_is_read_with_its_votes_and_its_end():
    (request,) = the_item(
        (
            EventKind.ACTION_PROPOSED,
            1,
            {"request": "r", "action": "policy_exception", "channel": Channel.AUTOMATION},
        ),
        (EventKind.VOTED, 2, {"request": "r", "choice": "approve"}),
        (EventKind.VOTED, 3, {"request": "r", "choice": "reject"}),
        (
            EventKind.ACTION_ENDED,
            4,
            {"request": "r", "outcome": "approved", "effect": "compensated", "refused_ballots": 1},
        ),
        (EventKind.EXCEPTION_CHANGED, 9, {"request": "r"}),
    ).requests
    assert request.granted
    assert request.by_automation
    assert (request.choices, request.undone, request.prolonged) == (("approve", "reject"), True, 1)


def a_request(number, **others):
    values = {
        "id": f"r{number}",
        "item": f"FT-{number}",
        "category": "billing",
        "action": ActionKind.REFUND,
        "ended_at": day(1),
        "outcome": ApprovalOutcome.APPROVED,
        **others,
    }
    return PolicyRequest.model_validate(values)


def decided(many, category="billing"):
    return [
        a_contact(f"FT-{n}", source=OWN, category=category, resolved_at=day(2)) for n in range(many)
    ]


def value_of(found, name):
    return next(one for one in found.metrics if one.definition.id == name)


def test_an_exception_that_many_get_is_becoming_the_rule():
    granted = [a_request(n, action=ActionKind.POLICY_EXCEPTION) for n in range(15)]
    others = [
        a_contact(f"FT-9{n}", source=OWN, category="login", resolved_at=day(2)) for n in range(40)
    ]
    found = policy_use([*decided(40), *others], granted, ALL)
    assert [one.about for one in found.findings] == ["billing"]
    assert value_of(found, "exceptions").numerator == 15


def test_what_was_undone_or_void_before_it_was_done_is_overturned():
    requests = [
        a_request(1, undone=True),
        a_request(2, outcome=ApprovalOutcome.STALE),
        a_request(3),
    ]
    found = value_of(policy_use(decided(3), requests, ALL), "approvals_overturned")
    assert (found.numerator, found.denominator) == (2, 3)


def test_a_vote_against_or_by_somebody_who_might_not_is_a_near_miss():
    requests = [
        a_request(1, choices=("approve", "reject")),
        a_request(2, choices=("approve",), refused_ballots=1),
        a_request(3, choices=("approve", "approve")),
    ]
    found = value_of(policy_use(decided(3), requests, ALL), "near_misses")
    assert (found.numerator, found.denominator) == (2, 3)


def test_what_people_refused_to_automation_is_counted_among_what_it_asked():
    requests = [
        a_request(1, by_automation=True, outcome=ApprovalOutcome.REJECTED),
        a_request(2, by_automation=True),
        a_request(3, outcome=ApprovalOutcome.REJECTED),
    ]
    found = value_of(policy_use(decided(3), requests, ALL), "refused_to_automation")
    assert (found.numerator, found.denominator) == (1, 2)


def test_dry_runs_count_for_nothing():
    assert not policy_use(decided(3), [a_request(1, dry_run=True)], ALL).says_something
