"""Checks of the course of one ladder: every level can come up, and every way has an end."""

from __future__ import annotations

from collections.abc import Iterator

from models.ladder import Hours
from models.lifecycle import Severity
from policies.checks.findings import Problems, unknown, used_twice
from policies.documents.escalation import BranchEntry, LadderEntry, RungEntry
from policies.problems import PathPart
from policies.yaml_source import Source

Path = tuple[PathPart, ...]
HOURS = tuple(Hours)


def check_course(source: Source, path: Path, ladder: LadderEntry) -> Problems:
    """Names of levels, ways back without an end, and levels and hours that nothing leads to."""
    named = [((*path, "rungs", i, "name"), rung.name) for i, rung in enumerate(ladder.rungs)]
    yield from used_twice(source, named)
    names = [rung.name for rung in ladder.rungs]
    if ladder.repeat_from is not None and ladder.repeat_from not in names:
        yield unknown(source, (*path, "repeat_from"), ladder.repeat_from, names, "level here")
    if ladder.repeat_from is not None and ladder.repeat == 0:
        what = "says where to repeat from, but nothing is repeated"
        remedy = "say with repeat how often"
        yield source.problem((*path, "repeat_from"), what, remedy=remedy)
    for index, rung in enumerate(ladder.rungs):
        where: Path = (*path, "rungs", index)
        yield from _severities(source, (*where, "severity"), rung.severity, ladder)
        yield from _ways(source, where, ladder, index, rung)
    if len(set(names)) == len(names):
        yield from _never_told(source, path, ladder)


def _severities(
    source: Source, path: Path, severities: tuple[Severity, ...], ladder: LadderEntry
) -> Problems:
    for index, severity in enumerate(severities):
        if severity not in ladder.severity:
            what = f"is no severity of this ladder (got {severity})"
            yield source.problem((*path, index), what, remedy="take it out")


def _ways(source: Source, path: Path, ladder: LadderEntry, index: int, rung: RungEntry) -> Problems:
    names = [one.name for one in ladder.rungs]
    if rung.repeat is not None and rung.repeat.back_to not in names[: index + 1]:
        where = (*path, "repeat", "back_to")
        yield unknown(
            source, where, rung.repeat.back_to, names[: index + 1], "level up to this one"
        )
    taken: list[BranchEntry] = []
    for number, branch in enumerate(rung.then):
        where = (*path, "then", number)
        yield from _severities(source, (*where, "severity"), branch.severity, ladder)
        if branch.to in names[: index + 1]:
            what = "leads back, and so round and round for ever"
            remedy = "write repeat, with how many times"
            yield source.problem((*where, "to"), what, got=branch.to, remedy=remedy)
        elif branch.to not in names:
            yield unknown(source, (*where, "to"), branch.to, names[index + 1 :], "level below here")
        if all(any(_takes(one, *case) for one in taken) for case in _cases(branch, ladder)):
            remedy = "take it out, or put it before what takes everything"
            yield source.problem(where, "is never taken", remedy=remedy)
        taken.append(branch)


def _takes(branch: BranchEntry, severity: Severity, hours: Hours) -> bool:
    return (not branch.severity or severity in branch.severity) and branch.when in (None, hours)


def _cases(branch: BranchEntry, ladder: LadderEntry) -> Iterator[tuple[Severity, Hours]]:
    for severity in branch.severity or ladder.severity:
        for hours in (branch.when,) if branch.when else HOURS:
            yield severity, hours


def _never_told(source: Source, path: Path, ladder: LadderEntry) -> Problems:
    """Levels that every way leads past, and hours at which a severity tells nobody at all."""
    told = {
        (level, severity, hours)
        for severity in ladder.severity
        for level, hours in _walk(ladder, severity)
    }
    for index in range(len(ladder.rungs)):
        if not any(level == index for level, _, _ in told):
            remedy = "take it out, or let a branch lead to it"
            yield source.problem(
                (*path, "rungs", index, "name"), "is a level that nothing leads to", remedy=remedy
            )
    for severity in ladder.severity:
        for hours in HOURS:
            if not any((s, h) == (severity, hours) for _, s, h in told):
                what = f"tell nobody {hours} for {severity}"
                remedy = "add a level that is told then"
                yield source.problem((*path, "rungs"), what, remedy=remedy, of_key=True)


def _walk(ladder: LadderEntry, severity: Severity) -> set[tuple[int, Hours]]:
    """Every level that can be told at which hours; each step may come at either."""
    told: set[tuple[int, Hours]] = set()
    ahead = [(0, hours) for hours in HOURS]
    while ahead:
        index, hours = ahead.pop()
        if index >= len(ladder.rungs):
            continue
        rung = ladder.rungs[index]
        fits = (not rung.severity or severity in rung.severity) and rung.when in (None, hours)
        if not fits:
            ahead.append((index + 1, hours))
        elif (index, hours) not in told:
            told.add((index, hours))
            ahead += [(_next(ladder, index, severity, later), later) for later in HOURS]
    return told


def _next(ladder: LadderEntry, index: int, severity: Severity, hours: Hours) -> int:
    for branch in ladder.rungs[index].then:
        level = ladder.level_of(branch.to)
        if level is not None and level - 1 > index and _takes(branch, severity, hours):
            return level - 1
    return index + 1
