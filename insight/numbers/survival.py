"""How long customers stay away after a resolution, by path (Kaplan and Meier, JASA 53, 1958)."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.stats import CensoredData, ecdf, logrank

from insight.numbers import definitions
from insight.numbers.intervals import CONFIDENCE
from insight.numbers.metric import USUAL_MINIMUM, Metric
from insight.numbers.periods import Period
from insight.numbers.recontact import Resolution
from models.base import Frozen

DAYS = (1, 2, 3, 5, 7)
UNKNOWN_PATH = "path not known"


class Curve(Frozen):
    """The estimate at each of `days` for one path. `back` of `resolutions` are known to have come."""

    path: str
    resolutions: int
    back: int
    days: tuple[int, ...]
    not_back: tuple[Metric, ...]


class Survival(Frozen):
    """A curve for each path; `p` is of the log-rank test between the two largest of them."""

    curves: tuple[Curve, ...]
    compared: tuple[str, ...] = ()
    p: float | None = None


def survival(found: Sequence[Resolution], period: Period) -> Survival:
    """The curves of the period's resolutions."""
    by_path: dict[str, list[Resolution]] = defaultdict(list)
    for one in found:
        if period.holds(one.resolved_at):
            by_path[one.contact.path or UNKNOWN_PATH].append(one)
    curves = tuple(_curve(path, by_path[path]) for path in sorted(by_path))
    largest = sorted(by_path, key=lambda path: -len(by_path[path]))[:2]
    if len(largest) < 2 or any(len(by_path[path]) < USUAL_MINIMUM for path in largest):
        return Survival(curves=curves)
    test = logrank(_times(by_path[largest[0]]), _times(by_path[largest[1]]))
    return Survival(curves=curves, compared=tuple(largest), p=float(test.pvalue))


def _times(found: Sequence[Resolution]) -> CensoredData:
    """Days until the return, or until it could no longer be seen."""
    back: list[float] = []
    away: list[float] = []
    for one in found:
        until = one.came_back_at or one.followed_until
        days = max((until - one.resolved_at).total_seconds(), 0) / 86_400
        (back if one.came_back_at else away).append(days)
    return CensoredData(uncensored=np.asarray(back), right=np.asarray(away))


def _curve(path: str, found: Sequence[Resolution]) -> Curve:
    back = [one.contact.reference for one in found if one.came_back_at]
    estimate = ecdf(_times(found)).sf
    with warnings.catch_warnings():
        # Where nobody came back yet the formula has no bounds; they are left out below.
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = estimate.confidence_interval(CONFIDENCE, method="log-log")
    at = []
    for day in DAYS:
        low, high = (float(side.evaluate(day)) for side in (bounds.low, bounds.high))
        at.append(
            Metric(
                definition=definitions.STILL_GONE,
                denominator=len(found),
                value=float(estimate.evaluate(day)),
                low=None if np.isnan(low) else low,
                high=None if np.isnan(high) else high,
                method="Kaplan-Meier, log-log, 95 %",
                items=tuple(back),
            )
        )
    return Curve(path=path, resolutions=len(found), back=len(back), days=DAYS, not_back=tuple(at))
