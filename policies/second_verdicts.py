"""A cycle that is measured by another policy as well: a second verdict beside the first.

The first one is never written over. A running cycle keeps its start and every pause and is judged
by the new rules from then on; a stopped one keeps its verdict and is only looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.clocks import ClockName, ClockRun, Measure
from policies import clocks
from policies.explanation_lines import short

Cycle = tuple[ClockName, int]


@dataclass(frozen=True)
class Move:
    """An item is moved from one policy version to another.

    `targets` are what the new version promises for each cycle, in business seconds; a cycle that is
    not in it has no promise there and is left alone. `calendar_before` counts cycles that name none.
    """

    at: datetime
    version_before: str
    version: str
    calendar_before: str
    calendar: str
    targets: Mapping[Cycle, int]


def moved(run: ClockRun, move: Move) -> ClockRun:
    """The cycle after the move, with the verdict that it had before kept in whole."""
    target = move.targets.get((run.name, run.cycle))
    if target is None:
        return run
    judged_by, counted_in = run.policy or move.version_before, run.calendar or move.calendar_before
    run = run.model_copy(update={"policy": judged_by, "calendar": counted_in})
    new = Measure(
        version=move.version, target=target, calendar=move.calendar, at=move.at, judged=False
    )
    if run.running:
        return _judged_by(run, new, move.at)
    return run.model_copy(update={"measures": (*run.measures, new)})


def go_on(run: ClockRun, at: datetime) -> ClockRun:
    """A stopped cycle counts again from `at`, by the policy that the item is under by then."""
    again = clocks.go_on(run, at)
    if again is run or not run.measures or run.measures[-1].judged:
        return again
    *others, newest = run.measures
    return _judged_by(again.model_copy(update={"measures": tuple(others)}), newest, at)


def targets_written(targets: Mapping[Cycle, int]) -> str:
    """`first_response/1=14400 resolution/1=86400`, as an event keeps them."""
    return " ".join(f"{name}/{cycle}={target}" for (name, cycle), target in targets.items())


def targets_read(written: str) -> dict[Cycle, int]:
    """What `targets_written` wrote. Raises `ValueError` for anything else."""
    targets = {}
    for one in written.split():
        cycle, _, target = one.partition("=")
        name, _, number = cycle.partition("/")
        targets[ClockName(name), int(number)] = int(target)
    return targets


def _judged_by(run: ClockRun, new: Measure, at: datetime) -> ClockRun:
    old = Measure(version=run.policy, target=run.target, calendar=run.calendar, at=at, judged=True)
    why = f"policy {short(old.version)} → {short(new.version)}"
    run = clocks.retarget(run, new.target, at, why, new.calendar)
    return run.model_copy(update={"policy": new.version, "measures": (*run.measures, old)})
