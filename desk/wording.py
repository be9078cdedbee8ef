"""Values in words: durations, moments, amounts, stages."""

from __future__ import annotations

from datetime import datetime

from models.approval import Money

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_NO_MINOR_UNIT = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "PYG", "UGX"})
_THREE_DIGITS = frozenset({"BHD", "KWD", "OMR", "TND", "JOD", "IQD", "LYD"})


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


def moment(at: datetime) -> str:
    """The moment in the reader's own zone, to the minute, with the zone's name."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def minor_digits(currency: str) -> int:
    """Digits after the point, as the currency has them (ISO 4217)."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def money(amount: Money | None) -> str:
    """`129.00 EUR`."""
    if amount is None:
        return ""
    digits = minor_digits(amount.currency)
    whole, part = divmod(amount.minor, 10**digits)
    point = f".{part:0{digits}}" if digits else ""
    return f"{whole:,}".replace(",", "\u202f") + f"{point} {amount.currency}"


def words(name: str) -> str:
    """`first_response` as `first response`."""
    return name.replace("_", " ")
