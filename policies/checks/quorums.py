"""Whether the quorums of approval.yaml make sense and can be reached by the people there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.approval import StagePlan
from policies.approval_pinning import pinned_approval
from policies.checks.findings import Problems, unknown
from policies.directory import Directory
from policies.documents.approval import ApprovalEntry
from policies.electorate import Electorate
from policies.problems import PathPart, PolicyProblem
from policies.quorum import reachable
from policies.yaml_source import Source

Path = tuple[PathPart, ...]


def quorum_problems(
    source: Source, path: Path, rule: ApprovalEntry, directory: Directory | None
) -> Problems:
    """Shares that are none, unknown groups, and quorums that nobody can reach."""
    shares = list(_shares(source, path, rule))
    yield from shares
    if directory is None:
        return
    for where, group in _groups(rule):
        if group not in directory.groups:
            kind = "group that anybody is in"
            yield unknown(source, (*path, *where), group, directory.groups, kind)
    if not shares and rule.quorum != 0 and (rule.stages or rule.quorum is not None):
        yield from _unreachable(source, path, rule, directory)


def _shares(source: Source, path: Path, rule: ApprovalEntry) -> Problems:
    for where, written in _quorums(rule):
        share = written.removesuffix("%") if isinstance(written, str) else ""
        if share.isdigit() and not 1 <= int(share) <= 100:
            what = "is no share of the voters"
            remedy = "write 1% to 100%, or a number"
            yield source.problem((*path, *where), what, got=str(written), remedy=remedy)


def _unreachable(source: Source, path: Path, rule: ApprovalEntry, directory: Directory) -> Problems:
    able = Electorate(directory.people, directory.permissions)
    pinned = pinned_approval(rule, lambda _: 1)
    stages = [able.stage(stage, pinned.deputy) for stage in pinned.asked]
    places: list[Path] = [("stages", number) for number in range(len(rule.stages))] or [()]
    alone = [number for number, stage in enumerate(stages) if not _can([stage])]
    for number in alone:
        where = (*path, *places[number], "quorum")
        yield _never(source, where, stages[number], (rule.stages or (rule,))[number].quorum)
    if not alone and not _can(stages):
        what = "can never all agree: each person votes once, and too few are left for the later"
        yield source.problem((*path, "stages"), what, remedy="add people or groups")
    if rule.escalate_to and pinned.escalate_to:
        stand_in = able.stage(pinned.escalate_to)
        if not _can([stand_in]):
            where = (*path, "escalate_to", "quorum")
            yield _never(source, where, stand_in, rule.escalate_to.quorum)


def _never(source: Source, where: Path, stage: StagePlan, written: object) -> PolicyProblem:
    names = ", ".join(person.id for person in (*stage.eligible, *stage.deputies)) or "nobody"
    return source.problem(
        where,
        f"can never be reached, since only these may vote: {names}",
        got=str(written),
        remedy="lower it, or add people or groups",
    )


def _can(stages: Sequence[StagePlan]) -> bool:
    free = {person.human for stage in stages for person in (*stage.eligible, *stage.deputies)}
    return reachable(stages, (), free, {person.human for person in stages[0].deputies})


def _quorums(rule: ApprovalEntry) -> Iterator[tuple[Path, int | str | None]]:
    yield ("quorum",), rule.quorum
    for number, stage in enumerate(rule.stages):
        yield ("stages", number, "quorum"), stage.quorum
    if rule.escalate_to:
        yield ("escalate_to", "quorum"), rule.escalate_to.quorum


def _groups(rule: ApprovalEntry) -> Iterator[tuple[Path, str]]:
    written: list[tuple[Path, tuple[str, ...]]] = [(("groups",), rule.groups)]
    written += [(("stages", n, "groups"), stage.groups) for n, stage in enumerate(rule.stages)]
    if rule.escalate_to:
        written.append((("escalate_to", "groups"), rule.escalate_to.groups))
    if rule.deputy:
        written.append((("deputy", "groups"), rule.deputy.groups))
    for where, groups in written:
        for index, group in enumerate(groups):
            yield (*where, index), group
