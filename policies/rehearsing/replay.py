"""One past item under another policy: the rules of a living item, played over what happened.

Nobody reads here what the rules do, they are the lifecycle's own: between two events of the past
everything falls due that would have fallen due, and levels are told to people who never answer
unless the history says that they did. Conditions and zones are read, so this is not for workflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.approval import ActionKind, ActionProposal, ApprovalOutcome, ApprovalPlan, Money
from models.clocks import ClockName, ClockRun
from models.events import Event, EventKind
from models.item_state import ItemState
from models.lifecycle import Outcome, Severity
from models.messages import Resolve
from models.people import Actor, Channel
from models.policy import PolicySnapshot
from models.rehearsal import ClockOutcome, LevelReached, PastItem, Rehearsed, RuleMet
from policies import clocks
from policies.approval_plan import plan
from policies.business_time import covering
from policies.explanation import verdict_of
from policies.lifecycle import (
    actions_in,
    acts,
    changed_rules,
    deadlines,
    running_clocks,
    taking_on,
)
from policies.lifecycle.facts import added_up, item_facts
from policies.lifecycle.ladder import (
    change_severity,
    looked_up,
    question,
    stand_down_if_calm,
)
from policies.lifecycle.recontact import reopen
from policies.lookup import who_is_on
from policies.policy_set import PolicySet
from policies.rehearsing.leave import LeaveAsked
from policies.snapshot import pin

SOMEBODY = Actor(person="somebody", channel=Channel.JIRA)
"""Who did what the history does not say who did."""
_GRANTED = frozenset(one for one in ApprovalOutcome if one.granted)
MOST_DEADLINES = 10_000
"""A ladder that asks for more than this while one item waits would never come to an end."""


class NeverEnds(Exception):  # noqa: N818 - says what happened, as all failures here do
    """The policy makes more fall due on one item than a rehearsal follows."""


@dataclass(frozen=True)
class Replayed:
    """How the item would have gone, and the state in which its history leaves it."""

    rehearsed: Rehearsed
    state: ItemState


def replay(past: PastItem, policy_set: PolicySet) -> Replayed:
    """How the item would have gone, had this policy been pinned to it at its beginning.

    Raises `ConditionError`, `CalendarExhausted` and `NeverEnds`.
    """
    playing = _Replay(past, policy_set)
    return Replayed(playing.played(), playing.state)


class _Replay:
    """One item under one policy, event by event."""

    def __init__(self, past: PastItem, policy_set: PolicySet) -> None:
        self._past = past
        self._policy_set = policy_set
        category = self._category(past.category)
        snapshot = pin(
            policy_set,
            item=past.item,
            category=category,
            now=past.until,
            scale=past.scale,
            trusted_keys={},
            allow_unproven=True,
            owner=past.owner,
        )
        self.state = ItemState(
            issue_id=past.item.issue_id,
            workflow_id=past.item.issue_id,
            life="rehearsal",
            item=past.item,
            snapshot=_as_recorded(snapshot, past),
            severity=past.severity,
            category=category,
            owner=past.owner,
        )
        self._levels: list[LevelReached] = []
        self._rules: list[RuleMet] = []
        self._leave = LeaveAsked()
        self._proposed_before: dict[str, ActionProposal] = {}

    def played(self) -> Rehearsed:
        """What happened, with everything that fell due in between, until the history ends."""
        for event in self._past.events:
            self._wait_until(event.at)
            self.state = self._taken(event)
            self._settled(event.at)
        self._wait_until(self._past.until)
        return Rehearsed(
            key=self._past.key,
            severity=self.state.severity or Severity.S3,
            clocks=tuple(self._outcome(run) for run in self.state.clocks),
            levels=tuple(self._levels),
            rules=tuple(self._rules),
        )

    def _wait_until(self, moment: datetime) -> None:
        for _ in range(MOST_DEADLINES):
            at = self._next()
            if at is None or at > moment:
                return
            before = self.state, self._next()
            self.state = deadlines.pass_deadlines(self.state, at)
            self._settled(at)
            if (self.state, self._next()) == before:
                return
        raise NeverEnds(f"more than {MOST_DEADLINES} things fall due between two events")

    def _next(self) -> datetime | None:
        deadline = deadlines.next_deadline(self.state)
        if deadline is None or self.state.decision is not None:
            return None
        leave = self._leave.next_at()
        return deadline.at if leave is None else min(deadline.at, leave)

    def _settled(self, at: datetime) -> None:
        """Answer what the item asks of activities, and keep what came of it."""
        snapshot = running_clocks.pinned(self.state)
        if changed_rules.calendar_is_stale(snapshot):
            definition, created = snapshot.calendar_definition, self._past.item.created_at
            calendar = covering(definition, created, self._past.until, scaled=False)
            self.state = changed_rules.expanded(self.state, calendar, at)
        self._look_up(at)
        self._keep_events()
        for result in self._leave.ended(snapshot, at):
            self.state = actions_in.ended(self.state, result, at)
        self._keep_events()

    def _look_up(self, at: datetime) -> None:
        while (rung := question(self.state)) is not None:
            directory, owner = self._policy_set.directory, self.state.owner
            found = who_is_on(directory, rung.level, rung.written, owner, at)
            self.state = looked_up(self.state, found, at)

    def _keep_events(self) -> None:
        """Comments, notices and messages would be sent by activities; here nobody is told."""
        for event in self.state.unrecorded:
            self._keep(event)
        self._leave.withdraw(self.state)
        sent: dict[str, object] = {"unrecorded": (), "comments": (), "notices": (), "outgoing": ()}
        self.state = self.state.model_copy(update=sent)

    def _keep(self, event: Event) -> None:
        facts = event.facts
        if event.kind is EventKind.CLIMBED and not facts.get("reminder"):
            level, name = int(str(facts["level"])), str(facts["rung"])
            if all(one.level != level for one in self._levels):
                self._levels.append(LevelReached(level=level, name=name, at=event.at))
        elif event.kind is EventKind.CLIMB_REQUESTED:
            self._climb_asked(str(facts["request"]), event.at)

    def _climb_asked(self, request: str, at: datetime) -> None:
        action = next(one for one in self.state.actions if one.proposal.request_id == request)
        self._leave.ask(action, self._met(action.proposal, at), at)

    def _met(self, proposal: ActionProposal, at: datetime) -> ApprovalPlan:
        """Note which approval rule decides."""
        facts = item_facts(self.state).model_copy(
            update={"asked_before": added_up(self._proposed_before.values())}
        )
        made = plan(proposal, facts, running_clocks.pinned(self.state), at)
        met = RuleMet(action=proposal.kind, rule=made.rule, people=made.quorum, at=at)
        self._rules.append(met)
        return made

    def _taken(self, event: Event) -> ItemState:
        state = self.state
        match event.kind:
            case EventKind.DECIDED if state.decision is None:
                return acts.decide(state, _resolved(event), event.at).state
            case EventKind.REOPENED:
                return reopen(state, event.at, "as it was in the past")
            case EventKind.ACKNOWLEDGED if state.ladder.told is not None:
                return taking_on.take_on(state, _actor(event), "", event.at)[0]
            case EventKind.HANDED_OVER if state.ladder.told is not None:
                return self._handed_over(event)
            case EventKind.OVERRIDDEN:
                return self._corrected(event)
            case EventKind.ACTION_PROPOSED:
                return self._proposed(event)
            case EventKind.ACTION_ENDED:
                return self._ended(event)
            case EventKind.ANSWERED:
                return stand_down_if_calm(_followed(state, event), event.at)
            case EventKind.ISSUE_GONE:
                return running_clocks.cancel_all(state, event.at)
            case EventKind.DECIDED | EventKind.ACKNOWLEDGED | EventKind.HANDED_OVER:
                return state
            case _:
                return _followed(state, event)

    def _proposed(self, event: Event) -> ItemState:
        """The rule that is met may say whether the clocks stand still meanwhile."""
        proposal = _proposal(event, self._past)
        made = self._met(proposal, event.at)
        self._proposed_before[proposal.request_id] = proposal
        state = _followed(self.state, event)
        if made.pause_clocks is None:
            return state
        facts = {"request": event.facts.get("request"), "pauses": made.pause_clocks}
        update = {"kind": EventKind.ACTION_PLANNED, "facts": facts}
        return _followed(state, event.model_copy(update=update))

    def _ended(self, event: Event) -> ItemState:
        """What was not granted then does not count against what was asked later."""
        outcome = event.facts.get("outcome")
        if outcome not in _GRANTED:
            self._proposed_before.pop(str(event.facts.get("request")), None)
        return _followed(self.state, event)

    def _corrected(self, event: Event) -> ItemState:
        state, facts = self.state, event.facts
        if facts.get("severity_after"):
            state = change_severity(state, Severity(str(facts["severity_after"])), event.at)
        if facts.get("category_after"):
            category = self._category(str(facts["category_after"]))
            state = changed_rules.change_category(state, category, event.at)
        if facts.get("owner_after"):
            state = state.model_copy(update={"owner": str(facts["owner_after"])})
        return _followed(state, event)

    def _handed_over(self, event: Event) -> ItemState:
        """To whoever took it then, if these policies know them as somebody who may."""
        to = str(event.facts.get("notified"))
        if not taking_on.may_be_handed(self.state, to):
            return self.state
        return taking_on.hand_over(self.state, _actor(event), to, "", event.at)[0]

    def _category(self, name: str) -> str:
        """A category that this policy does not have is what it makes of unknown ones."""
        taxonomy = self._policy_set.taxonomy
        known = any(entry.name == name for entry in taxonomy.categories)
        return name if known else taxonomy.fallback_category

    def _outcome(self, run: ClockRun) -> ClockOutcome:
        calendar = running_clocks.calendar_of(self.state, run)
        until = run.stopped_at or max(self._past.until, run.started_at)
        elapsed = clocks.read(run, calendar, until).elapsed
        return ClockOutcome(
            name=run.name,
            cycle=run.cycle,
            verdict=verdict_of(run, elapsed),
            target=run.target,
            elapsed=elapsed,
            over=elapsed - run.target,
        )


def _as_recorded(snapshot: PolicySnapshot, past: PastItem) -> PolicySnapshot:
    """The pinned rules, with what the history calls a pause and without what it cannot judge."""
    pausing = tuple(dict.fromkeys((*snapshot.statuses.pause_when, *past.pausing)))
    statuses = snapshot.statuses.model_copy(update={"pause_when": pausing})
    update: dict[str, object] = {"statuses": statuses}
    if past.judged is not None:
        update["rules"] = {
            severity: rules.model_copy(update={"targets": _judged(rules.targets, past.judged)})
            for severity, rules in snapshot.rules.items()
        }
        update["by_category"] = tuple(
            one.model_copy(
                update={
                    "targets": {
                        severity: _judged(targets, past.judged)
                        for severity, targets in one.targets.items()
                    }
                }
            )
            for one in snapshot.by_category
        )
    return snapshot.model_copy(update=update)


def _judged(targets: dict[ClockName, int], judged: tuple[ClockName, ...]) -> dict[ClockName, int]:
    return {name: target for name, target in targets.items() if name in judged}


def _followed(state: ItemState, event: Event) -> ItemState:
    return running_clocks.follow(
        state.model_copy(update={"timeline": (*state.timeline, event)}),
    )


def _actor(event: Event) -> Actor:
    if event.person is None:
        return SOMEBODY
    return Actor(person=event.person, channel=event.channel or Channel.JIRA)


def _resolved(event: Event) -> Resolve:
    outcome = event.facts.get("outcome")
    known = isinstance(outcome, str) and outcome in set(Outcome)
    return Resolve(
        actor=_actor(event),
        outcome=Outcome(str(outcome)) if known else Outcome.ANSWERED,
        reason="As it was in the past.",
    )


def _proposal(event: Event, past: PastItem) -> ActionProposal:
    facts = event.facts
    minor, currency = facts.get("amount_minor"), facts.get("currency")
    known = isinstance(minor, int) and isinstance(currency, str)
    return ActionProposal(
        request_id=str(facts.get("request")),
        kind=ActionKind(str(facts.get("action"))),
        subject=past.item.customer.reference,
        summary="As it was in the past.",
        amount=Money(minor=minor, currency=currency) if known else None,
        proposed_by=_actor(event),
        proposed_at=event.at,
    )
