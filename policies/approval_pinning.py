"""An approval rule as written, resolved into what is pinned to an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.approval_rule import ApprovalRule, DeputyRule, StageRule
from policies.documents.approval import ApprovalEntry, StageEntry
from policies.quorum_text import read_quorum

Seconds = Callable[[str], int]
"""Turns a written duration into seconds, business or wall-clock."""


def pinned_approval(entry: ApprovalEntry, seconds: Seconds) -> ApprovalRule:
    """The rule with its durations in seconds and its quorums as numbers or shares."""
    number, percent = read_quorum(entry.quorum)
    deputy = entry.deputy
    return ApprovalRule(
        name=entry.name,
        actions=tuple(kind.value for kind in entry.actions),
        when=entry.when,
        quorum=number,
        percent=percent,
        groups=entry.groups,
        counted=entry.counted,
        stages=tuple(_stage(stage) for stage in entry.stages),
        on_refusal=entry.on_refusal,
        on_expiry=entry.on_expiry,
        because=entry.because or "",
        escalate_to=_stage(entry.escalate_to) if entry.escalate_to else None,
        deputy=DeputyRule(after=seconds(deputy.after), groups=deputy.groups) if deputy else None,
        exclude_requesters_group=entry.exclude_requesters_group,
        pause_clocks=entry.pause_clocks,
        expires_after=seconds(entry.expires_after),
        remind_after=seconds(entry.remind_after) if entry.remind_after else None,
        business=entry.business,
        dry_run=entry.dry_run,
        why=entry.why,
    )


def groups_of(entries: Iterable[ApprovalEntry]) -> set[str]:
    """Every group that one of these rules may ask."""
    return {group for entry in entries for group in pinned_approval(entry, lambda _: 0).every_group}


def _stage(entry: StageEntry) -> StageRule:
    number, percent = read_quorum(entry.quorum)
    return StageRule(
        name=entry.name,
        groups=entry.groups,
        quorum=number,
        percent=percent,
        counted=entry.counted,
    )
