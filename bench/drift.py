"""How often drift and silence are found that are not there, and how soon those that are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insight.numbers import silence, stream, weekly

NULL_RUNS = 10_000
PLANTED_RUNS = 1_000
SEED = 160_016
CATEGORIES, WEEKS, A_WEEK = 10, 52, 200
"""A year of ten even categories; one has 10 % of two hundred contacts a week."""
CHANGE_AT, TO_SHARE, WEEKLY_TO_SHARE = 40, 0.2, 0.25
"""The share doubles for all but the weekly tests, which one week has to be enough for."""
WEEKLY_DELAY, CHANGE_POINT_DELAY = 3, 3
"""Weeks within which a changed share is found by each method, in 95 of 100 runs."""
STREAM_BEFORE = 1_000
GAPS = 50
SILENCE_DELAY = 8.0
"""Usual gaps after which silence is told, after fifty of them."""
FOUND = 0.95
CHUNK = 500
LOOKED_AT = 9
"""Weeks up to the one that is reported on: the eight that it is compared with, and itself."""


@dataclass(frozen=True)
class DriftFigures:
    """One detector: false alarms among null runs, and planted changes found within the delay."""

    detector: str
    null_runs: int
    false_alarms: int
    stated: float
    planted_runs: int
    found: int
    delay: str
    median_delay: float

    @property
    def kept(self) -> bool:
        """Whether both promises are kept."""
        quiet = self.false_alarms <= self.stated * self.null_runs
        return quiet and self.found >= FOUND * self.planted_runs


def measure(null_runs: int = NULL_RUNS, planted_runs: int = PLANTED_RUNS) -> list[DriftFigures]:
    """Every detector on chance alone, and on a planted change."""
    return [
        weekly_tests(null_runs, planted_runs),
        change_points(null_runs, planted_runs),
        streaming(null_runs, planted_runs),
        silent(null_runs, planted_runs),
    ]


def weekly_tests(null_runs: int, planted_runs: int) -> DriftFigures:
    """The report of a week, ten categories against the eight weeks before."""
    chance = np.random.default_rng(SEED)
    reports = (alarmed[:, -1] for alarmed in _weekly_alarms(_series(chance, null_runs, LOOKED_AT)))
    alarms = sum(bool(alarmed.any()) for alarmed in reports)
    delays = []
    planted = _series(chance, planted_runs, LOOKED_AT + WEEKLY_DELAY, change_at=LOOKED_AT - 1)
    for alarmed in _weekly_alarms(planted):
        places = np.flatnonzero(alarmed[0, LOOKED_AT - 1 :])
        delays.append(float(places[0] + 1) if len(places) else np.inf)
    return _figures(
        "weekly tests", null_runs, alarms, weekly.FALSE_ALARMS, delays, WEEKLY_DELAY, "weeks"
    )


def change_points(null_runs: int, planted_runs: int) -> DriftFigures:
    """One category's year, looked back on; found late counts from the change to the series' end."""
    chance = np.random.default_rng(SEED + 1)
    total = np.full(WEEKS, A_WEEK)
    alarms = sum(
        bool(weekly.change_points(chance.binomial(A_WEEK, 0.1, WEEKS), total))
        for _ in range(null_runs)
    )
    delays = []
    for _ in range(planted_runs):
        shares = np.where(np.arange(WEEKS) < CHANGE_AT, 0.1, TO_SHARE)
        kind = chance.binomial(A_WEEK, shares)
        seen = (
            end - CHANGE_AT
            for end in range(CHANGE_AT + 1, WEEKS + 1)
            if weekly.change_points(kind[:end], total[:end])
        )
        delays.append(float(next(seen, np.inf)))
    stated = weekly.FALSE_ALARMS / CATEGORIES
    return _figures("change points", null_runs, alarms, stated, delays, CHANGE_POINT_DELAY, "weeks")


def streaming(null_runs: int, planted_runs: int) -> DriftFigures:
    """A thousand contacts of which 10 % are of a category, and then 20 %."""
    chance = np.random.default_rng(SEED + 2)
    alarms = 0
    for _ in range(null_runs):
        watch = stream.Watch()
        alarms += any(watch.add(one) for one in chance.random(STREAM_BEFORE) < 0.1)
    delays = []
    for _ in range(planted_runs):
        watch = stream.Watch()
        for one in chance.random(STREAM_BEFORE) < 0.1:
            watch.add(one)
        after = chance.random(2 * stream.DELAY) < TO_SHARE
        seen = (place + 1 for place, one in enumerate(after) if watch.add(one))
        delays.append(float(next(seen, np.inf)))
    return _figures("stream (ADWIN)", null_runs, alarms, 0.01, delays, stream.DELAY, "contacts")


def silent(null_runs: int, planted_runs: int) -> DriftFigures:
    """Fifty gaps, and then either the next contact or nothing more at all."""
    chance = np.random.default_rng(SEED + 3)
    alarms = sum(
        following > (silence.patience(gaps) or np.inf)
        for gaps, following in (
            (list(row[:-1]), row[-1]) for row in chance.exponential(1.0, (null_runs, GAPS + 1))
        )
    )
    delays = [
        (silence.patience(list(row)) or np.inf) / float(np.mean(row))
        for row in chance.exponential(1.0, (planted_runs, GAPS))
    ]
    return _figures(
        "silence", null_runs, alarms, _with_chance(silence.FALSE_ALARMS, null_runs), delays,
        SILENCE_DELAY, "usual gaps",
    )  # fmt: skip


def _with_chance(share: float, runs: int) -> float:
    """An exact share is met only on average; so much may chance add in a count of it."""
    return share + 3 * float(np.sqrt(share * (1 - share) / runs))


def _series(
    chance: np.random.Generator, runs: int, weeks: int, change_at: int | None = None
) -> Iterator[NDArray[np.int64]]:
    even = np.full((weeks, CATEGORIES), 1 / CATEGORIES)
    if change_at is not None:
        even[change_at:] = (1 - WEEKLY_TO_SHARE) / (CATEGORIES - 1)
        even[change_at:, 0] = WEEKLY_TO_SHARE
    for begin in range(0, runs, CHUNK):
        many = min(CHUNK, runs - begin)
        yield np.moveaxis(chance.multinomial(A_WEEK, even, size=(many, weeks)), -1, 1)


def _weekly_alarms(series: Iterator[NDArray[np.int64]]) -> Iterator[NDArray[np.bool_]]:
    for counts in series:
        for p in weekly.surprise(counts):
            weeks = [weekly.adjusted(p[:, [week]])[:, 0] for week in range(p.shape[1])]
            yield np.stack(weeks, axis=1) < weekly.FALSE_ALARMS


def _figures(
    detector: str,
    null_runs: int,
    false_alarms: int,
    stated: float,
    delays: list[float],
    within: float,
    unit: str,
) -> DriftFigures:
    return DriftFigures(
        detector=detector,
        null_runs=null_runs,
        false_alarms=int(false_alarms),
        stated=stated,
        planted_runs=len(delays),
        found=sum(delay <= within for delay in delays),
        delay=f"{within:g} {unit}",
        median_delay=round(float(np.median(delays)), 1),
    )
