"""Reports that were counted a moment ago, in a process of their own.

At ten thousand items a count is many seconds of work, in which a thread would hold up every page.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import TYPE_CHECKING

import structlog

from desk import reports
from runtime.problems import Problem
from runtime.settings import Settings

if TYPE_CHECKING:
    from insight.numbers.periods import Period
    from insight.numbers.report import Report

log = structlog.get_logger(__name__)
FRESH_FOR = timedelta(minutes=5)
MOST_KEPT = 8
MOST_BEHIND = 100
"""So many items are named behind a number; the terminal names them all."""


class CountedReports:
    """The newest report of each period; one is counted at a time.

    Whoever comes when the last one is old gets it with its time, while it is counted anew.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, tuple[datetime, Report]] = {}
        self._counting = asyncio.Lock()
        self._behind: set[asyncio.Task[Report]] = set()

    def counting(self) -> bool:
        """Whether something is being counted now."""
        return self._counting.locked() or bool(self._behind)

    async def of(self, period: str, now: datetime) -> Report:
        """The newest report of a period that there is. Raises ValueError for what is none.

        Raises `Problem` where there is none yet and it cannot be counted.
        """
        from insight.numbers.periods import parse_period  # noqa: PLC0415 - with the numbers' packages, which other pages need not load

        wanted = parse_period(period)
        kept = self._kept.get(wanted.name)
        if kept is None:
            return await self._fresh(wanted, now)
        if now - kept[0] >= FRESH_FOR and not self.counting():
            counting = asyncio.create_task(self._fresh(wanted, now))
            self._behind.add(counting)
            counting.add_done_callback(self._counted_behind)
        return kept[1]

    async def _fresh(self, wanted: Period, now: datetime) -> Report:
        async with self._counting:
            kept = self._kept.get(wanted.name)
            if kept is not None and now - kept[0] < FRESH_FOR:
                return kept[1]
            report = await _counted_elsewhere(self._settings, wanted)
            self._kept[wanted.name] = (now, report)
            self._forget_oldest()
        return report

    def _counted_behind(self, counting: asyncio.Task[Report]) -> None:
        self._behind.discard(counting)
        if not counting.cancelled() and (error := counting.exception()) is not None:
            log.warning("numbers_not_counted", problem=type(error).__name__)

    def _forget_oldest(self) -> None:
        while len(self._kept) > MOST_KEPT:
            oldest = min(self._kept, key=lambda name: self._kept[name][0])
            del self._kept[oldest]


async def _counted_elsewhere(settings: Settings, period: Period) -> Report:
    """Count in a process that is made for it and gives its memory back."""
    process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(process, _count, settings, period)
    except BrokenProcessPool as error:
        raise Problem(
            "the count of the numbers was ended from outside.",
            remedy="Open the page again; if it happens again, this machine is short of memory.",
        ) from error
    finally:
        process.shutdown(wait=False)


def _count(settings: Settings, period: Period) -> Report:
    from insight.numbers.shortening import shortened  # noqa: PLC0415 - as above

    return shortened(reports.made(settings, period), MOST_BEHIND)
