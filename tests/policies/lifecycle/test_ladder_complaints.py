"""What people complained about in other systems' escalations, and what happens here instead.

Each test names where it was said: the project and the number of its issue.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.calendar import CalendarDefinition
from models.events import EventKind
from models.item_state import ItemState, LadderState
from models.ladder import Hours, OutOfHours
from models.lifecycle import StatusCategory
from models.messages import Acknowledge
from policies.business_time import expand
from policies.directory import Directory
from policies.documents.rotas import RotaEntry
from policies.lifecycle import acts, deadlines, ladder, observation
from policies.lookup import who_is_on
from tests.policies.lifecycle.ladder_items import events, item_with, passed, rung, told
from tests.samples import (
    HOUR,
    PEOPLE,
    T0,
    actor,
    after,
    agent_comment,
    customer_comment,
    fields,
    observed,
    status_edit,
)

OFFICE_HOURS = CalendarDefinition(
    name="office", zone="UTC", windows=dict.fromkeys(range(5), ((9 * 60, 17 * 60),))
)
OFFICE = {
    "calendar_definition": OFFICE_HOURS,
    "calendar": expand(OFFICE_HOURS, T0 - timedelta(days=1)),
}
"""Monday to Friday, 9 to 17 UTC; `T0` is a Monday at 9."""
QUEUES = {"out_of_hours": OutOfHours.QUEUE}


def hour(state: ItemState) -> datetime:
    assert state.ladder.next_at is not None
    return state.ladder.next_at


def test_nobody_is_reminded_at_midnight_or_on_a_weekend_zammad_4432() -> None:
    state = item_with(
        rung(1, "omar", wait=5 * HOUR, **QUEUES), rung(2, "lena", wait=HOUR, **QUEUES),
        snapshot=OFFICE, repeat=9,
    )  # fmt: skip
    while not state.ladder.exhausted and len(told(state)) < 12:
        due = deadlines.next_deadline(state)
        assert due is not None
        state = deadlines.pass_deadlines(state, due.at)

    moments = [event.at for event in events(state, EventKind.CLIMBED)]
    assert len(moments) == 12
    assert all(at.weekday() < 5 and 9 <= at.hour < 17 for at in moments)


def test_leaving_a_frozen_status_does_not_escalate_at_once_zammad_documentation() -> None:
    waiting = fields("Waiting for customer", StatusCategory.IN_PROGRESS)
    state = passed(item_with(rung(1, "omar"), rung(2, "lena")), 3)
    frozen = status_edit(7, after(3.5), "Open", "Waiting for customer")
    state = observation.take_in(state, observed(frozen, seen=waiting), after(3.5))
    thawed = status_edit(8, after(90), "Waiting for customer", "Open")

    state = passed(observation.take_in(state, observed(thawed), after(90)), 90)

    assert told(state) == [(1, "omar")]
    assert hour(state) == after(90.5)


def test_a_chain_that_waits_for_its_hours_goes_on_when_they_begin_grafana_oncall_1206() -> None:
    saturday = after(5 * 24)
    state = item_with(rung(1, "omar", when=Hours.OUT), rung(2, "lena", **QUEUES), snapshot=OFFICE)
    state = state.model_copy(update={"ladder": LadderState(next_at=saturday)})
    state = deadlines.pass_deadlines(state, saturday)
    state = deadlines.pass_deadlines(state, hour(state))
    assert told(state) == [(1, "omar")]
    assert hour(state) == after(7 * 24)

    state = deadlines.pass_deadlines(state, hour(state))

    assert told(state) == [(1, "omar"), (2, "lena")]


def test_nobody_is_told_after_somebody_acknowledged_grafana_oncall_4654() -> None:
    state = passed(item_with(rung(1, "omar"), rung(2, "lena"), rung(3, "ada")), 3)
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.5)).state

    assert told(passed(state, 4, 5, 6, 7)) == [(1, "omar")]


def test_a_level_may_be_for_working_days_only_grafana_oncall_558() -> None:
    day = rung(1, "omar", when=Hours.WORKING)
    state = item_with(day, rung(2, "lena", when=Hours.OUT), snapshot=OFFICE)

    weekday = deadlines.pass_deadlines(state, after(24 + 5))
    weekend = state.model_copy(update={"ladder": LadderState(next_at=after(5 * 24 + 3))})
    weekend = deadlines.pass_deadlines(weekend, after(5 * 24 + 3))

    assert told(weekday) == [(1, "omar")]
    assert told(weekend) == [(2, "lena")]


def rota(zone: str) -> RotaEntry:
    """Omar from nine to five on weekdays, in his own zone."""
    office = {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["09:00-17:00"]}
    turns = [
        {
            "members": ["omar", "ada"],
            "starts": "2026-03-02",
            "hand_off": "09:00",
            "every_days": 1,
            "open": [office],
        }
    ]
    return RotaEntry.model_validate(
        {"name": "support", "zone": zone, "rotations": turns, "gaps_are_meant": True}
    )


def on_call_level(state: ItemState, zone: str, now: datetime) -> ItemState:
    """Let the deadlines pass and answer who is on call then, as the activity does."""
    directory = Directory(people=PEOPLE, permissions={}, rotas=(rota(zone),))
    state = deadlines.pass_deadlines(state, now)
    while (wanted := ladder.question(state)) is not None:
        found = who_is_on(directory, wanted.level, wanted.written, state.owner, now)
        state = ladder.looked_up(state, found, now)
    return state


def rota_item() -> ItemState:
    level = rung(1, written=("oncall:support",), looked_up=True, **QUEUES)
    return item_with(level, rung(2, "lena"))


def test_the_window_is_the_on_call_persons_local_time_grafana_oncall_5512() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    berlin = on_call_level(rota_item(), "Europe/Berlin", noon)
    tokyo = on_call_level(rota_item(), "Asia/Tokyo", noon)

    assert told(berlin) == [(1, "omar")]
    assert told(tokyo) == []
    assert hour(tokyo) == datetime(2026, 3, 3, 0, tzinfo=UTC)


def test_what_comes_out_of_hours_is_queued_for_the_next_person_on_call_grafana_oncall_4846() -> (
    None
):
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    state = on_call_level(rota_item(), "Europe/Berlin", evening)
    queued = events(state, EventKind.RUNG_QUEUED)
    assert [event.facts["level"] for event in queued] == [1]

    state = on_call_level(state, "Europe/Berlin", hour(state))

    assert told(state) == [(1, "ada")]
    assert state.timeline[-1].at == datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_it_repeats_from_a_level_in_the_middle_grafana_oncall_3760() -> None:
    state = item_with(
        rung(1, "omar"), rung(2, "lena"), rung(3, "ada", repeat_from=2, repeat_times=1)
    )

    assert told(passed(state, 3, 4, 5, 6, 7)) == [
        (1, "omar"), (2, "lena"), (3, "ada"), (2, "lena"), (3, "ada"),
    ]  # fmt: skip


def test_the_next_manager_is_the_second_level_frappe_helpdesk_2051() -> None:
    manager = rung(2, written=("role:lead",))

    assert told(passed(item_with(rung(1, "omar"), manager), 3, 4)) == [(1, "omar"), (2, "lena")]


def test_a_forgotten_conversation_is_told_until_somebody_takes_it_on_chatwoot_6889() -> None:
    state = item_with(rung(1, "omar"), repeat=5)
    for _ in range(6):
        due = deadlines.next_deadline(state)
        assert due is not None
        state = passed(state, 3 + len(told(state)))

    assert len(told(state)) == 6


def test_a_wait_of_five_minutes_is_one_timer_and_no_sweep_keep_4205() -> None:
    state = passed(item_with(rung(1, "omar", wait=300), rung(2, "lena")), 3)

    due = deadlines.next_deadline(state)

    assert due is not None
    assert due.at == after(3) + timedelta(minutes=5)


def test_only_what_nobody_acknowledged_escalates_gitlab() -> None:
    state = passed(item_with(rung(1, "omar"), rung(2, "lena")), 3)

    acknowledged = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.1)).state

    assert told(passed(acknowledged, 4)) == [(1, "omar")]
    assert told(passed(state, 4)) == [(1, "omar"), (2, "lena")]


def test_each_rule_escalates_once_for_one_alert_gitlab() -> None:
    state = passed(item_with(rung(1, "omar"), rung(2, "lena")), 3, 3, 3.5, 4, 4, 4.5, 5, 6, 20)

    assert told(state) == [(1, "omar"), (2, "lena")]


def test_what_is_triggered_again_starts_over_at_the_first_level_gitlab() -> None:
    state = passed(item_with(rung(1, "omar"), rung(2, "lena")), 3, 4)
    state = observation.take_in(state, observed(agent_comment(5, after(4.5))), after(4.5))
    assert state.ladder == LadderState()
    state = observation.take_in(state, observed(customer_comment(9, after(5))), after(5))

    state = passed(state, 8)

    assert told(state)[-1] == (1, "omar")


def test_late_is_late_by_no_sweep_the_step_comes_at_its_very_second_gitlab() -> None:
    state = item_with(rung(1, "omar", wait=61))
    first = deadlines.next_deadline(state)
    assert first is not None
    assert first.at == after(3)
    state = deadlines.pass_deadlines(state, first.at)

    assert hour(state) == after(3) + timedelta(seconds=61)


def test_acknowledging_and_lapsing_follow_the_pinned_ladder_and_not_todays_grafana_oncall() -> None:
    """There, an un-acknowledge rebuilds the chain from the policy as it is then."""
    state = passed(item_with(rung(1, "omar"), rung(2, "lena")), 3)
    before = state.snapshot
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.5)).state

    state = passed(state, 7.5)

    assert state.snapshot == before
    assert told(state) == [(1, "omar"), (2, "lena")]
