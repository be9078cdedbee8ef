"""Who must agree to a proposal, frozen when the request is opened.

Conditions are evaluated here, so this runs in an activity and never in workflow code.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.approval import (
    ActionKind,
    ActionProposal,
    ApprovalPlan,
    Choice,
    Excluded,
    ItemFacts,
    StageClock,
    StagePlan,
)
from models.approval_request import ApprovalRequest
from models.approval_rule import ApprovalRule, OnRefusal
from models.people import Channel
from models.policy import PolicySnapshot
from policies import approval
from policies.approval_words import explain
from policies.business_time import DAYS_COVERED, CalendarExhausted, add_seconds, expand
from policies.conditions import (
    MOST_MINOR_UNITS,
    ConditionError,
    Fact,
    Vocabulary,
    compile_condition,
)
from policies.electorate import Electorate
from policies.involved import involved_in
from policies.voters import is_member, why_no_voter

NO_RULE = "no rule"
"""The name of the plan for what no rule allows."""


def plan(
    proposal: ActionProposal, item: ItemFacts, snapshot: PolicySnapshot, now: datetime
) -> ApprovalPlan:
    """The plan for a proposal under the item's pinned rules.

    The first rule for the kind of action whose condition is true decides; a climb is decided by
    the rule that its rung names. Where no rule applies, or one cannot be evaluated, the plan needs
    one vote of nobody: what no rule allows is refused, and the explanation says so.
    """
    try:
        rule = _rule_for(proposal, item, snapshot)
    except ConditionError as error:
        return _refusing(snapshot, now, f"An approval rule {error.what}. So it is refused.")
    if rule is None:
        return _refusing(
            snapshot,
            now,
            f"No approval rule allows {proposal.kind} here, so it is refused. "
            "Somebody who looks after approval.yaml can add one.",
        )
    return _plan_by(rule, proposal, snapshot, now)


def _rule_for(
    proposal: ActionProposal, item: ItemFacts, snapshot: PolicySnapshot
) -> ApprovalRule | None:
    if proposal.kind is ActionKind.CLIMB:
        ladder = snapshot.rules[item.severity].ladder
        wanted = next(
            (rung.needs_approval for rung in ladder.rungs if rung.level == proposal.rung), None
        )
        candidates = [rule for rule in snapshot.approvals if rule.name == wanted]
    else:
        candidates = [rule for rule in snapshot.approvals if proposal.kind in rule.actions]
    facts = facts_of(proposal, item)
    for rule in candidates:
        if compile_condition(rule.when, Vocabulary.APPROVAL).holds(facts):
            return rule
    return None


def facts_of(proposal: ActionProposal, item: ItemFacts) -> dict[str, Fact]:
    """What conditions look at. An action without an amount counts as above every limit."""
    amount = proposal.amount
    before = item.asked_before.get(proposal.kind.value, 0)
    return {
        "action.kind": proposal.kind.value,
        "action.has_amount": amount is not None,
        "action.amount_minor": min(amount.minor, MOST_MINOR_UNITS) if amount else MOST_MINOR_UNITS,
        "action.total_minor": min(before + amount.minor, MOST_MINOR_UNITS)
        if amount
        else MOST_MINOR_UNITS,
        "action.currency": amount.currency if amount else "",
        "action.evidence_count": len(proposal.evidence),
        "action.level": proposal.rung or 0,
        "item.severity": item.severity.value,
        "item.category": item.category,
        "item.segment": item.segment,
        "item.country": item.country or "",
        "item.stage": item.stage,
        "item.confidence": item.confidence,
        "action.by_automation": proposal.proposed_by.channel is Channel.AUTOMATION,
        "action.confidence": 1.0 if proposal.confidence is None else proposal.confidence,
    }


def _plan_by(
    rule: ApprovalRule, proposal: ActionProposal, snapshot: PolicySnapshot, now: datetime
) -> ApprovalPlan:
    clock = clock_of(rule, snapshot, now)
    involved = involved_in(proposal, rule, snapshot, now)
    able = Electorate(snapshot.people, snapshot.permissions, frozenset(involved))
    stages = tuple(able.stage(stage, rule.deputy) for stage in rule.asked)
    stand_in = able.stage(rule.escalate_to) if rule.escalate_to else None
    nobody = rule.quorum == 0 and not rule.stages
    return ApprovalPlan(
        rule=rule.name,
        quorum=0 if nobody else _first_quorum(stages[0]),
        eligible=stages[0].eligible,
        excluded=_excluded(rule, involved, snapshot),
        refusal_ends=rule.on_refusal is OnRefusal.ENDS,
        opened_at=now,
        expires_at=clock.expires_at,
        remind_at=clock.remind_at,
        deputies_at=clock.deputies_at,
        explanation=explain(rule, () if nobody else stages),
        trusted_keys=snapshot.trusted_keys,
        allow_unproven=snapshot.allow_unproven,
        stages=stages,
        stand_in=stand_in,
        substitutes=able.substitutes(),
        delegations=able.delegations(
            snapshot.delegations, (*stages, *((stand_in,) if stand_in else ()))
        ),
        on_expiry=rule.on_expiry,
        because=rule.because,
        pause_clocks=rule.pause_clocks,
        dry_run=rule.dry_run or proposal.dry_run,
        moves={
            **dict.fromkeys(snapshot.statuses.approve_when, Choice.APPROVE.value),
            **dict.fromkeys(snapshot.statuses.reject_when, Choice.REJECT.value),
        },
    )


def _first_quorum(stage: StagePlan) -> int:
    """The fewest who can fulfil the stage, for lists that show one number."""
    needed = [quorum.needed for quorum in stage.quorums]
    return min(needed, default=1) if stage.any_group else sum(needed)


def clock_of_rule(name: str, snapshot: PolicySnapshot, now: datetime) -> StageClock:
    """As `clock_of`, for the pinned rule with this name."""
    rule = next(rule for rule in snapshot.approvals if rule.name == name)
    return clock_of(rule, snapshot, now)


def clock_of(rule: ApprovalRule, snapshot: PolicySnapshot, now: datetime) -> StageClock:
    """When a stage of this rule that is asked now reminds, asks its deputies, and expires."""
    deputy = rule.deputy
    return StageClock(
        opened_at=now,
        expires_at=_later(rule, rule.expires_after, snapshot, now),
        remind_at=_later(rule, rule.remind_after, snapshot, now) if rule.remind_after else None,
        deputies_at=_later(rule, deputy.after, snapshot, now) if deputy else None,
    )


def timed(request: ApprovalRequest, snapshot: PolicySnapshot) -> ApprovalRequest:
    """A stage that was just reached gets its times, counted from when it was reached."""
    if request.outcome is not None or request.clock is not None:
        return request
    reached = approval.reached_at(request)
    return approval.timed(request, clock_of_rule(request.plan.rule, snapshot, reached))


def _excluded(
    rule: ApprovalRule, involved: dict[str, str], snapshot: PolicySnapshot
) -> tuple[Excluded, ...]:
    found: list[Excluded] = []
    for person in snapshot.people:
        why = involved.get(person.id)
        if why is None and person.human in involved:
            why = f"{person.name} is another account of theirs. {involved[person.human]}"
        if why is None and is_member(person, rule.every_group):
            why = why_no_voter(person, snapshot.permissions)
        if why is not None:
            found.append(Excluded(person=person.id, why=why))
    return tuple(found)


def _refusing(snapshot: PolicySnapshot, now: datetime, explanation: str) -> ApprovalPlan:
    return ApprovalPlan(
        rule=NO_RULE,
        quorum=1,
        eligible=(),
        expires_at=now,
        explanation=explanation,
        trusted_keys=snapshot.trusted_keys,
        allow_unproven=snapshot.allow_unproven,
    )


def _later(rule: ApprovalRule, seconds: int, snapshot: PolicySnapshot, now: datetime) -> datetime:
    if not rule.business:
        return now + timedelta(seconds=seconds)
    try:
        return add_seconds(snapshot.calendar, now, seconds)
    except CalendarExhausted:
        if snapshot.scale != 1:
            return now + timedelta(seconds=seconds)
        further = expand(snapshot.calendar_definition, now, 2 * DAYS_COVERED)
        return add_seconds(further, now, seconds)
