"""Checks of approval.yaml against itself and the people."""

from __future__ import annotations

from collections.abc import Iterator

from models.approval_rule import OnExpiry
from policies.checks.findings import Problems, used_twice
from policies.checks.order import hidden_approvals
from policies.checks.quorums import quorum_problems
from policies.directory import Directory
from policies.documents.approval import ApprovalDocument, ApprovalEntry
from policies.durations import seconds_in
from policies.problems import PathPart
from policies.yaml_source import Source

Path = tuple[PathPart, ...]


def check_approval(
    source: Source, document: ApprovalDocument, directory: Directory | None
) -> Problems:
    """What is wrong with the rules themselves, and quorums that nobody can reach."""
    rules = document.rules
    yield from used_twice(
        source, [(("rules", i, "name"), rule.name) for i, rule in enumerate(rules)]
    )
    yield from hidden_approvals(source, rules)
    for index, rule in enumerate(rules):
        path: Path = ("rules", index)
        yield from _stages_or_quorum(source, path, rule)
        yield from _moments(source, path, rule)
        yield from _expiry(source, path, rule)
        yield from quorum_problems(source, path, rule, directory)


def _stages_or_quorum(source: Source, path: Path, rule: ApprovalEntry) -> Problems:
    if rule.stages and (rule.quorum is not None or rule.groups):
        what = "stand beside quorum or groups, so it is not clear who must agree"
        yield source.problem((*path, "stages"), what, remedy="keep one of the two")
    if not rule.stages and rule.quorum is None:
        what = "does not say how many must agree"
        yield source.problem(path, what, remedy="add quorum and groups, or stages")
    for number, stage in enumerate(rule.stages):
        if stage.quorum == 0:
            where = (*path, "stages", number, "quorum")
            yield source.problem(where, "needs nobody", got="0", remedy="leave the stage out")


def _moments(source: Source, path: Path, rule: ApprovalEntry) -> Problems:
    for where, written in _before_expiry(rule):
        if seconds_in(written) >= seconds_in(rule.expires_after):
            what = "is not before expires_after"
            yield source.problem((*path, *where), what, got=written, remedy=f"{_EARLIER[where[0]]}")


_EARLIER: dict[PathPart, str] = {
    "remind_after": "remind earlier",
    "deputy": "ask the deputies earlier",
}


def _before_expiry(rule: ApprovalEntry) -> Iterator[tuple[Path, str]]:
    if rule.remind_after:
        yield ("remind_after",), rule.remind_after
    if rule.deputy:
        yield ("deputy", "after"), rule.deputy.after


def _expiry(source: Source, path: Path, rule: ApprovalEntry) -> Problems:
    """Approving without anybody needs words, and escalating needs somebody."""
    approves, escalates = rule.on_expiry is OnExpiry.APPROVE, rule.on_expiry is OnExpiry.ESCALATE
    if approves and not rule.because:
        what = "approves what nobody decided, and does not say why that is right"
        remedy = "add because: and the reason in words, or let it refuse"
        yield source.problem((*path, "on_expiry"), what, remedy=remedy)
    if rule.because and not approves:
        what = "gives a reason for approving what nobody decided, but on_expiry does not approve"
        yield source.problem((*path, "because"), what, remedy="remove it")
    if escalates and rule.escalate_to is None:
        what = "escalates to nobody"
        yield source.problem((*path, "on_expiry"), what, remedy="add escalate_to")
    if rule.escalate_to is not None and not escalates:
        what = "is never asked, since on_expiry does not escalate"
        yield source.problem((*path, "escalate_to"), what, remedy="add on_expiry: escalate")
