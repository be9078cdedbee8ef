"""Many past items under two policies: what would break, climb or need people, with whose keys."""

from __future__ import annotations

from collections.abc import Iterable

from models.clocks import ClockName
from models.rehearsal import Count, NotRehearsed, PastItem, Rehearsal, Rehearsed
from policies.approval_plan import NO_RULE
from policies.business_time import CalendarExhausted
from policies.conditions import ConditionError
from policies.lifecycle.running_clocks import TITLES
from policies.policy_set import PolicySet
from policies.rehearsing.agreement import Compared, agreement, compared
from policies.rehearsing.replay import NeverEnds, replay


def compare(
    items: Iterable[PastItem | NotRehearsed], in_force: PolicySet, rehearsed: PolicySet
) -> Rehearsal:
    """Every item under both policies, and our verdicts beside the recorded ones if there are any.

    An item that one of them cannot be played over is told and left out, and the rest goes on.
    """
    tally = _Tally(in_force, rehearsed)
    for one in items:
        if isinstance(one, NotRehearsed):
            tally.leave_out(one)
        else:
            tally.take(one)
    return tally.told()


class _Tally:
    """What was counted so far."""

    def __init__(self, in_force: PolicySet, rehearsed: PolicySet) -> None:
        self._in_force = in_force
        self._rehearsed = rehearsed
        self._counts: dict[str, tuple[list[str], list[str]]] = {
            f"{TITLES[name]} late": ([], []) for name in ClockName
        }
        self._outcomes: list[Rehearsed] = []
        self._lacking: list[str] = []
        self._left_out: list[NotRehearsed] = []
        self._compared: list[Compared] = []

    def leave_out(self, one: NotRehearsed) -> None:
        """Remember what could not be read."""
        self._left_out.append(one)

    def take(self, past: PastItem) -> None:
        """Play one item under both policies."""
        try:
            after = replay(past, self._rehearsed)
            same = self._in_force.version == self._rehearsed.version
            before = after if same else replay(past, self._in_force)
            verdicts = compared(past, after)
        except (ConditionError, CalendarExhausted, NeverEnds) as error:
            self._left_out.append(NotRehearsed(where=past.key, why=str(error)))
            return
        for side, outcome in enumerate((before.rehearsed, after.rehearsed)):
            for what in numbers_of(outcome):
                keys = self._counts.setdefault(what, ([], []))[side]
                if past.key not in keys[-1:]:
                    keys.append(past.key)
        self._outcomes.append(after.rehearsed)
        if past.lacking:
            self._lacking.append(past.key)
        if verdicts is not None:
            self._compared.append(verdicts)

    def told(self) -> Rehearsal:
        """Everything; numbers that are 0 on both sides are left out."""
        counts = (
            Count(what=what, in_force=tuple(before), rehearsed=tuple(after))
            for what, (before, after) in self._counts.items()
            if before or after
        )
        return Rehearsal(
            in_force=self._in_force.where,
            rehearsed=self._rehearsed.where,
            versions=(self._in_force.version, self._rehearsed.version),
            items=len(self._outcomes),
            counts=tuple(sorted(counts, key=lambda one: _place(one.what))),
            lacking=tuple(dict.fromkeys(self._lacking)),
            not_rehearsed=tuple(self._left_out),
            agreement=agreement(self._compared) if self._compared else None,
            outcomes=tuple(self._outcomes),
        )


def numbers_of(outcome: Rehearsed) -> tuple[str, ...]:
    """In which numbers of the report the item is counted, each once."""
    late = [f"{TITLES[one.name]} late" for one in outcome.clocks if one.late]
    levels = [f"escalated to level {one.level}" for one in outcome.levels]
    rules = [
        f"refused, since no rule allows {one.action}"
        if one.rule == NO_RULE
        else f"needed approval by {one.rule}"
        for one in outcome.rules
        if one.people
    ]
    return tuple(dict.fromkeys((*late, *levels, *rules)))


def _place(what: str) -> tuple[int, str]:
    """Clocks first and in their order, then levels, then rules."""
    clocks = [f"{TITLES[name]} late" for name in ClockName]
    if what in clocks:
        return 0, str(clocks.index(what))
    return (1, what) if what.startswith("escalated") else (2, what)
