"""The policy files in words for the desk: who must agree, what is promised, who is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from models.base import Frozen
from models.events import Event
from policies.documents.approval import ApprovalDocument, ApprovalEntry, StageEntry
from policies.documents.escalation import LadderEntry
from policies.documents.sla import TargetRule

ALWAYS = "true"


class RuleUse(Frozen):
    """How often requests ended under a rule, and how."""

    ended: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> str:
        """`12 times: 9 approved, 3 rejected`."""
        if not self.ended:
            return "never"
        told = ", ".join(f"{many} {outcome.replace('_', ' ')}" for outcome, many in self.outcomes)
        return f"{self.ended} {'time' if self.ended == 1 else 'times'}: {told}"


class ApprovalCard(Frozen):
    """A rule of approval.yaml. `when` is empty where it always holds."""

    name: str
    actions: tuple[str, ...]
    when: str
    who: str
    why: str
    time: str
    use: RuleUse


def approval_cards(document: ApprovalDocument, ended: Iterable[Event]) -> tuple[ApprovalCard, ...]:
    """The rules in the order in which they are read, each with what ended under its name.

    `ended` are the ends of requests, under whichever version of the rule.
    """
    used = _uses(ended)
    return tuple(
        ApprovalCard(
            name=rule.name,
            actions=tuple(rule.actions),
            when="" if rule.when == ALWAYS else rule.when,
            who=_who(rule),
            why=rule.why,
            time=_time(rule),
            use=used.get(rule.name, RuleUse()),
        )
        for rule in document.rules
    )


def _uses(ended: Iterable[Event]) -> dict[str, RuleUse]:
    """A request that was told of twice counts once, by its first end."""
    first: dict[str, tuple[str, str]] = {}
    for event in ended:
        facts = event.facts
        if facts.get("rule"):
            first.setdefault(
                str(facts.get("request")), (str(facts["rule"]), str(facts.get("outcome")))
            )
    by_rule: dict[str, Counter[str]] = {}
    for rule, outcome in first.values():
        by_rule.setdefault(rule, Counter())[outcome] += 1
    return {
        rule: RuleUse(ended=counted.total(), outcomes=tuple(counted.most_common()))
        for rule, counted in by_rule.items()
    }


def _who(rule: ApprovalEntry) -> str:
    if rule.stages:
        steps = "; then ".join(f"{stage.name}: {_quorum(stage)}" for stage in rule.stages)
        return f"{steps[:1].upper()}{steps[1:]}."
    if str(rule.quorum) == "0":
        return "Nobody needs to agree."
    asked = StageEntry(
        name=rule.name, groups=rule.groups, quorum=rule.quorum or "any", counted=rule.counted
    )
    said = _quorum(asked)
    return f"{said[:1].upper()}{said[1:]}."


def _quorum(stage: StageEntry) -> str:
    wanted = {"any": "one", "1": "one", "2": "two", "all": "all"}.get(
        str(stage.quorum), str(stage.quorum)
    )
    joint = {"together": " and ", "each_group": " and of ", "any_group": " or of "}[stage.counted]
    return f"{wanted} of {joint.join(stage.groups)}"


def _time(rule: ApprovalEntry) -> str:
    kind = " of working time" if rule.business else ""
    after = {
        "refuse": "it is refused",
        "approve": f"it is approved, because {rule.because}",
        "escalate": f"{rule.escalate_to.name if rule.escalate_to else 'somebody else'} decides",
    }[rule.on_expiry]
    return f"After {rule.expires_after}{kind} without a decision {after}."


class PromiseRow(Frozen):
    """A rule of sla.yaml: for whom, and the targets as they are written."""

    name: str
    of: str
    targets: dict[str, str]


def promises(targets: Iterable[TargetRule]) -> tuple[PromiseRow, ...]:
    """The rules in the order in which they are read; the first that fits decides."""
    return tuple(
        PromiseRow(
            name=rule.name,
            of=" · ".join(
                ", ".join(fits) for fits in (rule.severity, rule.segment, rule.category) if fits
            )
            or "everything else",
            targets={str(clock): written for clock, written in rule.written_targets().items()},
        )
        for rule in targets
    )


def ladder_words(ladder: LadderEntry) -> tuple[str, ...]:
    """A line for each level, in the order in which they are told."""
    return tuple(
        f"{rung.name}: {', '.join(rung.notify)}"
        + (f"; {rung.wait}{' of working time' if rung.business else ''} to acknowledge")
        + (f"; only with leave by “{rung.needs_approval}”" if rung.needs_approval else "")
        for rung in ladder.rungs
    )
