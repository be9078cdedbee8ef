"""Which opening hours count for an item, in which zone, with which holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.calendar import CalendarDefinition
from models.item import FeedbackItem
from policies.conditions import Vocabulary, compile_condition
from policies.documents.base import CUSTOMER
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
    policy_set: PolicySet, entry: CalendarEntry, item: FeedbackItem, covers_from: datetime
) -> CalendarDefinition:
    """The calendar's opening hours for this customer; its name says which zone and why."""
    zone, why = _zone(policy_set, entry, item)
    return CalendarDefinition(
        name=f"{entry.name} in {zone} ({why})",
        zone=zone,
        windows=weekly_windows(entry.open),
        holidays=_days_off(entry, item, covers_from.year),
    )


def weekly_windows(written: Sequence[OpenHours]) -> dict[int, tuple[tuple[int, int], ...]]:
    """The opening hours of each weekday (0 is Monday), in minutes of the local day."""
    windows: dict[int, tuple[tuple[int, int], ...]] = {}
    for hours in written:
        minutes = tuple(window_minutes(window) for window in hours.hours)
        for day in hours.days:
            windows[day.number] = windows.get(day.number, ()) + minutes
    return windows


def _zone(policy_set: PolicySet, entry: CalendarEntry, item: FeedbackItem) -> tuple[str, str]:
    if entry.zone != CUSTOMER:
        return entry.zone, "the calendar's zone"
    if item.customer.zone in known_zones():
        return str(item.customer.zone), "the customer's zone"
    return policy_set.calendars.default_zone, "the policy's zone, since the customer's is unknown"


def _days_off(entry: CalendarEntry, item: FeedbackItem, first_year: int) -> tuple[str, ...]:
    wanted = entry.holidays
    days = {day.isoformat() for day in wanted.dates}
    country = item.customer.country if wanted.country == CUSTOMER else wanted.country
    if country:
        last_year = first_year + YEARS_AHEAD
        # A night shift of New Year's Eve may reach into the first year.
        days.update(public_holidays(country.upper(), wanted.subdivision, first_year - 1, last_year))
    return tuple(sorted(days))
