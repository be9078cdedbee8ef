"""The shape of calendars.yaml: when work is done."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from policies.documents.base import CUSTOMER, TEAM, Document, Identifier, Name
from policies.durations import Duration

_HOURS = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])")
MINUTES_A_DAY = 24 * 60


def window_minutes(hours: str) -> tuple[int, int]:
    """`09:00-17:30` as minutes of the local day; an end at or before the start is next morning."""
    match = _HOURS.fullmatch(hours)
    if match is None:
        raise ValueError("write opening hours such as 09:00-17:30")
    first_hour, first_minute, last_hour, last_minute = (int(part) for part in match.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise ValueError("the day ends at 24:00 and no window starts there")
    return start, end


def _real_hours(hours: str) -> str:
    window_minutes(hours)
    return hours


@lru_cache
def known_zones() -> frozenset[str]:
    """Every IANA time zone that can be used."""
    return frozenset(available_timezones())


def _real_zone(zone: str) -> str:
    if zone not in known_zones():
        raise ValueError("is not a time zone such as Europe/Berlin")
    return zone


def _real_zone_or_customers(zone: str) -> str:
    return zone if zone in (CUSTOMER, TEAM) else _real_zone(zone)


Hours = Annotated[str, AfterValidator(_real_hours)]
Zone = Annotated[str, AfterValidator(_real_zone)]
ZoneOrCustomers = Annotated[str, AfterValidator(_real_zone_or_customers)]


class Weekday(StrEnum):
    """Days of the week, as written in calendars."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """0 for Monday."""
        return list(Weekday).index(self)


class OpenHours(Document):
    """The same hours on some days of the week."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    """Local times such as 09:00-12:30; 22:00-06:00 runs into the next morning."""


class Holidays(Document):
    """Days on which nothing opens."""

    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|customer)$")] | None = None
    """Public holidays of this country (ISO code), or `customer` for the customer's own."""
    subdivision: Annotated[str, StringConstraints(pattern=r"^([A-Z0-9]{1,3}|customer)$")] | None = (
        None
    )
    """Holidays of a part of the country too, such as BE for Berlin, or `customer`."""
    dates: tuple[date, ...] = ()
    """Your own days off."""


class DatedHours(Document):
    """One date with hours of its own, whatever its weekday or a holiday says."""

    date: date
    hours: tuple[Hours, ...] = ()
    """Local times of that day; left out, nothing opens."""
    why: Name
    """What the day is called where a clock is explained."""


class CalendarEntry(Document):
    """Opening hours."""

    name: Identifier
    zone: ZoneOrCustomers
    """The zone the hours are meant in; `customer` for the customer's own, `team` for the owner's."""
    a_day_is: Duration
    """How much working time `1d` means in a target that is counted by this calendar."""
    open: Annotated[tuple[OpenHours, ...], Field(min_length=1)]
    holidays: Holidays = Holidays()
    exceptions: tuple[DatedHours, ...] = ()
    """Single dates that are open longer, shorter or not at all."""


class CalendarsDocument(Document):
    """calendars.yaml: when work is done."""

    default_zone: Zone
    """The zone where the customer's, or the team's, is not known."""
    calendars: Annotated[tuple[CalendarEntry, ...], Field(min_length=1)]
