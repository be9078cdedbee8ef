"""Whether the people who agreed, or who still may, are enough.

One person fills one place. Where a stage needs somebody of each of several groups, a member of
two of them stands for one, for whichever it helps: that is a matching of people to places.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product

from models.approval import GroupQuorum, StagePlan

Place = frozenset[str]
"""The humans who could fill it."""


def needed(number: int, percent: int | None, voters: int) -> int:
    """How many must agree: a number, or a share of the voters rounded up, and at least one."""
    if percent is None:
        return number
    return max(1, -(-voters * percent // 100))


def agreed(stage: StagePlan, approving: Collection[str], deputies: Collection[str] = ()) -> bool:
    """Whether these humans' agreement fulfils the stage."""
    return any(not _lacking(choice, approving, deputies) for choice in _choices(stage))


def lacking(
    stage: StagePlan, approving: Collection[str], deputies: Collection[str] = ()
) -> tuple[tuple[str, int], ...]:
    """Which groups (empty: all together) still need how many, for the nearest way to a yes."""
    ways = [_lacking(choice, approving, deputies) for choice in _choices(stage)]
    nearest = min(ways, key=len, default=[])
    return tuple((group, nearest.count(group)) for group in dict.fromkeys(nearest))


def reachable(
    stages: Sequence[StagePlan],
    approving: Collection[str],
    free: Collection[str],
    deputies: Collection[str] = (),
) -> bool:
    """Whether all these stages can still agree, each human voting once over all of them.

    `approving` agreed in the first of the stages, `free` have not voted, and `deputies` are those
    of the first stage; the deputies of a later stage are its own.
    """
    ways = product(*(_choices(stage) for stage in stages))
    return any(_all_fillable(stages, way, approving, free, deputies) for way in ways)


def _all_fillable(
    stages: Sequence[StagePlan],
    way: Sequence[tuple[GroupQuorum, ...]],
    approving: Collection[str],
    free: Collection[str],
    deputies: Collection[str],
) -> bool:
    places: list[Place] = []
    for number, (stage, quorums) in enumerate(zip(stages, way, strict=True)):
        helpers = deputies if number == 0 else [person.human for person in stage.deputies]
        able = {*free, *approving} if number == 0 else set(free)
        for quorum in quorums:
            places += [frozenset({*quorum.voters, *helpers} & able)] * quorum.needed
    return len(_filled(places)) == len(places)


def _choices(stage: StagePlan) -> list[tuple[GroupQuorum, ...]]:
    return [(quorum,) for quorum in stage.quorums] if stage.any_group else [stage.quorums]


def _lacking(
    quorums: tuple[GroupQuorum, ...], approving: Collection[str], deputies: Collection[str]
) -> list[str]:
    places = [
        (quorum.group, frozenset({*quorum.voters, *deputies} & set(approving)))
        for quorum in quorums
        for _ in range(quorum.needed)
    ]
    filled = _filled([able for _, able in places])
    return [group for number, (group, _) in enumerate(places) if number not in filled]


def _filled(places: Sequence[Place]) -> set[int]:
    """The places that can be filled at once, as many as possible (Kuhn's matching)."""
    holds: dict[str, int] = {}

    def seat(place: int, passed: set[str]) -> bool:
        for human in sorted(places[place] - passed):
            passed.add(human)
            if human not in holds or seat(holds[human], passed):
                holds[human] = place
                return True
        return False

    for place in range(len(places)):
        seat(place, set())
    return set(holds.values())
