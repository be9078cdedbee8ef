"""How fast clocks are: verdicts a second on one core, and one long explanation."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar, ClockName, ClockRun
from models.explanation import ClockFacts
from policies import clocks
from policies.business_time import expand
from policies.explanation import explain, explain_run, verdict_of

GOAL_VERDICTS = 20_000
GOAL_EXPLAIN = 5.0
ORACLE_CASES = 10_000
SECONDS_MEASURED = 2.0
REPEATS = 200
PAUSES = 12
BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)
SPLIT_DAY = ((540, 750), (795, 1020))


@dataclass(frozen=True)
class ClockSpeed:
    """What was measured. An item has three clocks, two of them paused twice on the way."""

    item_verdicts_a_second: int
    explain_milliseconds: float
    oracle_cases: int
    oracle_agrees: bool
    oracle_seconds: float


def measure() -> ClockSpeed:
    """Measure all of it; the walk of the oracle takes a minute or two."""
    hours = CalendarDefinition(
        name="office", zone="Europe/Berlin", windows=dict.fromkeys(range(5), SPLIT_DAY)
    )
    calendar = expand(hours, BEGINS - timedelta(days=1))
    agrees, seconds = _oracle()
    return ClockSpeed(
        item_verdicts_a_second=_verdicts_a_second(calendar),
        explain_milliseconds=_explain_milliseconds(hours, calendar),
        oracle_cases=ORACLE_CASES,
        oracle_agrees=agrees,
        oracle_seconds=seconds,
    )


def _item() -> tuple[ClockRun, ...]:
    first = clocks.stop(
        clocks.start(ClockName.FIRST_RESPONSE, 8 * 3600, BEGINS), BEGINS + timedelta(hours=6)
    )
    following = _paused(clocks.start(ClockName.NEXT_RESPONSE, 16 * 3600, BEGINS), 2)
    resolution = _paused(clocks.start(ClockName.RESOLUTION, 40 * 3600, BEGINS), 2)
    return first, following, resolution


def _paused(run: ClockRun, times: int) -> ClockRun:
    for number in range(times):
        began = BEGINS + timedelta(days=2 * number + 1, hours=2)
        run = clocks.resume(
            clocks.pause(run, began, "the issue is in Waiting for customer"),
            began + timedelta(hours=21),
        )
    return run


def _verdicts_a_second(calendar: BusinessCalendar) -> int:
    """By the processor's own time, so that other work on the machine does not count."""
    item, now, judged = _item(), BEGINS + timedelta(days=9), 0
    began = process_time()
    while process_time() - began < SECONDS_MEASURED:
        for _ in range(100):
            for run in item:
                verdict_of(run, clocks.elapsed_at(run, calendar, now))
        judged += 100
    return round(judged / (process_time() - began))


def _explain_milliseconds(hours: CalendarDefinition, calendar: BusinessCalendar) -> float:
    """The best of many, as the machine's own work only ever adds to it."""
    run = _paused(clocks.start(ClockName.RESOLUTION, 400 * 3600, BEGINS), PAUSES)
    facts = ClockFacts(
        issue_key="FT-1",
        runs=(run,),
        calendars=(calendar,),
        definitions=(hours,),
        shares=(50, 75, 100),
    )
    now = BEGINS + timedelta(days=30)
    assert len(explain_run(run, facts, now).intervals) > PAUSES
    taken = []
    for _ in range(REPEATS):
        began = perf_counter()
        explain(facts, now)
        taken.append(perf_counter() - began)
    return round(min(taken) * 1000, 2)


def _oracle() -> tuple[bool, float]:
    root, began = Path(__file__).parent.parent, perf_counter()
    walked = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/policies/test_clock_oracle.py"],
        cwd=root,
        env={**os.environ, "ORACLE_CASES": str(ORACLE_CASES)},
        capture_output=True,
        check=False,
    )
    return walked.returncode == 0, round(perf_counter() - began, 1)
