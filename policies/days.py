"""Last days as people write them; a day lasts until its end, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator

from models.base import LAST_YEAR, within_reach


def _with_an_end(day: date) -> date:
    """The moment at which it is over has to be within reach too."""
    if within_reach(day).year == LAST_YEAR:
        raise ValueError(f"lies after {LAST_YEAR - 1}")
    return day


Day = Annotated[date, AfterValidator(_with_an_end)]
"""A day in a policy file."""


def read_day(written: str) -> date:
    """The day written as `2026-06-30`. Raises `ValueError` for another text."""
    return _with_an_end(date.fromisoformat(written))


def end_of_day(day: date) -> datetime:
    """The moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)
