"""An item that is moved to another policy: a second verdict beside the first, never instead."""

from __future__ import annotations

import pytest

from models.clocks import ClockName
from models.events import EventKind
from models.explanation import Verdict
from models.item_state import ItemState
from models.lifecycle import Severity
from models.messages import MigratePolicy
from models.people import Act
from models.policy import PolicySnapshot
from policies import second_verdicts
from policies.business_time import expand
from policies.clock_record import runs_of
from policies.explanation import explain
from policies.lifecycle import deadlines, migrating, observation, receiving, record
from policies.lifecycle.changed_rules import expanded
from policies.lifecycle.clock_notes import clock_facts, verdict_lines
from policies.lifecycle.stages import clock
from tests.policies.lifecycle.test_clock_complaints import OFFICE, corrected, paused_from
from tests.samples import (
    HOUR,
    T0,
    actor,
    after,
    agent_comment,
    empty_state,
    observed,
    received,
    snapshot,
)

NEW_VERSION = "f" * 64
SAID = MigratePolicy(actor=actor("lena"), reason="The contract changed.")


def new_item() -> ItemState:
    return receiving.receive(empty_state(), received(), T0)


def edited(hours: float = 2.0, **changed: object) -> PolicySnapshot:
    """The policy of samples after somebody edited it: other hours for every promise of S3."""
    pinned = snapshot().model_copy(update={"version": NEW_VERSION, **changed})
    shorter = {name: round(hours * HOUR) for name in pinned.rules[Severity.S3].targets}
    rules = {
        severity: one.model_copy(update={"targets": shorter})
        for severity, one in pinned.rules.items()
    }
    return pinned.model_copy(update={"rules": rules})


def migrated(state: ItemState, hour: float, policy: PolicySnapshot | None = None) -> ItemState:
    acted = migrating.migrate(state, SAID, policy or edited(), after(hour))
    assert acted.refusal is None
    return acted.state


def answered(state: ItemState, hour: float) -> ItemState:
    return observation.take_in(state, observed(agent_comment(3, after(hour))), after(hour))


def lines(state: ItemState, hour: float) -> list[tuple[str, ...]]:
    return [one.lines for one in explain(clock_facts(state), after(hour)).clocks]


def test_existing_verdicts_are_not_destroyed_when_the_policy_is_changed_jsm() -> None:
    """JSM and ServiceNow's repair write the recorded verdict over; here it stands."""
    state = answered(new_item(), 3)
    before = explain(clock_facts(state), after(5)).clocks[0]

    state = migrated(state, 5)
    told = explain(clock_facts(state), after(6)).clocks[0]

    assert before.verdict is told.verdict is Verdict.MET
    assert (told.target, told.reading, told.intervals) == (
        before.target,
        before.reading,
        before.intervals,
    )


def test_the_second_verdict_stands_below_the_first() -> None:
    state = migrated(answered(new_item(), 3), 5)

    first, second = lines(state, 6)[0][-2:]

    assert "kept in time" in first
    assert "under policy 00000000" in first
    assert second == (
        "Under policy ffffffff, looked at again afterwards: late by 1 h 00 min; used 3 h 00 min "
        "of 2 h 00 min of working time."
    )


def test_a_running_clock_keeps_its_start_and_its_pauses_and_has_the_new_target() -> None:
    state = migrated(paused_from(new_item(), 1, until=3), 3.5)

    run = clock(state, ClockName.FIRST_RESPONSE)

    assert run is not None
    assert (run.started_at, run.target, len(run.pauses)) == (T0, 2 * HOUR, 1)
    assert deadlines.next_deadline(state).at == after(3.5)  # type: ignore[union-attr] # it has one: 75 % of 2 h with 2 h of pause


def test_a_running_clock_also_shows_its_verdict_under_the_policy_that_judged_it() -> None:
    state = migrated(new_item(), 1)

    verdict, other = lines(state, 3)[0][-2:]

    assert "overdue by 1 h 00 min, under policy ffffffff" in verdict
    assert "Under policy 00000000, which judged it until Mon 02 Mar 2026 10:00: in time" in other


def test_what_came_late_by_the_move_alone_is_announced_once_and_as_such() -> None:
    state = deadlines.pass_deadlines(migrated(new_item(), 3), after(3))

    breaches = [e for e in state.timeline if e.kind is EventKind.CLOCK_BREACHED]

    assert [e.facts["retroactive"] for e in breaches] == [True, True]
    assert "policy 00000000 → ffffffff" in breaches[0].summary


def test_moving_twice_keeps_every_verdict() -> None:
    third = edited(1).model_copy(update={"version": "e" * 64})

    state = migrated(migrated(answered(new_item(), 3), 4), 5, third)

    assert [one.version[0] for one in state.clocks[0].measures] == ["f", "e"]
    assert state.clocks[0].target == 4 * HOUR


def test_a_stopped_cycle_is_looked_at_again_by_the_severity_that_it_was_judged_by() -> None:
    policy = edited()
    rules = dict(policy.rules)
    rules[Severity.S1] = snapshot().rules[Severity.S1]
    state = corrected(answered(new_item(), 1), 2, Severity.S1)

    state = migrated(state, 3, policy.model_copy(update={"rules": rules}))

    assert state.clocks[0].measures[0].target == 2 * HOUR


def test_edited_hours_of_the_same_name_do_not_move_an_old_verdict_freeitsm() -> None:
    """freeitsm: history moves when the calendar is edited. Here each verdict keeps its hours."""
    office = {
        "calendar_definition": OFFICE,
        "calendar": expand(OFFICE, after(-24)),
    }
    state = new_item()
    state = state.model_copy(update={"snapshot": snapshot().model_copy(update=office)})
    runs = tuple(run.model_copy(update={"calendar": OFFICE.name}) for run in state.clocks)
    state = answered(state.model_copy(update={"clocks": runs}), 30)
    before = explain(clock_facts(state), after(31)).clocks[0]

    always = OFFICE.model_copy(update={"windows": dict.fromkeys(range(7), ((0, 1440),))})
    policy = edited(4, calendar_definition=always, calendar=expand(always, after(-24)))
    state = migrated(state, 31, policy)
    told = explain(clock_facts(state), after(32)).clocks[0]

    assert told.reading.elapsed == before.reading.elapsed
    assert told.others[0].elapsed == 30 * HOUR
    assert told.intervals == before.intervals


def test_a_cycle_that_goes_on_after_the_move_goes_on_under_the_new_policy() -> None:
    run = migrated(answered(new_item(), 1), 2).clocks[0]

    again = second_verdicts.go_on(run, after(3))

    assert (again.target, again.policy, again.measures[0].judged) == (2 * HOUR, NEW_VERSION, True)


def test_a_ladder_of_the_same_name_goes_on_where_it_is() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3.5))

    assert state.ladder.level == 1
    assert migrated(state, 3.6).ladder == state.ladder


def test_another_ladder_begins_at_its_foot() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3.5))
    policy = edited()
    rules = {
        severity: one.model_copy(
            update={"ladder": one.ladder.model_copy(update={"name": "urgent"})}
        )
        for severity, one in policy.rules.items()
    }

    state = migrated(state, 3.6, policy.model_copy(update={"rules": rules}))

    assert (state.ladder.level, state.ladder.next_at) == (0, None)


def test_the_move_is_one_event_that_says_who_why_and_both_versions() -> None:
    before = new_item()
    state = migrated(before, 1)

    (event,) = state.timeline[len(before.timeline) :]

    assert (event.kind, event.person) == (EventKind.POLICY_MIGRATED, "lena")
    assert event.facts["reason"] == "The contract changed."
    assert (event.facts["version_before"], event.facts["version"]) == ("0" * 64, NEW_VERSION)
    assert event.facts["targets_before"] == "first_response/1=14400 resolution/1=86400"
    assert event.facts["targets_after"] == "first_response/1=7200 resolution/1=7200"


def test_what_happened_before_the_move_is_recorded_under_the_policy_of_before() -> None:
    state = migrated(new_item(), 1)

    versions = [record.version_of(state, event) for event in state.unrecorded]

    assert versions == ["0" * 64] * (len(versions) - 1) + [NEW_VERSION]


def test_the_recorded_events_give_back_both_verdicts() -> None:
    state = migrated(answered(new_item(), 3), 5)

    again = runs_of(state.timeline)

    assert [(one.target, one.policy) for one in again] == [
        (one.target, one.policy) for one in state.clocks
    ]
    assert [[m.target for m in one.measures] for one in again] == [
        [m.target for m in one.measures] for one in state.clocks
    ]


def test_a_decision_quotes_both_verdicts() -> None:
    told = verdict_lines(migrated(answered(new_item(), 3), 5), after(6))

    assert len(told) == 2
    assert told[1].startswith("Under policy ffffffff")


def test_the_policy_that_is_in_force_already_is_refused_and_that_is_kept() -> None:
    acted = migrating.migrate(new_item(), SAID, snapshot(), after(1))

    assert acted.refusal is not None
    assert acted.refusal.type == "AlreadyInForce"
    assert acted.state.timeline[-1].kind is EventKind.ACT_REFUSED


@pytest.mark.parametrize("person", ["ada", "nobody"])
def test_somebody_who_may_not_move_an_item_is_refused_and_that_is_kept(person: str) -> None:
    message = MigratePolicy(actor=actor(person), reason="Please.")

    acted = migrating.may_begin(new_item(), message, after(1))

    assert acted.refusal is not None
    assert acted.refusal.type == "NotEntitled"
    assert acted.state.timeline[-1].facts["act"] == Act.MIGRATE


def test_a_late_calendar_of_the_old_policy_does_not_replace_the_new_one() -> None:
    named = {"calendar_definition": OFFICE, "calendar": expand(OFFICE, after(-24))}
    state = migrated(new_item(), 1, edited(**named))

    assert expanded(state, snapshot().calendar, after(2)) == state
