"""Which rule of each policy file decides a case, and why none of those above it did.

Conditions are evaluated and a calendar is expanded here, so this is for commands and activities,
never for workflow code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.approval import ActionKind, ActionProposal, ItemFacts, Money
from models.base import Frozen
from models.item import CustomerFacts, FeedbackItem
from models.lifecycle import Severity, Stage
from models.people import Actor, Channel
from models.policy import PolicySnapshot
from policies import approval_plan, snapshot
from policies.conditions import Fact, Vocabulary, compile_condition
from policies.documents.sla import TargetRule
from policies.documents.triage import Route
from policies.item_facts import customer_facts
from policies.policy_set import PolicySet


class Case(Frozen):
    """An item, real or made up, and what is asked for on it. Texts that are not known are empty.

    `revenue_minor` is a year's, in minor units; `evidence` counts pieces of it.
    """

    severity: Severity
    category: str
    segment: str = "standard"
    plan: str = ""
    country: str = ""
    zone: str = ""
    known_customer: bool = True
    revenue_minor: int = 0
    source: str = ""
    release: str = ""
    issue_type: str = ""
    sentiment: str = "neutral"
    language: str = "en"
    unsure: bool = False
    action: ActionKind | None = None
    amount: Money | None = None
    evidence: int = 0
    requester: str = "somebody"


class RuleLooked(Frozen):
    """One rule that was looked at, and why it decides or does not."""

    name: str
    applies: bool
    why: str


class RuleTrace(Frozen):
    """One question, the rules looked at from the top until one decided, and what that means."""

    file: str
    question: str
    rules: tuple[RuleLooked, ...]
    answer: str


@dataclass(frozen=True)
class _Setting:
    policy_set: PolicySet
    case: Case
    item: FeedbackItem
    pinned: PolicySnapshot
    now: datetime


def trace(policy_set: PolicySet, case: Case, now: datetime) -> tuple[RuleTrace, ...]:
    """What each file decides on the case, in the order in which an item meets them.

    Raises `ConditionError` when a condition cannot be evaluated.
    """
    item = _item(case, now)
    facts = {
        **customer_facts(item, case.category),
        "item.severity": case.severity.value,
        "item.sentiment": case.sentiment,
        "item.language": case.language,
        "item.unsure": case.unsure,
    }
    routed = _route(policy_set.triage.routes, facts)
    pinned = snapshot.pin(
        policy_set,
        item=item,
        category=case.category,
        now=now,
        scale=1,
        trusted_keys={},
        allow_unproven=False,
        owner=policy_set.triage.routes[len(routed.rules) - 1].owner,
    )
    setting = _Setting(policy_set, case, item, pinned, now)
    parts = (routed, _calendar(setting), _targets(setting), _ladder(setting))
    return parts if case.action is None else (*parts, _approval(setting))


def _item(case: Case, now: datetime) -> FeedbackItem:
    return FeedbackItem(
        issue_id="0",
        issue_key="",
        project="",
        issue_type=case.issue_type,
        created_at=now,
        text_digest="",
        text_length=0,
        customer=CustomerFacts(
            reference="",
            known=case.known_customer,
            segment=case.segment,
            plan=case.plan or None,
            annual_revenue_minor=case.revenue_minor,
            zone=case.zone or None,
            country=case.country or None,
        ),
        release=case.release or None,
        source=case.source or None,
    )


class _Conditional(Protocol):
    @property
    def when(self) -> str | None: ...


def _looked(
    rules: Sequence[tuple[str, _Conditional]], vocabulary: Vocabulary, facts: Mapping[str, Fact]
) -> Iterator[RuleLooked]:
    """The rules from the top, up to the first whose condition holds."""
    for name, rule in rules:
        if rule.when is None or rule.when == "true":
            yield RuleLooked(name=name, applies=True, why="it takes everything that comes to it")
            return
        holds = compile_condition(rule.when, vocabulary).holds(facts)
        yield RuleLooked(name=name, applies=holds, why=f"{rule.when} is {str(holds).lower()}")
        if holds:
            return


def _route(routes: Sequence[Route], facts: Mapping[str, Fact]) -> RuleTrace:
    looked = tuple(_looked([(route.name, route) for route in routes], Vocabulary.ITEM, facts))
    chosen = routes[len(looked) - 1]
    actions = ", ".join(action.kind for action in chosen.actions)
    suggested = f" It suggests: {actions}." if actions else ""
    asked = " A person is asked to look at the triage first." if chosen.ask_a_person else ""
    answer = f"{chosen.owner} owns it.{suggested}{asked}"
    return RuleTrace(file="triage.yaml", question="Who owns it?", rules=looked, answer=answer)


def _calendar(setting: _Setting) -> RuleTrace:
    choices = setting.policy_set.sla.calendars
    facts = customer_facts(setting.item, setting.case.category)
    named = [(choice.calendar, choice) for choice in choices]
    return RuleTrace(
        file="sla.yaml",
        question="Which hours count?",
        rules=tuple(_looked(named, Vocabulary.CUSTOMER, facts)),
        answer=f"{setting.pinned.calendar_definition.name}.",
    )


def _targets(setting: _Setting) -> RuleTrace:
    looked: list[RuleLooked] = []
    for rule in setting.policy_set.sla.targets:
        unfit = _why_unfit(rule, setting.case)
        why = unfit or "severity, segment and category fit"
        looked.append(RuleLooked(name=rule.name, applies=unfit is None, why=why))
        if unfit is None:
            break
    rule = setting.policy_set.sla.targets[len(looked) - 1]
    promised = ", ".join(
        f"{clock.value.replace('_', ' ')} {written}"
        for clock, written in rule.written_targets().items()
    )
    return RuleTrace(
        file="sla.yaml",
        question="What is promised?",
        rules=tuple(looked),
        answer=f"In working time: {promised}.",
    )


def _why_unfit(rule: TargetRule, case: Case) -> str | None:
    for what, wanted, value in (
        ("severity", rule.severity, case.severity),
        ("segment", rule.segment, case.segment),
        ("category", rule.category, case.category),
    ):
        if wanted and value not in wanted:
            return f"{what} {value} is not among {', '.join(wanted)}"
    return None


def _ladder(setting: _Setting) -> RuleTrace:
    severity = setting.case.severity
    looked: list[RuleLooked] = []
    for entry in setting.policy_set.escalation.ladders:
        fits = severity in entry.severity
        among = "is" if fits else "is not"
        why = f"{severity} {among} among {', '.join(entry.severity)}"
        looked.append(RuleLooked(name=entry.name, applies=fits, why=why))
        if fits:
            break
    ladder = setting.pinned.rules[severity].ladder
    rungs = "; ".join(
        f"{rung.level} {rung.name} ({', '.join(rung.notify) or 'nobody'})" for rung in ladder.rungs
    )
    return RuleTrace(
        file="escalation.yaml",
        question="Who is told when nobody takes it on?",
        rules=tuple(looked),
        answer=f"From {ladder.starts_at_percent} % of a target on: {rungs}.",
    )


def _approval(setting: _Setting) -> RuleTrace:
    case, kind = setting.case, setting.case.action
    if kind is None:
        raise ValueError("nothing is asked for")
    proposal = ActionProposal(
        request_id="hypothetical",
        kind=kind,
        subject="",
        summary="",
        amount=case.amount,
        evidence=tuple(str(number) for number in range(case.evidence)),
        proposed_by=Actor(person=case.requester, channel=Channel.CLI),
        proposed_at=setting.now,
    )
    item = ItemFacts(
        issue_id="0",
        issue_key="",
        workflow_id="",
        severity=case.severity,
        category=case.category,
        segment=case.segment,
        country=case.country or None,
        stage=Stage.CLOCKS,
    )
    rules = [(rule.name, rule) for rule in setting.pinned.approvals if kind in rule.actions]
    facts = approval_plan.facts_of(proposal, item)
    return RuleTrace(
        file="approval.yaml",
        question=f"Who must agree to a {kind.value.replace('_', ' ')}?",
        rules=tuple(_looked(rules, Vocabulary.APPROVAL, facts)),
        answer=approval_plan.plan(proposal, item, setting.pinned, setting.now).explanation,
    )
