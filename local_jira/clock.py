"""Times as the tracker keeps them: whole milliseconds since 1970, UTC."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ahead_milliseconds = 0


def set_ahead(milliseconds: int) -> None:
    """Run the tracker's clock so much ahead of the machine's, for tests that skip time."""
    global _ahead_milliseconds  # noqa: PLW0603 - the process has one clock
    _ahead_milliseconds = milliseconds


def now_milliseconds() -> int:
    """The present."""
    return time.time_ns() // 1_000_000 + _ahead_milliseconds


def zone(name: str) -> ZoneInfo:
    """The zone of that name, or UTC when the name is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def iso_time(milliseconds: int) -> str:
    """A time in UTC to the second, as headers have it: `2026-01-31T09:15:00Z`."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment_in(milliseconds: int, zone_name: str) -> datetime:
    """A moment on the clocks of a zone."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(zone(zone_name))


def jira_time(milliseconds: int, zone_name: str = "UTC") -> str:
    """A time as Jira writes it: `2026-01-31T09:15:00.123+0100`, in the reader's zone."""
    moment = moment_in(milliseconds, zone_name)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}{moment:%z}"
