"""Spans of time as people write them: 2026-W30, 2026-10, 2026-Q3, 2026-07-01..2026-07-31, all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from models.base import Frozen, Moment

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
ALL = "all"


class Period(Frozen):
    """From `begins` on and before `ends`, both UTC; None leaves that side open."""

    name: str
    begins: Moment | None = None
    ends: Moment | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Whether the moment is within; None is in no period."""
        if moment is None:
            return False
        after = self.begins is None or moment >= self.begins
        return after and (self.ends is None or moment < self.ends)


def parse_period(written: str) -> Period:
    """Raises ValueError for what is no period."""
    if written == ALL:
        return Period(name=ALL)
    try:
        begins, ends = _days(written)
    except (ValueError, OverflowError):
        raise ValueError(
            "is no period; write 2026-W30, 2026-10, 2026-Q3, 2026-07-01..2026-07-31, or all"
        ) from None
    return Period(name=written, begins=_midnight(begins), ends=_midnight(ends))


def _days(written: str) -> tuple[date, date]:
    if found := _WEEK.fullmatch(written):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(weeks=1)
    if found := _MONTH.fullmatch(written):
        return _months(int(found[1]), int(found[2]), 1)
    if found := _QUARTER.fullmatch(written):
        return _months(int(found[1]), 3 * int(found[2]) - 2, 3)
    first, _, last = written.partition("..")
    begins, ends = date.fromisoformat(first), date.fromisoformat(last or first)
    if ends < begins:
        raise ValueError(written)
    return begins, ends + timedelta(days=1)


def _months(year: int, month: int, many: int) -> tuple[date, date]:
    after = month - 1 + many
    return date(year, month, 1), date(year + after // 12, after % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
