"""How long Jira asks us to wait, in every form it is known to say it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHORTEST = timedelta(seconds=0.1)
LONGEST = timedelta(days=1)


def retry_delay(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The wait that `Retry-After` asks for, or None when it asks for none that makes sense.

    Whole seconds, fractions and HTTP dates are all understood (Jira sends the first; gateways
    before it send the others). A date is measured from the answer's own `Date` where there is one,
    so a wrong clock here does not matter. The result lies between 0.1 seconds and one day.
    """
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        until = _http_date(text)
        if until is None:
            return None
        seconds = (until - (_http_date(headers.get("Date", "")) or now)).total_seconds()
    if math.isnan(seconds):
        return None
    bounded = min(max(seconds, SHORTEST.total_seconds()), LONGEST.total_seconds())
    return timedelta(seconds=bounded)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
