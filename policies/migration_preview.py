"""What moving an item to the policy in force would change, for whoever is about to sign it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.approval_rule import ApprovalRule
from models.clocks import ClockRun
from models.ladder import Ladder
from models.lifecycle import Severity
from models.policy import PolicySnapshot
from policies import clocks
from policies.business_time import CalendarExhausted
from policies.lengths_in_words import working_time

NOTHING = "none"


@dataclass(frozen=True)
class Difference:
    """One thing that would be otherwise: what it is, and how it reads before and after."""

    what: str
    before: str
    after: str


def differences(
    before: PolicySnapshot,
    after: PolicySnapshot,
    severity: Severity,
    runs: Sequence[ClockRun],
    now: datetime,
) -> tuple[Difference, ...]:
    """What would change for an item of this severity whose clocks are `runs`.

    Nobody's words are in it. Empty when both are the same policy, or differ in nothing that this
    item would notice.
    """
    found = (
        *_targets(before, after, severity),
        *_due(before, after, severity, runs, now),
        Difference("opening hours", before.calendar.name, after.calendar.name),
        Difference(
            "ladder",
            _ladder(before.rules[severity].ladder),
            _ladder(after.rules[severity].ladder),
        ),
        *_approvals(before.approvals, after.approvals),
        Difference(
            "clocks stand still while people vote",
            _yes(before.pause_while_approving),
            _yes(after.pause_while_approving),
        ),
        Difference(
            "watched after the decision for",
            working_time(before.watch.lasts),
            working_time(after.watch.lasts),
        ),
    )
    return tuple(one for one in found if one.before != one.after)


def _targets(
    before: PolicySnapshot, after: PolicySnapshot, severity: Severity
) -> Iterator[Difference]:
    old, new = before.rules[severity].targets, after.rules[severity].targets
    for name in dict.fromkeys((*old, *new)):
        shown = [working_time(one[name]) if name in one else NOTHING for one in (old, new)]
        yield Difference(f"target of {name.value.replace('_', ' ')}", *shown)


def _due(
    before: PolicySnapshot,
    after: PolicySnapshot,
    severity: Severity,
    runs: Sequence[ClockRun],
    now: datetime,
) -> Iterator[Difference]:
    """When running clocks would fall due, counted from the start that they have."""
    for run in runs:
        target = after.rules[severity].targets.get(run.name)
        if not run.running or target is None:
            continue
        judged = run.model_copy(update={"target": target})
        what = f"{run.name.value.replace('_', ' ')} due"
        yield Difference(what, _due_at(run, before, now), _due_at(judged, after, now))


def _due_at(run: ClockRun, snapshot: PolicySnapshot, now: datetime) -> str:
    try:
        due_at = clocks.read(run, snapshot.calendar, now).due_at
    except CalendarExhausted:
        due_at = None
    return f"{due_at:%Y-%m-%d %H:%M} UTC" if due_at else "not known now"


def _ladder(ladder: Ladder) -> str:
    levels = ", ".join(f"{rung.name} ({working_time(rung.wait)})" for rung in ladder.rungs)
    return f"{ladder.name}, from {ladder.starts_at_percent} %: {levels}"


def _approvals(
    before: Sequence[ApprovalRule], after: Sequence[ApprovalRule]
) -> Iterator[Difference]:
    old, new = ({rule.name: rule for rule in rules} for rules in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if name not in old or name not in new:
            shown = ("a rule" if name in old else NOTHING, "a rule" if name in new else NOTHING)
            yield Difference(f"approval rule {name}", *shown)
        elif old[name] != new[name]:
            yield Difference(f"approval rule {name}", _rule(old[name]), _rule(new[name]))


def _rule(rule: ApprovalRule) -> str:
    """What of a rule people look at; the rest is in approval.yaml."""
    asked = " then ".join(
        f"{stage.percent} % of" if stage.percent else f"{stage.quorum} of" for stage in rule.asked
    )
    groups = ", ".join(rule.every_group) or "nobody"
    time = working_time(rule.expires_after)
    return f"if {rule.when}: {asked} {groups}, within {time}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
