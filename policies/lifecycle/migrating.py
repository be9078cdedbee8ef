"""A running item is moved to the policy now in force: a second verdict, never instead of the first.

A policy that is edited reaches no item by itself. Where somebody moves one, its running clocks are
judged by the new rules from their original start, and every verdict of before is kept beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.calendar import CalendarDefinition
from models.clocks import ClockRun
from models.events import EventKind
from models.failures import ALREADY_IN_FORCE
from models.item_state import ItemState
from models.lifecycle import Severity
from models.messages import MigratePolicy
from models.people import Act
from models.policy import PolicySnapshot
from policies.explanation_lines import short
from policies.lifecycle import acts, record, words
from policies.lifecycle.acts import Acted
from policies.lifecycle.changed_rules import calendar_is_stale, forget_unreached_shares
from policies.lifecycle.ladder import begin_anew_if_other
from policies.lifecycle.running_clocks import pinned
from policies.lifecycle.stages import ladder_rules
from policies.second_verdicts import Cycle, Move, moved, targets_written


def may_begin(state: ItemState, message: MigratePolicy, now: datetime) -> Acted:
    """Whether this person may move the item, before its new rules are looked up."""
    refused = acts.may_now(state, message, Act.MIGRATE, now) or acts.too_late(
        state, message.actor, Act.MIGRATE, now
    )
    return refused or Acted(state, "")


def ready(state: ItemState) -> bool:
    """Nothing is under way that has yet to be done by the rules of before."""
    started = all(action.started for action in state.actions)
    return started and state.snapshot is not None and not calendar_is_stale(state.snapshot)


def migrate(
    state: ItemState, message: MigratePolicy, found: PolicySnapshot, now: datetime
) -> Acted:
    """The item under the rules that were found in force. `may_begin` has said yes before."""
    actor, before = message.actor, pinned(state)
    refused = acts.too_late(state, actor, Act.MIGRATE, now)
    if refused:
        return refused
    if found.version == before.version:
        return acts.refuse(state, actor, Act.MIGRATE, ALREADY_IN_FORCE, now)
    after, ladder_before = _kept_beside(before, found), ladder_rules(state)
    move = Move(
        at=now,
        version_before=before.version,
        version=after.version,
        calendar_before=before.calendar.name,
        calendar=after.calendar.name,
        targets=_targets(state, after),
    )
    promised = {
        (run.name, run.cycle): run.target
        for run in state.clocks
        if (run.name, run.cycle) in move.targets
    }
    runs = tuple(moved(run, move) for run in state.clocks)
    state = state.model_copy(update={"snapshot": after, "clocks": runs})
    state = forget_unreached_shares(begin_anew_if_other(state, ladder_before), now)
    ladder = ladder_rules(state)
    names = (ladder_before.name if ladder_before else "none", ladder.name if ladder else "none")
    what = f"policy {short(before.version)} → {short(after.version)}"
    state = record.happened(
        state,
        EventKind.POLICY_MIGRATED,
        now,
        f"{actor.person} moved the item to the policy in force: {what}.",
        actor=actor,
        reason=message.reason,
        version_before=before.version,
        version=after.version,
        targets_before=targets_written(promised),
        targets_after=targets_written(move.targets),
        ladder_before=names[0],
        ladder_after=names[1],
        calendar=after.calendar_definition.model_dump_json(),
    )
    state = record.say(state, words.migrated_note(actor.person, what, message.reason, *names))
    return Acted(state, f"Moved: {what}. What was judged before stays as it was judged.")


def _targets(state: ItemState, after: PolicySnapshot) -> Mapping[Cycle, int]:
    """What the new rules promise for each cycle, by the severity under which it was judged."""
    promised = {}
    for run in state.clocks:
        severity = _severity_of(state, run)
        target = after.rules[severity].targets.get(run.name)
        if target is not None:
            promised[run.name, run.cycle] = target
    return promised


def _severity_of(state: ItemState, run: ClockRun) -> Severity:
    """The item's severity when this cycle stopped, or the present one while it runs."""
    present = state.severity or Severity.S3
    if run.stopped_at is None:
        return present
    corrections = (
        str(event.facts["severity_before"])
        for event in state.timeline
        if event.facts.get("severity_before") and event.at > run.stopped_at
    )
    return Severity(next(corrections, present))


def _kept_beside(before: PolicySnapshot, found: PolicySnapshot) -> PolicySnapshot:
    """The new rules, with the hours of before, which the verdicts of before were counted in."""
    known = {
        one.name: one
        for one in (
            *before.earlier_definitions,
            *before.other_calendars,
            before.calendar_definition,
        )
    }
    after = _told_apart(found, known)
    new = {one.name for one in (after.calendar_definition, *after.other_calendars)}
    calendars = {one.name: one for one in (*before.earlier_calendars, before.calendar)}
    calendars.pop(after.calendar.name, None)
    return after.model_copy(
        update={
            "earlier_calendars": tuple(calendars.values()),
            "earlier_definitions": tuple(one for one in known.values() if one.name not in new),
        }
    )


def _told_apart(found: PolicySnapshot, known: Mapping[str, CalendarDefinition]) -> PolicySnapshot:
    """Edited hours of an old name get a name of their own: verdicts find their hours by name."""

    def name(definition: CalendarDefinition) -> str:
        same = known.get(definition.name, definition) == definition
        return definition.name if same else f"{definition.name}, policy {short(found.version)}"

    own, others = found.calendar_definition, found.other_calendars
    names = {one.name: name(one) for one in (*others, own)}
    calendar = found.calendar
    return found.model_copy(
        update={
            "calendar_definition": own.model_copy(update={"name": names[own.name]}),
            "calendar": calendar.model_copy(
                update={"name": names.get(calendar.name, calendar.name)}
            ),
            "other_calendars": tuple(
                one.model_copy(update={"name": names[one.name]}) for one in others
            ),
            "by_category": tuple(
                one.model_copy(update={"calendar": names.get(one.calendar, one.calendar)})
                for one in found.by_category
            ),
        }
    )
