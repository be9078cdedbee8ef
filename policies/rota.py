"""Who is on call: rotations with hand-offs on the local clock, and dated overrides.

It reads time-zone data, so it belongs in activities and in checks, never in workflow code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.calendar import CalendarDefinition
from policies.business_time import expand, is_open
from policies.calendar_choice import weekly_windows
from policies.documents.rotas import OverrideEntry, RotaEntry, RotationEntry

DAYS_LOOKED_AHEAD = 100
"""Longer than the longest turn, so that the next change of people is found."""
DAYS_OF_HOURS = 8
"""Staffed hours repeat every week, so a little more than one of it shows every change."""


@dataclass(frozen=True)
class OnCall:
    """Who is on call at one moment, in the order of the rotations.

    `changes_at` is when other people will be (somebody again, where nobody is now), None when that
    is not in sight.
    """

    people: tuple[str, ...]
    changes_at: datetime | None = None


def on_call(rota: RotaEntry, at: datetime) -> OnCall:
    """Who is on call at `at`, and when that changes. Raises `ZoneInfoNotFoundError`."""
    people = _people_at(rota, at)
    for moment in sorted(set(_boundaries(rota, at))):
        if _people_at(rota, moment) != people:
            return OnCall(people, changes_at=moment)
    return OnCall(people)


def _people_at(rota: RotaEntry, at: datetime) -> tuple[str, ...]:
    zone = ZoneInfo(rota.zone)
    for override in reversed(rota.overrides):
        began, ended = _span(override, zone)
        if began <= at < ended:
            return tuple(dict.fromkeys(override.people))
    turns = (_member(rotation, zone, at) for rotation in rota.rotations)
    return tuple(dict.fromkeys(member for member in turns if member is not None))


def _member(rotation: RotationEntry, zone: ZoneInfo, at: datetime) -> str | None:
    """Whose turn it is; None before the first hand-off and outside the staffed hours."""
    today = at.astimezone(zone).date()
    if at < _hand_off(rotation, zone, today):
        today -= timedelta(days=1)
    turn = (today - rotation.starts).days // rotation.every_days
    if turn < 0 or not _staffed(rotation, zone, at):
        return None
    return rotation.members[turn % len(rotation.members)]


def _staffed(rotation: RotationEntry, zone: ZoneInfo, at: datetime) -> bool:
    if not rotation.open:
        return True
    return is_open(expand(_hours(rotation, zone), at - timedelta(days=1), 2), at)


def _hours(rotation: RotationEntry, zone: ZoneInfo) -> CalendarDefinition:
    return CalendarDefinition(name="rota", zone=zone.key, windows=weekly_windows(rotation.open))


def _hand_off(rotation: RotationEntry, zone: ZoneInfo, day: date) -> datetime:
    local = datetime.combine(day, time.fromisoformat(rotation.hand_off), zone)
    return local.astimezone(UTC)


def _span(override: OverrideEntry, zone: ZoneInfo) -> tuple[datetime, datetime]:
    began, ended = (
        moment.replace(tzinfo=zone).astimezone(UTC) for moment in (override.begins, override.ends)
    )
    return began, ended


def _boundaries(rota: RotaEntry, at: datetime) -> Iterator[datetime]:
    """Every moment after `at` at which other people may be on call."""
    zone = ZoneInfo(rota.zone)
    for rotation in rota.rotations:
        for moment in (*_turns(rotation, zone, at), *_openings(rotation, zone, at)):
            if moment > at:
                yield moment
    for override in rota.overrides:
        for moment in _span(override, zone):
            if moment > at:
                yield moment


def _turns(rotation: RotationEntry, zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    today = at.astimezone(zone).date()
    for ahead in range(-1, DAYS_LOOKED_AHEAD):
        day = today + timedelta(days=ahead)
        days = (day - rotation.starts).days
        if days >= 0 and days % rotation.every_days == 0:
            yield _hand_off(rotation, zone, day)


def _openings(rotation: RotationEntry, zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    if rotation.open:
        hours = expand(_hours(rotation, zone), at - timedelta(days=1), DAYS_OF_HOURS + 1)
        for interval in hours.intervals:
            for moment in interval:
                yield datetime.fromtimestamp(moment, UTC)
