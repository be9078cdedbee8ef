"""What people do to an item: acknowledge, override, propose, resolve.

Each act is judged here: a refused one becomes an event as well, since refusals are evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.approval import Ballot
from models.decision import Decision
from models.events import EventKind
from models.failures import (
    AMOUNT_MISSING,
    APPROVAL_WAITS,
    DUPLICATE_OF_ITSELF,
    MALFORMED,
    NOTHING_TO_ACT_ON,
    PARAMETERS_WRONG,
    TOO_LATE,
    UNKNOWN_VALUE,
    Failure,
)
from models.item_state import ItemState, Outgoing
from models.lifecycle import Outcome, StatusCategory
from models.messages import (
    Acknowledge,
    MigratePolicy,
    Override,
    ProposeAction,
    Resolve,
    Resume,
)
from models.people import Act, Actor, Channel
from policies import action_needs, escalation, proof
from policies.lifecycle import clock_notes, effects_in, record, running_clocks, taking_on, words
from policies.lifecycle.asking import asked_before, open_action
from policies.lifecycle.changed_rules import change_category
from policies.lifecycle.ladder import change_severity, withdraw_climbs
from policies.lifecycle.running_clocks import pinned
from policies.lifecycle.stages import ladder_rules, waiting_actions
from policies.proof_content import of_message


@dataclass(frozen=True)
class Acted:
    """The state after an act, and what to tell the person: `refusal` None means it was done."""

    state: ItemState
    message: str
    refusal: Failure | None = None
    request_id: str | None = None


def acknowledge(state: ItemState, message: Acknowledge, now: datetime) -> Acted:
    """Somebody takes the escalation on, and the ladder rests for the pinned time; or it is handed
    over, and the ladder waits for the person whom it was handed to.
    """
    actor = message.actor
    refused = may_now(state, message, Act.ACKNOWLEDGE, now)
    if refused:
        return refused
    nobody_told = state.ladder.level == 0 and state.ladder.told is None
    if ladder_rules(state) is None or nobody_told or state.decision is not None:
        return refuse(state, actor, Act.ACKNOWLEDGE, NOTHING_TO_ACT_ON, now)
    if message.hand_to is None:
        return Acted(*taking_on.take_on(state, actor, message.note, now))
    if state.ladder.told is None:
        return refuse(state, actor, Act.ACKNOWLEDGE, NOTHING_TO_ACT_ON, now)
    if not taking_on.may_be_handed(state, message.hand_to):
        return refuse(state, actor, Act.ACKNOWLEDGE, UNKNOWN_VALUE, now)
    return Acted(*taking_on.hand_over(state, actor, message.hand_to, message.note, now))


def override(state: ItemState, message: Override, now: datetime) -> Acted:
    """A person corrects triage. New targets apply from the original start, pauses kept."""
    refused = may_now(state, message, Act.OVERRIDE, now) or too_late(
        state, message.actor, Act.OVERRIDE, now
    )
    if refused:
        return refused
    changed = {
        name: value
        for name, value in (
            ("severity", message.severity),
            ("category", message.category),
            ("owner", message.owner),
        )
        if value is not None
    }
    if not _known(state, message):
        return refuse(state, message.actor, Act.OVERRIDE, UNKNOWN_VALUE, now)
    before = {name: getattr(state, name) for name in changed}
    if message.severity is not None:
        state = change_severity(state, message.severity, now)
    if message.category is not None:
        state = change_category(state, message.category, now)
    kept = tuple(f for f in state.kept_fields if f not in _fields_of(message))
    state = state.model_copy(update={**changed, "triage_confirmed": True, "kept_fields": kept})
    what = ", ".join(f"{name} {before[name]} → {value}" for name, value in changed.items())
    state = record.happened(
        state,
        EventKind.OVERRIDDEN,
        now,
        f"{message.actor.person} corrected triage: {what or 'confirmed as it is'}.",
        actor=message.actor,
        reason=message.reason,
        **{f"{name}_before": before[name] for name in changed},
        **{f"{name}_after": value for name, value in changed.items()},
    )
    state = running_clocks.follow(state)
    return Acted(state, f"Corrected: {what or 'confirmed as it is'}.")


def propose(state: ItemState, message: ProposeAction, now: datetime) -> Acted:
    """A person asks for a policy action; its own workflow takes it from here."""
    refused = may_now(state, message, Act.PROPOSE, now) or too_late(
        state, message.actor, Act.PROPOSE, now
    )
    if refused:
        return refused
    unpaid = message.amount is None or message.amount.minor == 0
    if message.kind in action_needs.PAYING and unpaid:
        return refuse(state, message.actor, Act.PROPOSE, AMOUNT_MISSING, now)
    wrong = action_needs.what_is_wrong(message.kind, message.parameters, now)
    wrong = wrong or effects_in.unchangeable(state, message.parameters)
    if wrong is not None:
        return refuse(state, message.actor, Act.PROPOSE, PARAMETERS_WRONG, now, because=wrong)
    state = open_action(state, message, now)
    proposal = state.actions[-1].proposal
    again = asked_before(state, proposal)
    answer = f"Proposed as {proposal.request_id}. {again}".strip()
    return Acted(state, answer, request_id=proposal.request_id)


def resolve(state: ItemState, message: Resolve, now: datetime, at: datetime | None = None) -> Acted:
    """A person decides the item. It is watched from here for the customer coming back.

    `at` is when they did so, if it was read later; proofs are judged by `now`.
    """
    refused = may_now(state, message, Act.RESOLVE, now) or too_late(
        state, message.actor, Act.RESOLVE, now
    )
    if refused:
        return refused
    if waiting_actions(state):
        return refuse(state, message.actor, Act.RESOLVE, APPROVAL_WAITS, now)
    if state.item and message.duplicate_of == state.item.issue_key:
        return refuse(state, message.actor, Act.RESOLVE, DUPLICATE_OF_ITSELF, now)
    return decide(state, message, at or now)


def decide(state: ItemState, message: Resolve, at: datetime) -> Acted:
    """Record the decision, stop the clocks, end open climbs, begin the watch."""
    snapshot = pinned(state)
    decision = Decision(
        outcome=message.outcome,
        reason=message.reason,
        decided_by=message.actor.without_proof(),
        decided_at=at,
        evidence=message.evidence,
        duplicate_of=message.duplicate_of,
    )
    watch_until = at + timedelta(seconds=snapshot.watch.lasts)
    state = withdraw_climbs(state).model_copy(
        update={
            "decision": decision,
            "watch_until": watch_until,
            "wanted_status": StatusCategory.DONE,
            "ladder": escalation.stand_down(state.ladder),
        }
    )
    state = record.happened(
        state,
        EventKind.DECIDED,
        at,
        f"{message.actor.person} decided: {message.outcome}.",
        actor=message.actor,
        outcome=message.outcome,
        reason=message.reason,
        duplicate_of=message.duplicate_of,
        watch_until=watch_until.isoformat(),
    )
    state = running_clocks.follow(state)
    if message.outcome is Outcome.DUPLICATE and message.duplicate_of:
        state = record.link_to(state, "Duplicate", message.duplicate_of)
    kept = clock_notes.verdict_lines(state, at)
    state = record.say(state, "\n".join((words.decision_note(decision), *kept)))
    return Acted(state, f"Decided: {message.outcome}.")


def resume(state: ItemState, message: Resume, now: datetime) -> ItemState:
    """Somebody says that the cause of a stop is mended. Before an item is received nobody is
    pinned who could be asked, so anybody may.
    """
    actor = message.actor
    if state.parked is None and not effects_in.stuck_actions(state):
        return state
    if actor is not None and state.snapshot is not None:
        failure = may(state, actor, Act.RESUME, now)
        if failure is not None:
            return refuse(state, actor, Act.RESUME, failure, now).state
    state = effects_in.pass_on(state, message, now)
    return take_up(state, "Taken up again after the stop.", actor, now)


def take_up(state: ItemState, how: str, actor: Actor | None, now: datetime) -> ItemState:
    """Let a parked item go on; any other one does not change."""
    if state.parked is None:
        return state
    state = state.model_copy(update={"parked": None})
    return record.happened(state, EventKind.RESUMED, now, how, actor=actor)


def refuse(
    state: ItemState,
    actor: Actor,
    act: Act,
    failure: Failure,
    now: datetime,
    *,
    because: str | None = None,
) -> Acted:
    """Keep a refused act as evidence. `because` says more to the person than the remedy does."""
    state = record.happened(
        state,
        EventKind.ACT_REFUSED,
        now,
        f"Refused: {actor.person} may not {act} now ({failure.type}).",
        actor=actor,
        act=act,
        failure=failure.type,
    )
    return Acted(state, because or failure.remedy, refusal=failure)


def pass_on(state: ItemState, ballot: Ballot, now: datetime) -> ItemState:
    """Hand a ballot to the request it is for; one that comes too late is kept as a refusal."""
    action = next((a for a in state.actions if a.proposal.request_id == ballot.request_id), None)
    if action is not None and action.waiting:
        message = Outgoing(workflow_id=action.workflow_id, ballot=ballot)
        return state.model_copy(update={"outgoing": (*state.outgoing, message)})
    failure = NOTHING_TO_ACT_ON if action is None else TOO_LATE
    return record.happened(
        state,
        EventKind.BALLOT_REFUSED,
        now,
        f"Refused: {ballot.actor.person}'s vote to {ballot.choice} ({failure.type}).",
        actor=ballot.actor,
        request=ballot.request_id,
        choice=ballot.choice,
        reason=ballot.reason,
        failure=failure.type,
    )


def note_malformed(state: ItemState, what: str, now: datetime) -> ItemState:
    """Keep that a message came which nobody could understand."""
    return record.happened(
        state,
        EventKind.ACT_REFUSED,
        now,
        f"Refused: a {what} signal could not be understood.",
        act=what,
        failure=MALFORMED.type,
    )


def _known(state: ItemState, message: Override) -> bool:
    """Categories come from the pinned taxonomy and owners from the pinned people."""
    snapshot = pinned(state)
    category_known = not snapshot.categories or message.category in (None, *snapshot.categories)
    return category_known and (message.owner is None or snapshot.person(message.owner) is not None)


def _fields_of(message: Override) -> tuple[str, ...]:
    """The Jira fields that a correction decides anew, whatever a person set there before."""
    given = (("priority", message.severity), ("assignee", message.owner))
    return tuple(field for field, value in given if value is not None)


def may(state: ItemState, actor: Actor, act: Act, now: datetime) -> Failure | None:
    """Whether this person may do this on the item: the failure, or None when they may."""
    return proof.entitled(actor, act, pinned(state), state.workflow_id, now)


def may_now(
    state: ItemState,
    message: Acknowledge | MigratePolicy | Override | ProposeAction | Resolve,
    act: Act,
    now: datetime,
) -> Acted | None:
    """The refusal, kept as evidence, of an act that this person may not do; None otherwise.

    A proof is bound to the act; of what was read in Jira only the reading itself is proved.
    """
    actor = message.actor
    content = None if actor.channel is Channel.JIRA else of_message(message)
    failure = proof.entitled(actor, act, pinned(state), state.workflow_id, now, content=content)
    return refuse(state, actor, act, failure, now) if failure else None


def too_late(state: ItemState, actor: Actor, act: Act, now: datetime) -> Acted | None:
    """The refusal of an act on an item that is decided; None otherwise."""
    return refuse(state, actor, act, TOO_LATE, now) if state.decision is not None else None
