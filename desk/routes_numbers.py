"""`/numbers`: the health of the loop in a period, each number with what is behind it."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk.counted_reports import CountedReports
from desk.site import Site


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
