"""Who must agree to a proposal, frozen when the request is opened.

Conditions are evaluated here, so this runs in an activity and never in workflow code.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.approval import ActionKind, ActionProposal, ApprovalPlan, Excluded, ItemFacts
from models.approval_rule import ApprovalRule, OnRefusal
from models.people import Person
from models.policy import PolicySnapshot
from policies.business_time import DAYS_COVERED, CalendarExhausted, add_seconds, expand
from policies.conditions import (
    MOST_MINOR_UNITS,
    ConditionError,
    Fact,
    Vocabulary,
    compile_condition,
)
from policies.voters import is_member, voters, why_no_voter

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
    return {
        "action.kind": proposal.kind.value,
        "action.has_amount": amount is not None,
        "action.amount_minor": min(amount.minor, MOST_MINOR_UNITS) if amount else MOST_MINOR_UNITS,
        "action.currency": amount.currency if amount else "",
        "action.evidence_count": len(proposal.evidence),
        "action.level": proposal.rung or 0,
        "item.severity": item.severity.value,
        "item.category": item.category,
        "item.segment": item.segment,
        "item.country": item.country or "",
        "item.stage": item.stage,
    }


def _plan_by(
    rule: ApprovalRule, proposal: ActionProposal, snapshot: PolicySnapshot, now: datetime
) -> ApprovalPlan:
    requester = proposal.proposed_by.person
    asking = snapshot.person(requester)
    human = asking.human if asking else requester
    able = voters(snapshot.people, rule.groups, snapshot.permissions)
    eligible = tuple(person for person in able if person.human != human)
    excluded = tuple(
        Excluded(person=person.id, why=why)
        for person in snapshot.people
        if (why := _why_excluded(person, rule, requester, human, snapshot)) is not None
    )
    return ApprovalPlan(
        rule=rule.name,
        quorum=rule.quorum,
        eligible=eligible,
        excluded=excluded,
        refusal_ends=rule.on_refusal is OnRefusal.ENDS,
        opened_at=now,
        expires_at=_later(rule, rule.expires_after, snapshot, now),
        remind_at=_later(rule, rule.remind_after, snapshot, now) if rule.remind_after else None,
        explanation=_explanation(rule, eligible),
        trusted_keys=snapshot.trusted_keys,
        allow_unproven=snapshot.allow_unproven,
        dry_run=rule.dry_run or proposal.dry_run,
    )


def _why_excluded(
    person: Person, rule: ApprovalRule, requester: str, human: str, snapshot: PolicySnapshot
) -> str | None:
    if person.id == requester:
        return f"{person.name} asked for it; somebody else decides."
    if person.id == human:
        return f"{person.name} stands behind the account that asked for it; somebody else decides."
    if person.human == human:
        return f"{person.name} is an account of whoever asked for it; somebody else decides."
    if is_member(person, rule.groups):
        return why_no_voter(person, snapshot.permissions)
    return None


def _explanation(rule: ApprovalRule, eligible: tuple[Person, ...]) -> str:
    if rule.quorum == 0:
        return f"{rule.name}: {rule.why} Nobody needs to agree."
    names = ", ".join(person.name for person in eligible) or "nobody"
    return f"{rule.name}: {rule.why} {rule.quorum} must agree, out of {names}."


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
