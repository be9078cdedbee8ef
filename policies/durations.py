"""Durations as people write them in policy files: `15m`, `4h`, `2d`, `1h30m`.

A minute is 60 seconds and an hour 3,600. What a day is depends on what it measures: 24 hours on
the wall clock, and in business time what the calendar says in `a_day_is`.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

WALL_DAY = 86_400
LONGEST = 366 * WALL_DAY
PATTERN = r"^([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,8}s)?$"

_PARTS = re.compile(PATTERN)


def seconds_in(written: str, day: int = WALL_DAY) -> int:
    """The duration in seconds, a day being `day` seconds. Raises `ValueError` for other texts."""
    match = _PARTS.fullmatch(written)
    if match is None or not written:
        raise ValueError("write a duration such as 15m, 4h, 2d or 1h30m")
    sizes = (day, 3600, 60, 1)
    return sum(
        int(part[:-1]) * size for part, size in zip(match.groups(), sizes, strict=True) if part
    )


def scaled_seconds(written: str, day: int, scale: float) -> int:
    """The duration in seconds on clocks that run `scale` times faster; at least one second."""
    return max(1, round(seconds_in(written, day) / scale))


def _positive(written: str) -> str:
    if seconds_in(written) <= 0:
        raise ValueError("must be longer than nothing")
    if seconds_in(written) > LONGEST:
        raise ValueError("must be at most 366d")
    return written


Duration = Annotated[
    str,
    AfterValidator(_positive),
    Field(
        description="A duration such as 15m, 4h, 2d or 1h30m.",
        json_schema_extra={"pattern": PATTERN},
    ),
]
