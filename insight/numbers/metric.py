"""A number that does not stand alone: its definition, what it is a part of, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from insight.numbers import intervals
from models.base import Frozen

USUAL_MINIMUM = 30
"""Below so many observations a number is too few to say."""
Observation = tuple[str, float]
"""A contact's reference and its value."""


class Unit(StrEnum):
    """What a value counts. A share is from 0 to 1, a correlation from -1 to 1."""

    SHARE = "share"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    SCORE = "score"
    CORRELATION = "correlation"
    COUNT = "count"


class Definition(Frozen):
    """What a number means, in words that somebody who did not write it can check.

    `goal` is where it should stand, `at_most` whether less is better. `minimum` is the smallest
    sample that says anything.
    """

    id: str
    name: str
    words: str
    unit: Unit = Unit.SHARE
    minimum: int = USUAL_MINIMUM
    goal: float | None = None
    at_most: bool = False


class Metric(Frozen):
    """One number. `low` and `high` bound it at 95 %; `method` says how.

    `value` stands also when `enough` is False: it is then shown as too few to say. `as_then` is what
    it came to at the end of the period, before later contacts restated it. `items` are the contacts
    that count in the numerator, or for a median all of them, the largest first.
    """

    definition: Definition
    numerator: int | None = None
    denominator: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    as_then: float | None = None
    items: tuple[str, ...] = ()
    items_left_out: int = 0

    @property
    def enough(self) -> bool:
        """Whether the sample is large enough to say anything."""
        return self.denominator >= self.definition.minimum


class Group(Frozen):
    """The same number for some of the contacts only."""

    name: str
    metric: Metric


class Breakdown(Frozen):
    """A number by groups, and whether they differ by more than chance.

    `p` is of one test over all groups, `adjusted` after Benjamini and Hochberg over all tests of the
    report. Groups beyond the largest are counted in `left_out`.
    """

    id: str
    of: str
    by: str
    groups: tuple[Group, ...]
    left_out: int = 0
    test: str = ""
    p: float | None = None
    adjusted: float | None = None


def share(definition: Definition, counted: Iterable[str], out_of: int) -> Metric:
    """A share with Wilson's interval. `counted` are the references in the numerator."""
    items = tuple(counted)
    low, high = intervals.wilson(len(items), out_of)
    return Metric(
        definition=definition,
        numerator=len(items),
        denominator=out_of,
        value=len(items) / out_of if out_of else None,
        low=low,
        high=high,
        method=intervals.WILSON,
        items=items,
    )


def percentile(definition: Definition, observed: Sequence[Observation], which: float) -> Metric:
    """A percentile (linear between observations) with a bootstrap interval."""
    values = [value for _, value in observed]
    return _of_values(definition, observed, intervals.percentile(values, which))


def mean(definition: Definition, observed: Sequence[Observation]) -> Metric:
    """A mean with a bootstrap interval."""
    values = [value for _, value in observed]
    return _of_values(definition, observed, intervals.mean(values))


def count(definition: Definition, counted: Iterable[str]) -> Metric:
    """How many; a count is never too few to say."""
    items = tuple(counted)
    return Metric(
        definition=definition.model_copy(update={"minimum": 0, "unit": Unit.COUNT}),
        numerator=len(items),
        denominator=len(items),
        value=float(len(items)),
        items=items,
    )


def _of_values(
    definition: Definition, observed: Sequence[Observation], found: intervals.Bounded
) -> Metric:
    ranked = sorted(observed, key=lambda one: (-one[1], one[0]))
    return Metric(
        definition=definition,
        denominator=len(observed),
        value=found.value,
        low=found.low,
        high=found.high,
        method=intervals.BOOTSTRAP,
        items=tuple(reference for reference, _ in ranked),
    )


def grouped(
    values: Mapping[str, Sequence[Observation]], most: int
) -> tuple[Mapping[str, Sequence[Observation]], int]:
    """The largest groups by name, and how many were left out."""
    largest = sorted(values, key=lambda name: (-len(values[name]), name))[:most]
    return {name: values[name] for name in sorted(largest)}, len(values) - len(largest)
