"""The one base of every shared noun: frozen, closed, replaced and never mutated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value. Unknown members are refused, so a misspelt field fails where it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_as_utc)]
"""A point in time, always stored in UTC; naive values are refused."""
