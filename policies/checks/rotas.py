"""Checks of the rotas in people.yaml: everybody on them is there, and so is somebody at every hour."""

from __future__ import annotations

from collections.abc import Iterator

from policies.calendar_choice import weekly_windows
from policies.checks.findings import Problems, unknown, used_twice
from policies.directory import Directory
from policies.documents.calendars import MINUTES_A_DAY
from policies.documents.people import PeopleDocument
from policies.documents.rotas import RotaEntry, RotationEntry
from policies.problems import PathPart
from policies.yaml_source import Source

Path = tuple[PathPart, ...]
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check_rotas(source: Source, document: PeopleDocument, directory: Directory) -> Problems:
    """Unknown people, people who have left, overrides that never begin, and hours with nobody."""
    names = [(("rotas", i, "name"), rota.name) for i, rota in enumerate(document.rotas)]
    yield from used_twice(source, names)
    for index, rota in enumerate(document.rotas):
        path: Path = ("rotas", index)
        for at, person in _named(rota):
            yield from _person(source, (*path, *at), person, directory)
        for number, override in enumerate(rota.overrides):
            if override.ends <= override.begins:
                what = "is not after begins"
                where = (*path, "overrides", number, "ends")
                yield source.problem(where, what, remedy="write a later time")
        gap = _first_gap(rota)
        if gap is not None and not rota.gaps_are_meant:
            what = f"has nobody on call from {_moment(gap[0])} until {_moment(gap[1])}"
            remedy = "staff these hours, or write gaps_are_meant: true"
            yield source.problem((*path, "rotations"), what, remedy=remedy, of_key=True)


def _named(rota: RotaEntry) -> Iterator[tuple[Path, str]]:
    for number, rotation in enumerate(rota.rotations):
        for place, person in enumerate(rotation.members):
            yield ("rotations", number, "members", place), person
    for number, override in enumerate(rota.overrides):
        for place, person in enumerate(override.people):
            yield ("overrides", number, "people", place), person


def _person(source: Source, path: Path, person_id: str, directory: Directory) -> Problems:
    person = directory.by_id(person_id)
    if person is None:
        known = [one.id for one in directory.people if one.behind is None]
        yield unknown(source, path, person_id, known, "person")
    elif person.behind is not None:
        what = "is an automation account; only people are on call"
        yield source.problem(path, what, got=person_id, remedy="name a person")
    elif not person.active:
        remedy = "name somebody who is here"
        yield source.problem(path, "is no longer active", got=person_id, remedy=remedy)


def _first_gap(rota: RotaEntry) -> tuple[int, int] | None:
    """The first hours of the week, in its minutes, at which no rotation is staffed."""
    staffed = sorted(span for rotation in rota.rotations for span in _spans(rotation))
    reached = 0
    for opens, closes in staffed:
        if opens > reached:
            return reached, opens
        reached = max(reached, closes)
    return (reached, MINUTES_A_WEEK) if reached < MINUTES_A_WEEK else None


def _spans(rotation: RotationEntry) -> Iterator[tuple[int, int]]:
    if not rotation.open:
        yield 0, MINUTES_A_WEEK
    for day, windows in weekly_windows(rotation.open).items():
        for start, end in windows:
            opens = day * MINUTES_A_DAY + start
            closes = day * MINUTES_A_DAY + (end if end > start else end + MINUTES_A_DAY)
            yield opens, min(closes, MINUTES_A_WEEK)
            if closes > MINUTES_A_WEEK:  # Sunday's night shift ends on Monday
                yield 0, closes - MINUTES_A_WEEK


def _moment(minute: int) -> str:
    day, rest = divmod(minute % MINUTES_A_WEEK, MINUTES_A_DAY)
    return f"{_DAYS[day]} {rest // 60:02d}:{rest % 60:02d}"
