"""The one base of every shared noun: frozen, closed, replaced and never mutated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

Day = TypeVar("Day", bound=date)


class Frozen(BaseModel):
    """A value. Unknown members are refused, so a misspelt field fails where it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Years of moments. What lies further off can be shown in no zone, and no timer waits for it."""


def within_reach(moment: Day) -> Day:
    """The day or moment itself; raises `ValueError` for one that lies too far off."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"lies before {FIRST_YEAR} or after {LAST_YEAR}")
    return moment


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return within_reach(moment).astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_as_utc)]
"""A point in time, always stored in UTC; naive values are refused."""
