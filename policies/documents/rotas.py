"""The shape of the rotas in people.yaml: who is on call, and when they hand off."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from models.base import within_reach
from policies.days import Day
from policies.documents.base import Document, Identifier
from policies.documents.calendars import OpenHours, Zone

LONGEST_SHIFT_DAYS = 90
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _time_of_day(written: str) -> str:
    if not _TIME.fullmatch(written):
        raise ValueError("write a time of day such as 09:00")
    return written


def _without_zone(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("is meant in the rota's zone; leave its own zone out")
    return within_reach(moment)


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
LocalMoment = Annotated[datetime, AfterValidator(_without_zone)]


class RotationEntry(Document):
    """People who take turns; one of them is on call at a time."""

    members: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """Person ids, in the order of their turns."""
    starts: Day
    """The day of the first hand-off; from then on the first of the members is on call."""
    hand_off: TimeOfDay
    """The time of day at which the turn passes on, in the rota's zone."""
    every_days: Annotated[int, Field(ge=1, le=LONGEST_SHIFT_DAYS)] = 7
    """How many days a turn lasts; 7 hands off on the weekday of `starts`."""
    open: tuple[OpenHours, ...] = ()
    """Hours at which this rotation is staffed; left out, always."""


class OverrideEntry(Document):
    """Other people are on call for a while, in place of all rotations."""

    begins: LocalMoment
    """Local time, such as 2026-12-24T09:00."""
    ends: LocalMoment
    people: tuple[Identifier, ...] = ()
    """Person ids; [] for nobody."""


class RotaEntry(Document):
    """Who is on call at which time."""

    name: Identifier
    zone: Zone
    """The zone in which its times are meant."""
    rotations: Annotated[tuple[RotationEntry, ...], Field(min_length=1, max_length=10)]
    """Every one of them puts somebody on call: primary and secondary, or day and night."""
    overrides: tuple[OverrideEntry, ...] = ()
    """Dated exceptions; where two meet, the later one in this list counts."""
    gaps_are_meant: bool = False
    """True says that there are hours at which nobody is on call on purpose."""

    def everybody(self) -> frozenset[str]:
        """The ids of all who may ever be on call by this rota."""
        turns = (member for rotation in self.rotations for member in rotation.members)
        return frozenset((*turns, *(one for entry in self.overrides for one in entry.people)))
