"""Checks of calendars.yaml that need to know the world's public holidays."""

from __future__ import annotations

from collections.abc import Iterator

from policies.checks.findings import used_twice
from policies.documents.base import CUSTOMER
from policies.documents.calendars import CalendarEntry, CalendarsDocument
from policies.holiday_dates import is_known_country, subdivisions_of
from policies.problems import PathPart, PolicyProblem, shown, suggestion
from policies.yaml_source import Source


def check_calendars(source: Source, document: CalendarsDocument) -> Iterator[PolicyProblem]:
    """Names used twice, and countries or parts of them whose holidays are not known."""
    seen: set[str] = set()
    for index, calendar in enumerate(document.calendars):
        if calendar.name in seen:
            path = ("calendars", index, "name")
            yield source.problem(path, "is used twice", got=calendar.name, remedy="choose another")
        seen.add(calendar.name)
        yield from _country(source, ("calendars", index, "holidays"), calendar)
        dated = (
            (("calendars", index, "exceptions", place, "date"), str(one.date))
            for place, one in enumerate(calendar.exceptions)
        )
        yield from used_twice(source, dated)


def _country(
    source: Source, path: tuple[PathPart, ...], calendar: CalendarEntry
) -> Iterator[PolicyProblem]:
    country, part = calendar.holidays.country, calendar.holidays.subdivision
    if country and country != CUSTOMER and not is_known_country(country):
        yield source.problem(
            (*path, "country"),
            "is a country whose holidays are not known",
            got=country,
            remedy="write the days off under dates",
        )
        return
    if part is None:
        return
    if part == CUSTOMER and country == CUSTOMER:
        return
    if country is None or CUSTOMER in (country, part):
        what = "needs a country"
        yield source.problem((*path, "subdivision"), what, got=part, remedy="name the country")
    elif part not in subdivisions_of(country):
        yield source.problem(
            (*path, "subdivision"),
            f"is no part of {country}",
            got=shown(part),
            remedy=suggestion(part, subdivisions_of(country)),
        )
