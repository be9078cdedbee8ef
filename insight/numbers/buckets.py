"""Contacts counted in spans of equal length: days for a few weeks, weeks for longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from models.contact import Contact

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LONGEST_IN_DAYS = timedelta(days=60)
LEAST_A_DAY = 20
"""Contacts; where fewer come on an average day, a day is too short a span to say anything of."""
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Buckets:
    """`counts` has a row for each of `names` and a column for each of `starts`.

    Spans without any contact at all are left out: nobody was counting then.
    """

    length: timedelta
    starts: tuple[datetime, ...]
    names: tuple[str, ...]
    counts: Counts

    def called(self, place: int) -> str:
        """The span as people write it, and as `--period` takes it."""
        start = self.starts[place]
        if self.length == DAY:
            return f"{start:%Y-%m-%d}"
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"


def counted(contacts: Sequence[Contact], name_of: Callable[[Contact], str]) -> Buckets:
    """Count the contacts by name and span; UTC days, or weeks from Monday."""
    moments = [one.opened_at for one in contacts]
    lasts = max(moments) - min(moments) if moments else timedelta()
    days = max(lasts / DAY, 1.0)
    length = DAY if lasts <= LONGEST_IN_DAYS and len(moments) / days >= LEAST_A_DAY else WEEK
    found = Counter((name_of(one), _start(one.opened_at, length)) for one in contacts)
    names = tuple(sorted({name for name, _ in found}))
    starts = tuple(sorted({start for _, start in found}))
    counts = np.array(
        [[found[name, start] for start in starts] for name in names], dtype=np.int64
    ).reshape(len(names), len(starts))
    return Buckets(length, starts, names, counts)


def _start(moment: datetime, length: timedelta) -> datetime:
    day = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return day if length == DAY else day - timedelta(days=day.weekday())
