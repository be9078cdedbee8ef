"""An item's clocks read back from its recorded events, when no run of it remains.

The hours are expanded anew from the recorded definition, which needs time-zone data, so this is
for readers and activities and not for workflow code.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar, ClockName, ClockRun
from models.events import Event, EventKind
from models.explanation import ClockFacts, Explanation
from models.messages import Timeline
from policies import clocks, second_verdicts
from policies.business_time import always_open, expand
from policies.explanation import BREACH, explain

_MARGIN = timedelta(days=60)
"""A due time of a stopped clock may lie some way after its end."""
_TELL_HOURS = (EventKind.TRIAGED, EventKind.CLOCK_RETARGETED, EventKind.POLICY_MIGRATED)


def explain_recalled(recalled: Timeline, now: datetime) -> Explanation:
    """Every clock of the recorded events, as it stood at its end or stands at `now`."""
    return explain(facts_of(recalled, now), now).model_copy(update={"recalled": True})


def facts_of(recalled: Timeline, now: datetime) -> ClockFacts:
    """What an explanation is computed from. Items recorded before hours were have no clocks."""
    definitions = _definitions(recalled.events)
    if not definitions:
        return ClockFacts(issue_key=recalled.issue_key)
    runs = runs_of(recalled.events)
    begins = min((run.started_at for run in runs), default=now) - timedelta(days=1)
    scales = (event.facts.get("clock_scale") for event in recalled.events)
    scale = next((float(one) for one in scales if isinstance(one, int | float)), 1.0)
    shares = {share for run in runs for share in run.warned}
    return ClockFacts(
        issue_key=recalled.issue_key,
        runs=runs,
        calendars=tuple(_expanded(one, begins, now, scale) for one in definitions),
        definitions=definitions,
        shares=tuple(sorted({*shares, BREACH})),
        clock_scale=scale,
    )


def runs_of(events: Iterable[Event]) -> tuple[ClockRun, ...]:
    """Every cycle, from the recorded moves of the clocks, in the order in which they began."""
    runs: list[ClockRun] = []
    calendar = ""
    for event in events:
        if (definition := _definition(event)) is not None:
            calendar = definition.name
        if event.kind is EventKind.CLOCK_STARTED:
            runs.append(_started(event, calendar))
        if event.kind is EventKind.POLICY_MIGRATED:
            move = _policy_move(event, calendar)
            runs = [second_verdicts.moved(run, move) for run in runs]
        for name in _names(event):
            place = next((i for i in reversed(range(len(runs))) if runs[i].name == name), None)
            if place is not None:
                runs[place] = _moved(runs[place], event, calendar)
    return tuple(runs)


def _started(event: Event, calendar: str) -> ClockRun:
    facts = event.facts
    name, target, cycle = (
        ClockName(str(facts["clock"])),
        _int(event, "target"),
        _int(event, "cycle"),
    )
    return clocks.start(name, target, event.at, cycle).model_copy(update={"calendar": calendar})


def _policy_move(event: Event, calendar: str) -> second_verdicts.Move:
    facts = event.facts
    return second_verdicts.Move(
        at=event.at,
        version_before=str(facts["version_before"]),
        version=str(facts["version"]),
        calendar_before=calendar,
        calendar=calendar,
        targets=second_verdicts.targets_read(str(facts["targets_after"])),
    )


def _names(event: Event) -> list[str]:
    if event.kind is EventKind.CLOCK_STARTED:
        return []
    named = event.facts.get("clocks") or event.facts.get("clock") or ""
    return str(named).split()


def _moved(run: ClockRun, event: Event, calendar: str) -> ClockRun:
    at, why = max(event.at, run.started_at), str(event.facts.get("why") or "")
    match event.kind:
        case EventKind.CLOCK_PAUSED:
            return clocks.pause(run, at, why)
        case EventKind.CLOCK_RESUMED if event.facts.get("goes_on"):
            return second_verdicts.go_on(run, at)
        case EventKind.CLOCK_RESUMED:
            return clocks.resume(run, at)
        case EventKind.CLOCK_MET:
            return clocks.stop(run, at)
        case EventKind.CLOCK_CANCELLED:
            return clocks.cancel(run, at)
        case EventKind.CLOCK_RETARGETED:
            return clocks.retarget(run, _int(event, "target"), at, why, calendar)
        case EventKind.CLOCK_WARNED | EventKind.CLOCK_BREACHED:
            shares = str(event.facts.get("shares") or event.facts.get("percent") or "").split()
            warned = {*run.warned, *(int(share) for share in shares)}
            return run.model_copy(update={"warned": tuple(sorted(warned))})
        case _:
            return run


def _definitions(events: Iterable[Event]) -> tuple[CalendarDefinition, ...]:
    """The newest one of each name; a life that began later has the holidays of later years."""
    found = [one for event in events if (one := _definition(event)) is not None]
    return tuple({one.name: one for one in found}.values())


def _definition(event: Event) -> CalendarDefinition | None:
    written = event.facts.get("calendar")
    if event.kind not in _TELL_HOURS:
        return None
    return CalendarDefinition.model_validate_json(written) if isinstance(written, str) else None


def _expanded(
    definition: CalendarDefinition, begins: datetime, now: datetime, scale: float
) -> BusinessCalendar:
    days = (max(now, begins) + _MARGIN - begins).days + 1
    calendar = expand(definition, begins, days) if scale == 1 else always_open(begins, days)
    return calendar.model_copy(update={"name": definition.name})


def _int(event: Event, fact: str) -> int:
    value = event.facts[fact]
    if not isinstance(value, int):
        raise ValueError(f"event {event.sequence} has no whole number as {fact}")
    return value
