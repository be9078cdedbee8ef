"""How long something took, in words."""

from __future__ import annotations


def working_time(seconds: int) -> str:
    """`40 h 00 min`: a working day is no day, so hours are never gathered into days."""
    sign, left = ("-" if seconds < 0 else ""), abs(seconds)
    if left < 60:
        return f"{sign}{left} s"
    hours, minutes = left // 3600, left % 3600 // 60
    rest = f" {left % 60:02} s" if left % 60 else ""
    return f"{sign}{hours} h {minutes:02} min{rest}" if hours else f"{sign}{minutes} min{rest}"
