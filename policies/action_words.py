"""What an action needs to know, as people write it: `feature=new-checkout until=2027-03-31`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from pydantic import ValidationError

from models.action_parameters import AT_ONCE, ActionParameters
from policies.action_needs import MEANINGS

_LASTS = re.compile(r"[1-9][0-9]{0,3}d")
DRY_RUN = "dry-run"
_NAMES = {"until": "ends_at", "feature": "feature", "field": "field", "value": "value",
          "changes": "changes"}  # fmt: skip
"""The word that people write → the parameter."""


class ParameterError(ValueError):
    """A parameter that cannot be understood; the message says why, for whoever wrote it."""


def parameter_words(words: Sequence[str], *, anywhere: bool = False) -> list[str]:
    """The words that are parameters: those in front, or with `anywhere` all of them."""
    found: list[str] = []
    for word in words:
        if word == DRY_RUN or (word.partition("=")[0] in _NAMES and "=" in word):
            found.append(word)
        elif not anywhere:
            break
    return found


def read_parameters(words: Sequence[str], now: datetime) -> tuple[ActionParameters, bool]:
    """The parameters, and whether a dry run is asked for.

    An end such as `90d` counts from `now`. Raises `ParameterError`.
    """
    given: dict[str, object] = {}
    for word in words:
        if word == DRY_RUN:
            continue
        written, _, value = word.partition("=")
        name = _NAMES.get(written)
        if name is None:
            raise ParameterError(f"Write one of {', '.join(_NAMES)}, each with = and its value.")
        if name in given:
            raise ParameterError(f"{written} is given twice.")
        given[name] = _moment(value, now) if name == "ends_at" else value
    try:
        return ActionParameters.model_validate(given), DRY_RUN in words
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        raise ParameterError(f"That does not say {MEANINGS[wrong]}.") from None


def _moment(written: str, now: datetime) -> datetime:
    """A day lasts until its end, in UTC; `now` means as soon as it is approved."""
    if written == "now":
        return AT_ONCE
    if _LASTS.fullmatch(written):
        return now + timedelta(days=int(written[:-1]))
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise ParameterError(f"That does not say {MEANINGS['ends_at']}.") from None
    if len(written) <= len("2027-03-31"):
        read = datetime.combine(read.date(), time(23, 59, 59))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
