"""Which move each clock makes when something happens: one pure function over rules and happening.

The order is that of the best systems in the field. A clock that does not run: start and stop
together do nothing, start alone begins a cycle. One that runs: stop ends it; reset, if start holds
too, ends it and begins the next; cancel ends it without a verdict; then pause, then resume.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.clock_rules import ClockRule, Condition, OnReopen, Standing, Word
from models.clocks import ClockName, ClockRun
from policies import clocks, second_verdicts


class Move(StrEnum):
    """What a clock does."""

    START = "start"
    GO_ON = "go_on"
    STOP = "stop"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class Happening:
    """A moment at which clocks may move: the events of that moment, and how things stand since."""

    at: datetime
    told: tuple[Condition, ...]
    standing: Standing


_WHY_RESUMED = {
    Word.CUSTOMER_COMMENTED: "the customer wrote",
    Word.LEFT_STATUS: "the issue left {status}",
    Word.APPROVAL_SETTLED: "no approval is awaited any more",
    Word.AGENT_ANSWERED: "the customer was answered",
    Word.ASSIGNED: "the issue was assigned",
    Word.REOPENED: "the item was reopened",
}


def moves(rule: ClockRule, run: ClockRun | None, happening: Happening) -> tuple[Move, ...]:
    """What the newest cycle `run` of the rule's clock does now, in order; usually nothing."""
    starts = _any(rule.start, rule, happening)
    stops = _any(rule.stop, rule, happening)
    pauses = _held(rule, happening) or _any(rule.pause, rule, happening)
    if run is None or not run.running:
        if not starts or stops:
            return ()
        begun = Move.GO_ON if run is not None and _goes_on(rule, happening) else Move.START
        return (begun, Move.PAUSE) if pauses else (begun,)
    if stops:
        return (Move.STOP,)
    if starts and _any(rule.reset, rule, happening):
        again = (Move.STOP, Move.START)
        return (*again, Move.PAUSE) if pauses else again
    if _any(rule.cancel, rule, happening):
        return (Move.CANCEL,)
    if pauses:
        return () if run.paused else (Move.PAUSE,)
    if run.paused and (not rule.resume or _any(rule.resume, rule, happening)):
        return (Move.RESUME,)
    return ()


def interpret(
    rules: Iterable[ClockRule], happenings: Iterable[Happening], targets: Mapping[ClockName, int]
) -> tuple[ClockRun, ...]:
    """Every cycle of every clock after all that happened, in the order in which they began.

    `happenings` are in order of time; a clock without a target never starts.
    """
    runs: list[ClockRun] = []
    rules = tuple(rules)
    for happening in happenings:
        for rule in rules:
            place = next((i for i in reversed(range(len(runs))) if runs[i].name is rule.name), None)
            run = None if place is None else runs[place]
            for move in moves(rule, run, happening):
                if move is Move.START and rule.name in targets:
                    cycle = run.cycle + 1 if run else 1
                    run = clocks.start(rule.name, targets[rule.name], happening.at, cycle)
                    runs.append(run)
                    place = len(runs) - 1
                elif run is not None and place is not None and move is not Move.START:
                    run = runs[place] = moved(run, move, happening, rule)
    return tuple(runs)


def moved(run: ClockRun, move: Move, happening: Happening, rule: ClockRule) -> ClockRun:
    """The cycle after any move but a start."""
    at = max(happening.at, run.started_at)
    match move:
        case Move.STOP:
            return clocks.stop(run, at)
        case Move.CANCEL:
            return clocks.cancel(run, at)
        case Move.PAUSE:
            return clocks.pause(run, at, why_paused(rule, happening))
        case Move.RESUME:
            return clocks.resume(run, at)
        case Move.GO_ON:
            return second_verdicts.go_on(run, at)
        case Move.START:
            raise ValueError("a start begins a cycle of its own")


def why_paused(rule: ClockRule, happening: Happening) -> str:
    """In words, for the first condition of `pause` that holds."""
    held = next((one for one in rule.pause if _holds(one, rule, happening)), None)
    if held is not None and held.word is Word.AWAITING_APPROVAL:
        return "an approval is awaited"
    if held is not None and held.word in (Word.WAITING_FOR_CUSTOMER, Word.IN_STATUS):
        return f"the issue is in {held.status or happening.standing.status}"
    if held is None and _held(rule, happening):
        return "an approval is awaited"
    return held.word.replace("_", " ") if held is not None else "paused"


def why_resumed(happening: Happening) -> str:
    """In words, for what happened at that moment."""
    for one in happening.told:
        if one.word in _WHY_RESUMED:
            return _WHY_RESUMED[one.word].format(status=one.status)
    return "nothing holds it any more"


def _goes_on(rule: ClockRule, happening: Happening) -> bool:
    reopened = any(one.word is Word.REOPENED for one in happening.told)
    return reopened and rule.on_reopen is OnReopen.RESUME


def _held(rule: ClockRule, happening: Happening) -> bool:
    """The rule of a waiting request lets every clock stand still but that of approvals."""
    return rule.name is not ClockName.APPROVAL and bool(happening.standing.held_by)


def _any(conditions: tuple[Condition, ...], rule: ClockRule, happening: Happening) -> bool:
    return any(_holds(one, rule, happening) for one in conditions)


def _holds(one: Condition, rule: ClockRule, happening: Happening) -> bool:
    standing = happening.standing
    match one.word:
        case Word.UNASSIGNED:
            return not standing.assigned
        case Word.IN_STATUS:
            return standing.status == one.status
        case Word.WAITING_FOR_CUSTOMER:
            return standing.waiting_for_customer
        case Word.AWAITING_APPROVAL:
            return not set(standing.requests) <= set(standing.let_run_by)
        case Word.DECIDED:
            return standing.decided
        case Word.START_NO_LONGER_HOLDS:
            return not any(_holds(start, rule, happening) for start in rule.start)
        case _:
            return one in happening.told
