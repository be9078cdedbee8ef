"""Why every clock shows what it shows: a pure function of its facts and the pinned hours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar, ClockRun, Measure
from models.explanation import (
    ClockExplanation,
    ClockFacts,
    Explanation,
    Interval,
    IntervalKind,
    OtherVerdict,
    Share,
    Verdict,
)
from policies import clocks
from policies.business_time import CalendarExhausted, seconds_between
from policies.closed_time import reason
from policies.explanation_lines import lines_of

BREACH = 100
NEVER_CLOSES = "a calendar that never closes, since clocks run faster here"
Named = TypeVar("Named", BusinessCalendar, CalendarDefinition)


def explain(facts: ClockFacts, now: datetime) -> Explanation:
    """Every cycle as it stands at `now`. Raises `CalendarExhausted` beyond the pinned calendars."""
    return Explanation(
        issue_key=facts.issue_key,
        at=now,
        clocks=tuple(explain_run(run, facts, now) for run in facts.runs),
        clock_scale=facts.clock_scale,
    )


def explain_run(run: ClockRun, facts: ClockFacts, now: datetime) -> ClockExplanation:
    """One cycle, with the lines that say it. Raises `CalendarExhausted`."""
    calendar = _by_name(facts.calendars, run.calendar)
    definition = _by_name(facts.definitions, run.calendar)
    until = max(run.stopped_at or now, run.started_at)
    reading = clocks.read(run, calendar, until)
    zone = ZoneInfo(definition.zone)
    told = ClockExplanation(
        name=run.name,
        cycle=run.cycle,
        verdict=verdict_of(run, reading.elapsed),
        target=run.target,
        calendar=definition.name if facts.clock_scale == 1 else NEVER_CLOSES,
        zone=definition.zone,
        started_at=run.started_at,
        looked_at=until,
        wall=int((until - run.started_at).total_seconds()),
        reading=reading,
        intervals=tuple(_intervals(run, calendar, definition, until, zone)),
        shares=_shares(run, calendar, facts.shares),
        lines=(),
        policy=run.policy,
        others=tuple(_other(run, one, facts, until) for one in run.measures),
    )
    return told.model_copy(update={"lines": lines_of(told, run, zone)})


def verdict_of(run: ClockRun, elapsed: int) -> Verdict:
    """How the cycle stands or ended, having counted so many business seconds.

    In the very second in which the target is used up the promise is broken, like the timer says.
    """
    if run.cancelled:
        return Verdict.CANCELLED
    if run.stopped_at is not None:
        return Verdict.MET_LATE if elapsed >= run.target else Verdict.MET
    if elapsed >= run.target:
        return Verdict.OVERDUE
    return Verdict.PAUSED if run.paused else Verdict.RUNNING


def _other(run: ClockRun, measure: Measure, facts: ClockFacts, until: datetime) -> OtherVerdict:
    """The same facts by another policy, until its calendar ends or else of when it was replaced."""
    measured = run.model_copy(update={"target": measure.target})
    calendar = _by_name(facts.calendars, measure.calendar)
    try:
        elapsed = clocks.elapsed_at(measured, calendar, until)
    except CalendarExhausted:
        until = measure.at
        elapsed = clocks.elapsed_at(measured, calendar, until)
    return OtherVerdict(
        version=measure.version,
        verdict=verdict_of(measured, elapsed),
        target=measure.target,
        elapsed=elapsed,
        judged_until=measure.at if measure.judged else None,
        known_at=until,
    )


def _by_name(known: tuple[Named, ...], name: str) -> Named:
    """The first one is the item's own; runs of before calendars had names mean that one."""
    return next((one for one in known if one.name == name), known[0])


def _shares(
    run: ClockRun, calendar: BusinessCalendar, percents: tuple[int, ...]
) -> tuple[Share, ...]:
    shares = []
    for percent in percents:
        try:
            at = clocks.reached_at(run, calendar, percent)
        except CalendarExhausted:
            at = None
        shares.append(Share(percent=percent, at=at, announced=percent in run.warned))
    return tuple(shares)


def _intervals(
    run: ClockRun,
    calendar: BusinessCalendar,
    definition: CalendarDefinition,
    until: datetime,
    zone: ZoneInfo,
) -> Iterator[Interval]:
    """The cycle's time from its start to `until`, without gaps, in order."""
    since = run.started_at
    for pause in run.pauses:
        if pause.began_at >= until:
            break
        yield from _open_and_closed(calendar, definition, since, pause.began_at, zone)
        ended = min(pause.ended_at or until, until)
        if ended > pause.began_at:
            working = seconds_between(calendar, pause.began_at, ended)
            yield _interval(pause.began_at, ended, IntervalKind.PAUSED, pause.why, working)
        since = ended
    yield from _open_and_closed(calendar, definition, since, until, zone)


def _open_and_closed(
    calendar: BusinessCalendar,
    definition: CalendarDefinition,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
) -> Iterator[Interval]:
    """A time without pauses, cut where the calendar opens and closes."""
    at, end = int(since.timestamp()), int(until.timestamp())
    index = max(0, bisect_right(calendar.intervals, (at, calendar.covers_until)) - 1)
    while at < end:
        while index < len(calendar.intervals) and calendar.intervals[index][1] <= at:
            index += 1
        last = index >= len(calendar.intervals)
        opens, closes = (end, end) if last else calendar.intervals[index]
        if opens > at:
            closed_until = min(opens, end)
            before = calendar.intervals[index - 1][1] if index else at
            kind, why = reason(definition, max(before, calendar.covers_from), opens, zone)
            yield _interval(_moment(at), _moment(closed_until), kind, why, 0)
            at = closed_until
            continue
        counted_until = min(closes, end)
        working = counted_until - at
        yield _interval(_moment(at), _moment(counted_until), IntervalKind.COUNTED, "", working)
        at = counted_until


def _interval(
    began: datetime, ended: datetime, kind: IntervalKind, why: str, working: int
) -> Interval:
    wall = int(ended.timestamp()) - int(began.timestamp())
    return Interval(began_at=began, ended_at=ended, kind=kind, why=why, working=working, wall=wall)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
