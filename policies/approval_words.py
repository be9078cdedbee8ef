"""What a plan says of itself in words."""

from __future__ import annotations

from collections.abc import Sequence

from models.approval import GroupQuorum, StagePlan
from models.approval_rule import ApprovalRule, OnExpiry


def explain(rule: ApprovalRule, stages: Sequence[StagePlan]) -> str:
    """Which rule applies and why, who must agree, and what happens if nobody decides."""
    if not stages:
        return f"{rule.name}: {rule.why} Nobody needs to agree."
    parts = [f"{rule.name}: {rule.why}"]
    if len(stages) == 1:
        parts.append(f"{stage_words(stages[0])}.")
    else:
        parts += [
            f"Stage {number}, {stage.name}: {stage_words(stage)}."
            for number, stage in enumerate(stages, 1)
        ]
    if rule.deputy is not None:
        parts.append(f"Deputies asked later: {', '.join(rule.deputy.groups)}.")
    if rule.on_expiry is OnExpiry.APPROVE:
        parts.append(f"If nobody decides in time it is approved, because {rule.because}")
    if rule.on_expiry is OnExpiry.ESCALATE and rule.escalate_to is not None:
        parts.append(f"If nobody decides in time, {rule.escalate_to.name} decides.")
    return " ".join(parts)


def stage_words(stage: StagePlan) -> str:
    """`2 must agree, out of Fay, Finn`, or the same for each group."""
    named = {person.human: person.name for person in stage.eligible}
    joined = "; or " if stage.any_group else "; and "
    return joined.join(_quorum_words(quorum, named) for quorum in stage.quorums)


def _quorum_words(quorum: GroupQuorum, named: dict[str, str]) -> str:
    names = ", ".join(named.get(human, human) for human in quorum.voters) or "nobody"
    of = f" of {quorum.group}" if quorum.group else ""
    return f"{quorum.needed}{of} must agree, out of {names}"
