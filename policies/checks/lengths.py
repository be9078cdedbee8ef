"""Durations that reach further than an item's calendar surely covers are refused when loading.

A calendar is pinned with 200 days ahead and expanded again long before they are over. What is
promised or waited for must end well within that, pauses included, so it may be at most 90 days on
the wall clock, and in working time at most what a calendar is open in 90 days without holidays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.calendar import CalendarDefinition
from models.clocks import ClockName
from policies.business_time import expand
from policies.calendar_choice import weekly_windows
from policies.checks.findings import Problems
from policies.documents.approval import ApprovalDocument
from policies.documents.calendars import CalendarEntry, CalendarsDocument
from policies.documents.escalation import EscalationDocument
from policies.documents.sla import SlaDocument
from policies.durations import WALL_DAY, seconds_in
from policies.problems import PathPart
from policies.yaml_source import Source

LONGEST_DAYS = 90
"""Nothing that is promised or waited for lasts longer on the wall clock, holidays left out."""

_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bounds:
    """How long durations may be. `calendars` holds name, seconds a day, and seconds in 90 days."""

    calendars: tuple[tuple[str, int, int], ...]

    def check(
        self, source: Source, path: Sequence[PathPart], written: str, *, business: bool
    ) -> Problems:
        """The problem with one duration, if it is too long in any calendar that may count it."""
        if not business:
            if seconds_in(written) > LONGEST_DAYS * WALL_DAY:
                what = f"is longer than {LONGEST_DAYS} days"
                remedy = f"write at most {LONGEST_DAYS}d"
                yield source.problem(path, what, got=written, remedy=remedy)
            return
        for name, day, longest in self.calendars:
            if seconds_in(written, day) > longest:
                what = f"is more than calendar {name} is open in {LONGEST_DAYS} days"
                remedy = f"write at most {longest // day}d"
                yield source.problem(path, what, got=written, remedy=remedy)
                return


def bounds_of(calendars: CalendarsDocument | None) -> Bounds:
    """What the written calendars allow; without any, only the wall clock bounds a duration."""
    return Bounds(
        tuple(
            (entry.name, seconds_in(entry.a_day_is), _open_seconds(entry))
            for entry in (calendars.calendars if calendars else ())
        )
    )


def long_targets(source: Source, document: SlaDocument, bounds: Bounds) -> Problems:
    """Targets that no calendar covers; they count in working time."""
    for index, rule in enumerate(document.targets):
        for clock, written in rule.written_targets().items():
            path = ("targets", index, clock.value)
            yield from bounds.check(source, path, written, business=True)


def long_waits(source: Source, document: EscalationDocument, bounds: Bounds) -> Problems:
    """Rungs that wait longer than can be told."""
    for index, ladder in enumerate(document.ladders):
        for level, rung in enumerate(ladder.rungs):
            path = ("ladders", index, "rungs", level, "wait")
            yield from bounds.check(source, path, rung.wait, business=rung.business)


def slow_ladders(
    source: Source, document: EscalationDocument, sla: SlaDocument, bounds: Bounds
) -> Problems:
    """Ladders whose last level is told only after a whole resolution target has passed.

    A day counts as what each calendar says, also where a wait is in wall-clock time, and only what
    is too slow in every calendar is told.
    """
    for index, ladder in enumerate(document.ladders):
        waits = [rung.wait for rung in ladder.rungs[:-1]]
        if any(seconds_in(one) > LONGEST_DAYS * WALL_DAY for one in waits):
            continue  # told already
        for rule in sla.targets:
            guarded = [one for one in ladder.severity if one in (rule.severity or ladder.severity)]
            target = rule.written_targets().get(ClockName.RESOLUTION)
            days = [day for _, day, _ in bounds.calendars]
            if not guarded or target is None or not days:
                continue
            if all(sum(seconds_in(one, d) for one in waits) > seconds_in(target, d) for d in days):
                what = f"take longer than the {target} that '{rule.name}' gives for the resolution"
                remedy = "shorten the waits, or take a level out"
                path = ("ladders", index, "rungs")
                yield source.problem(path, what, remedy=remedy, of_key=True)
                break


def long_expiries(source: Source, document: ApprovalDocument, bounds: Bounds) -> Problems:
    """Requests that stay open longer than can be told."""
    for index, rule in enumerate(document.rules):
        path = ("rules", index, "expires_after")
        yield from bounds.check(source, path, rule.expires_after, business=rule.business)


def _open_seconds(entry: CalendarEntry) -> int:
    hours = CalendarDefinition(name=entry.name, zone="UTC", windows=weekly_windows(entry.open))
    opened = expand(hours, _A_MONDAY, LONGEST_DAYS).intervals
    return sum(closes - opens for opens, closes in opened)
