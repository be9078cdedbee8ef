"""Values in words: durations, moments, amounts, stages."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest

from markupsafe import Markup, escape

from models.approval import Money
from models.people import Channel
from policies.money import in_words

_CHANNELS = {
    Channel.DESK: "on the desk",
    Channel.JIRA: "in Jira",
    Channel.CLI: "in the terminal",
    Channel.TEMPORAL_UI: "in the Temporal UI",
    Channel.AUTOMATION: "automatically",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: int) -> str:
    """`1 h 30 min`, in the two largest units that matter."""
    left = abs(seconds)
    sign = "-" if seconds < 0 else ""
    if left < _MINUTE:
        return f"{sign}{left} s"
    if left < _HOUR:
        return f"{sign}{left // _MINUTE} min"
    if left < _DAY:
        return f"{sign}{left // _HOUR} h {left % _HOUR // _MINUTE:02} min"
    return f"{sign}{left // _DAY} d {left % _DAY // _HOUR} h"


def working_time(seconds: int) -> str:
    """`40 h 00 min`: a working day is no day, so hours are never gathered into days."""
    if abs(seconds) < _HOUR:
        return duration(seconds)
    left = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{left // _HOUR} h {left % _HOUR // _MINUTE:02} min"


def moment(at: datetime) -> str:
    """The moment in the reader's own zone, to the minute, with the zone's name."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def money(amount: Money | None) -> str:
    """`129.00 EUR`, or nothing."""
    return "" if amount is None else in_words(amount)


def words(name: str) -> str:
    """`first_response` as `first response`."""
    return name.replace("_", " ")


def until(due: datetime, now: datetime) -> str:
    """`in 1 h 30 min` or `40 min late`: true in every zone."""
    left = int((due - now).total_seconds())
    return f"in {duration(left)}" if left >= 0 else f"{duration(-left)} late"


def channel(name: Channel) -> str:
    """Where somebody acted."""
    return _CHANNELS[name]


def commands(said: str) -> Markup:
    """What stands between backticks, shown as what can be typed. Everything is escaped."""
    parts = [escape(part) for part in said.split("`")]
    typed = (Markup("<code>{}</code>").format(part) for part in parts[1::2])
    return Markup("").join(
        piece for pair in zip_longest(parts[::2], typed, fillvalue=Markup("")) for piece in pair
    )
