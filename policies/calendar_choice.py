"""Which opening hours count for an item, in which zone, with which holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.calendar import CalendarDefinition
from models.item import FeedbackItem
from policies.conditions import Vocabulary, compile_condition
from policies.documents.base import CUSTOMER, TEAM
from policies.documents.calendars import CalendarEntry, OpenHours, known_zones, window_minutes
from policies.holiday_dates import public_holidays
from policies.item_facts import customer_facts
from policies.policy_set import PolicySet

YEARS_AHEAD = 3
"""How many years of holidays are pinned, so that an old item's calendar can be expanded further."""


def choose(policy_set: PolicySet, item: FeedbackItem, category: str) -> CalendarEntry:
    """The calendar of the first choice in sla.yaml whose condition is true."""
    facts = customer_facts(item, category)
    chosen = next(
        choice.calendar
        for choice in policy_set.sla.calendars
        if choice.when is None or compile_condition(choice.when, Vocabulary.CUSTOMER).holds(facts)
    )
    return next(entry for entry in policy_set.calendars.calendars if entry.name == chosen)


def define(
    policy_set: PolicySet,
    entry: CalendarEntry,
    item: FeedbackItem,
    covers_from: datetime,
    owner: str | None = None,
) -> CalendarDefinition:
    """The calendar's opening hours for this customer; its name says which zone and why."""
    zone, why = _zone(policy_set, entry, item, owner)
    named = _public_holidays(entry, item, covers_from.year)
    own = {one.date.isoformat(): one for one in entry.exceptions}
    return CalendarDefinition(
        name=f"{entry.name} in {zone} ({why})",
        zone=zone,
        windows=weekly_windows(entry.open),
        holidays=tuple(sorted({*named, *(day.isoformat() for day in entry.holidays.dates)})),
        holiday_names={**named, **{day: one.why for day, one in own.items()}},
        exceptions={day: _windows(one.hours) for day, one in own.items()},
    )


def weekly_windows(written: Sequence[OpenHours]) -> dict[int, tuple[tuple[int, int], ...]]:
    """The opening hours of each weekday (0 is Monday), in minutes of the local day."""
    windows: dict[int, tuple[tuple[int, int], ...]] = {}
    for hours in written:
        for day in hours.days:
            windows[day.number] = windows.get(day.number, ()) + _windows(hours.hours)
    return windows


def _windows(hours: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(window_minutes(written) for written in hours)


def _zone(
    policy_set: PolicySet, entry: CalendarEntry, item: FeedbackItem, owner: str | None
) -> tuple[str, str]:
    if entry.zone not in (CUSTOMER, TEAM):
        return entry.zone, "the calendar's zone"
    whose = f"the {entry.zone}'s"
    found = (
        item.customer.zone
        if entry.zone == CUSTOMER
        else policy_set.directory.zones.get(owner or "")
    )
    if found in known_zones():
        return str(found), f"{whose} zone"
    return policy_set.calendars.default_zone, f"the policy's zone, since {whose} is unknown"


def _public_holidays(entry: CalendarEntry, item: FeedbackItem, first_year: int) -> dict[str, str]:
    wanted, customer = entry.holidays, item.customer
    country = customer.country if wanted.country == CUSTOMER else wanted.country
    part = customer.subdivision if wanted.subdivision == CUSTOMER else wanted.subdivision
    if not country:
        return {}
    last_year = first_year + YEARS_AHEAD
    # A night shift of New Year's Eve may reach into the first year.
    return public_holidays(country.upper(), part, first_year - 1, last_year)
