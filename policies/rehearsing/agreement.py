"""Our verdict on a resolution beside the recorded one, and what would make the two agree.

A reason is never guessed: each is another way of counting the same item, and it is given only when
our verdict by that way is the recorded one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.clocks import ClockName, ClockRun
from models.lifecycle import Severity
from models.rehearsal import (
    Agreement,
    AgreementRow,
    ClockOutcome,
    Disagreement,
    PastItem,
    RecordedVerdict,
    Rehearsed,
)
from policies.business_time import seconds_between
from policies.lifecycle.running_clocks import calendar_of, pinned
from policies.rehearsing.replay import Replayed

BY_CLOSING = "agrees if judged by the closing, not by the resolution"
PAUSES_COUNT = "paused time differs: agrees if pauses count"
CLOSED_HOURS_COUNT = "hours differ: agrees if the time outside of the calendar counts"
FIRST_PRIORITY = "the priority changed: agrees if judged by the first one"
LAST_PRIORITY = "the priority changed: agrees if judged by the last one"
FIRST_CYCLE = "reopened: agrees if judged by the first resolution alone"
LAST_CYCLE = "reopened: agrees if judged by the last resolution alone"
AS_ONE = "reopened: agrees if all from the opening to the last resolution is one promise"
NEVER_RESOLVED = "never resolved: the history ends before"
NOT_RECORDED = "no resolution is recorded"
ALL_TIME = "agrees only if all time from the opening to the closing counts, round the clock"
ANOTHER_TARGET = "no way of counting agrees: the record had another target or other hours"


@dataclass(frozen=True)
class Compared:
    """One item whose record has a verdict."""

    key: str
    severity: Severity
    recorded_in_time: bool
    ours_in_time: bool
    reasons: tuple[str, ...] = ()


def compared(past: PastItem, replayed: Replayed) -> Compared | None:
    """The two verdicts; None where the record has none or the policy promises no resolution."""
    recorded, rehearsed = past.recorded, replayed.rehearsed
    ours = [one for one in rehearsed.clocks if one.name is ClockName.RESOLUTION]
    if recorded is None or recorded.in_time is None or not ours:
        return None
    in_time = not rehearsed.late(ClockName.RESOLUTION)
    agreed = in_time is recorded.in_time
    return Compared(
        key=past.key,
        severity=rehearsed.severity,
        recorded_in_time=recorded.in_time,
        ours_in_time=in_time,
        reasons=() if agreed else _reasons(past, recorded, replayed, ours),
    )


def agreement(items: list[Compared]) -> Agreement:
    """Rows by severity and for all, and the reasons with the most items first."""
    severities = [one for one in Severity if any(item.severity is one for item in items)]
    rows = [_row(one, [item for item in items if item.severity is one]) for one in severities]
    found: dict[tuple[bool, str], list[str]] = {}
    for item in items:
        for reason in item.reasons:
            found.setdefault((item.recorded_in_time, reason), []).append(item.key)
    ordered = sorted(found.items(), key=lambda one: (one[0][0], -len(one[1]), one[0][1]))
    return Agreement(
        rows=(*rows, _row(None, items)),
        disagreements=tuple(
            Disagreement(recorded_in_time=in_time, reason=reason, keys=tuple(keys))
            for (in_time, reason), keys in ordered
        ),
    )


def _row(severity: Severity | None, items: list[Compared]) -> AgreementRow:
    return AgreementRow(
        severity=severity,
        judged=len(items),
        recorded_in_time=sum(item.recorded_in_time for item in items),
        ours_in_time=sum(item.ours_in_time for item in items),
        agreed=sum(item.ours_in_time is item.recorded_in_time for item in items),
    )


def _reasons(
    past: PastItem, recorded: RecordedVerdict, replayed: Replayed, ours: list[ClockOutcome]
) -> tuple[str, ...]:
    counting = _Counting(past, recorded, replayed)
    agreeing = [
        reason for reason, in_time in counting.otherwise(ours) if in_time is recorded.in_time
    ]
    if not agreeing:
        last = counting.all_time()
        agreeing = [ALL_TIME if last is recorded.in_time else ANOTHER_TARGET]
    return (*agreeing, *counting.missing())


class _Counting:
    """The resolution of one item, counted in other ways than ours."""

    def __init__(self, past: PastItem, recorded: RecordedVerdict, replayed: Replayed) -> None:
        self._past = past
        self._recorded = recorded
        self._state = replayed.state
        self._rehearsed: Rehearsed = replayed.rehearsed
        self._runs = [run for run in self._state.clocks if run.name is ClockName.RESOLUTION]

    def otherwise(self, ours: list[ClockOutcome]) -> Iterator[tuple[str, bool]]:
        """Each way of counting that differs from ours in one thing, and its verdict."""
        closed_at = self._recorded.closed_at
        last = self._runs[-1]
        if closed_at is not None and last.stopped_at is not None and closed_at > last.stopped_at:
            begun = sum(one.elapsed for one in ours[-1:])
            later = self._between(last, last.stopped_at, closed_at)
            yield BY_CLOSING, begun + later < last.target and not any(o.late for o in ours[:-1])
        if any(run.pauses for run in self._runs):
            yield PAUSES_COUNT, all(self._unpaused(run) < run.target for run in self._runs)
        yield CLOSED_HOURS_COUNT, all(self._round_the_clock(run) < run.target for run in self._runs)
        yield from self._by_other_priorities(ours)
        if len(ours) > 1:
            yield FIRST_CYCLE, not ours[0].late
            yield LAST_CYCLE, not ours[-1].late
            whole = self._between(last, self._runs[0].started_at, self._ended(last))
            yield AS_ONE, whole < last.target

    def all_time(self) -> bool:
        """Whether it is in time when all time until the closing counts."""
        until = self._recorded.closed_at or self._past.until
        seconds = (until - self._past.item.created_at).total_seconds()
        return seconds < self._runs[-1].target

    def missing(self) -> Iterator[str]:
        """What the record leaves open, whichever way it is counted."""
        if self._runs[-1].running:
            yield NEVER_RESOLVED
        elif self._recorded.resolved_at is None:
            yield NOT_RECORDED

    def _by_other_priorities(self, ours: list[ClockOutcome]) -> Iterator[tuple[str, bool]]:
        changed = {run.target for run in self._runs} | {
            before.before for run in self._runs for before in run.retargets
        }
        if self._past.severity is self._rehearsed.severity and len(changed) == 1:
            return
        rules = pinned(self._state).rules
        for reason, severity in (
            (FIRST_PRIORITY, self._past.severity),
            (LAST_PRIORITY, self._rehearsed.severity),
        ):
            target = rules[severity].targets.get(ClockName.RESOLUTION)
            if target is not None:
                yield reason, all(one.elapsed < target for one in ours)

    def _ended(self, run: ClockRun) -> datetime:
        return run.stopped_at or max(self._past.until, run.started_at)

    def _unpaused(self, run: ClockRun) -> int:
        return self._between(run, run.started_at, self._ended(run))

    def _between(self, run: ClockRun, since: datetime, until: datetime) -> int:
        return seconds_between(calendar_of(self._state, run), since, until)

    def _round_the_clock(self, run: ClockRun) -> int:
        until = self._ended(run)
        paused = sum(
            (min(pause.ended_at or until, until) - pause.began_at).total_seconds()
            for pause in run.pauses
        )
        return int((until - run.started_at).total_seconds() - paused)
