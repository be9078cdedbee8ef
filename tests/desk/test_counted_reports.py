"""The numbers are shown at once as they were counted last, and are counted anew behind that."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.counted_reports import FRESH_FOR, CountedReports
from ledger.store import open_ledger
from runtime.problems import Problem
from runtime.settings import load_settings

PATIENCE_SECONDS = 30


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CountedReports:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}").close()
    return CountedReports(load_settings())


async def test_a_report_is_kept_while_it_is_fresh(reports: CountedReports) -> None:
    now = datetime.now(UTC)
    first = await reports.of("all", now)
    assert await reports.of("all", now + FRESH_FOR / 2) is first
    assert not reports.counting()


async def test_an_old_report_is_shown_at_once_while_a_new_one_is_counted(
    reports: CountedReports,
) -> None:
    now = datetime.now(UTC)
    first = await reports.of("all", now)
    assert await reports.of("all", now + FRESH_FOR) is first
    assert reports.counting()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while reports.counting():  # noqa: ASYNC110 - the count has no event of its own
            await asyncio.sleep(0.01)
    newer = await reports.of("all", now + FRESH_FOR)
    assert newer.made_at > first.made_at


async def test_what_is_no_period_is_refused(reports: CountedReports) -> None:
    with pytest.raises(ValueError, match="period"):
        await reports.of("soon", datetime.now(UTC))


async def test_what_cannot_be_counted_says_so_across_the_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "empty"))
    with pytest.raises(Problem) as caught:
        await CountedReports(load_settings()).of("all", datetime.now(UTC))
    assert "there is no ledger here" in caught.value.what
    assert caught.value.remedy
