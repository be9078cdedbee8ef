"""Time goals, computed from an issue's history each time they are read. No rows, no timers."""

from dataclasses import dataclass

from local_jira.seed_desk import SeedSla


@dataclass(frozen=True)
class Facts:
    """What an SLA looks at; all times in milliseconds since 1970.

    `statuses` are (from when on, name, whether it is done), oldest first, starting at creation.
    `first_answer` is the first public comment by somebody who is no customer.
    """

    statuses: tuple[tuple[int, str, bool], ...]
    first_answer: int | None


@dataclass(frozen=True)
class Cycle:
    """One run of a goal; `stop` is None while it goes on. `breach` is when the goal was or will
    be missed, or would have been had it not been met; None while it is paused.
    """

    start: int
    stop: int | None
    elapsed: int
    goal: int
    paused: bool
    breach: int | None

    @property
    def breached(self) -> bool:
        """Whether it took longer than the goal."""
        return self.elapsed > self.goal

    @property
    def remaining(self) -> int:
        """What is left of the goal; negative when it was missed."""
        return self.goal - self.elapsed


def cycles(sla: SeedSla, facts: Facts, now: int) -> list[Cycle]:
    """Every cycle of a goal, oldest first; only the last one can be going on."""
    return [_cycle(sla, facts, start, stop, now) for start, stop in _runs(sla, facts)]


def _runs(sla: SeedSla, facts: Facts) -> list[tuple[int, int | None]]:
    if sla.stops_at == "first_public_comment":
        return [(facts.statuses[0][0], facts.first_answer)]
    runs: list[tuple[int, int | None]] = []
    started: int | None = None
    for at, _, is_done in facts.statuses:
        if not is_done and started is None:
            started = at
        if is_done and started is not None:
            runs.append((started, at))
            started = None
    return [*runs, (started, None)] if started is not None else runs


def _cycle(sla: SeedSla, facts: Facts, start: int, stop: int | None, now: int) -> Cycle:
    goal, elapsed, missed_at = sla.goal_seconds * 1000, 0, None
    end = max(start, now if stop is None else stop)
    ends = [*(at for at, _, _ in facts.statuses[1:]), end]
    for (at, name, _), until in zip(facts.statuses, ends, strict=True):
        first, last = max(at, start), min(until, end)
        if last <= first or name in sla.paused_in:
            continue
        if missed_at is None and elapsed + last - first > goal:
            missed_at = first + goal - elapsed
        elapsed += last - first
    paused = stop is None and facts.statuses[-1][1] in sla.paused_in
    breach = missed_at
    if breach is None and not paused:
        breach = end + goal - elapsed
    return Cycle(start, stop, elapsed, goal, paused, breach)
