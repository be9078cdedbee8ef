"""`/numbers`: the health of the loop in a period, each number with what is behind it."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk import reports
from desk.site import Site
from runtime.settings import Settings

if TYPE_CHECKING:
    from insight.numbers.periods import Period
    from insight.numbers.report import Report

FRESH_FOR = timedelta(minutes=5)
MOST_KEPT = 8
MOST_BEHIND = 100
"""So many items are named behind a number; the terminal names them all."""


def numbers_routes(site: Site) -> APIRouter:
    """The page of numbers."""
    router = APIRouter()
    counted = CountedReports(site.settings)

    @router.get("/numbers")
    async def numbers(request: Request, period: str = "") -> HTMLResponse:
        from desk.report_page import drawing, link_to_item  # noqa: PLC0415 - with the numbers' packages, which other pages need not load

        visit, _ = await site.signed_in(request)
        periods = usual_periods(site.now().date())
        wanted, problem = period or next(iter(periods)), None
        try:
            report = await counted.of(wanted, site.now())
        except ValueError as error:
            problem = f"“{wanted[:40]}” {error}."
            report = await counted.of(next(iter(periods)), site.now())
        return site.page(
            visit,
            "numbers.html",
            status=400 if problem else 200,
            report=report,
            periods=periods,
            problem=problem,
            counting=counted.counting(),
            link=link_to_item,
            **drawing(),
        )

    return router


def usual_periods(today: date) -> dict[str, str]:
    """The periods that are one click away, and what they are called; the first is shown first."""
    quarter = (today.month + 2) // 3
    last_month = today.replace(day=1) - timedelta(days=1)
    year, before = (today.year, quarter - 1) if quarter > 1 else (today.year - 1, 4)
    return {
        f"{today.year}-Q{quarter}": "This quarter",
        f"{today:%Y-%m}": "This month",
        f"{last_month:%Y-%m}": "Last month",
        f"{year}-Q{before}": "Last quarter",
        "all": "All time",
    }


class CountedReports:
    """Reports that were counted a moment ago: a count is not quick, so one is made at a time.

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
        """The newest report of a period that there is. Raises ValueError for what is none."""
        from insight.numbers.periods import parse_period  # noqa: PLC0415 - as in the page

        wanted = parse_period(period)
        kept = self._kept.get(wanted.name)
        if kept is None:
            return await self._fresh(wanted, now)
        if now - kept[0] >= FRESH_FOR and not self._counting.locked():
            counting = asyncio.create_task(self._fresh(wanted, now))
            self._behind.add(counting)
            counting.add_done_callback(self._behind.discard)
        return kept[1]

    async def _fresh(self, wanted: Period, now: datetime) -> Report:
        async with self._counting:
            kept = self._kept.get(wanted.name)
            if kept is not None and now - kept[0] < FRESH_FOR:
                return kept[1]
            report = await asyncio.to_thread(self._count, wanted)
            self._kept[wanted.name] = (now, report)
            self._forget_oldest()
        return report

    def _count(self, period: Period) -> Report:
        from insight.numbers.shortening import shortened  # noqa: PLC0415 - as in the page

        return shortened(reports.made(self._settings, period), MOST_BEHIND)

    def _forget_oldest(self) -> None:
        while len(self._kept) > MOST_KEPT:
            oldest = min(self._kept, key=lambda name: self._kept[name][0])
            del self._kept[oldest]
