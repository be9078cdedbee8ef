"""Commands that people give in Jira comments, turned into the same acts as on the desk."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from models.approval import ActionKind, Ballot, Choice, Delegate, Money
from models.events import EventKind
from models.failures import MALFORMED, NOT_ENTITLED, NOTHING_TO_ACT_ON, TOO_LATE
from models.item_state import ItemState, OpenAction, Outgoing
from models.jira_view import CommandName, JiraCommand, ObservedComment
from models.lifecycle import Outcome, Severity
from models.messages import Acknowledge, Override, ProposeAction, Resolve
from models.people import Actor
from policies.action_words import parameter_words, read_parameters
from policies.days import end_of_day, read_day
from policies.lifecycle import acts, record
from policies.lifecycle.stages import open_requests


def obey(
    state: ItemState, command: JiraCommand, comment: ObservedComment, now: datetime
) -> ItemState:
    """Carry out a command, or keep its refusal as an event and answer with the reason."""
    actor = command.actor
    if actor is None:
        return _refused(state, command, comment, NOT_ENTITLED.type, command.problem or "")
    if command.problem:
        return _refused(state, command, comment, MALFORMED.type, command.problem)
    try:
        if command.name in (CommandName.APPROVE, CommandName.REJECT):
            return _vote(state, command, actor, comment)
        if command.name is CommandName.DELEGATE:
            return _delegate(state, command, actor, comment)
        acted = _act(state, command, actor, now, comment.created_at)
    except (ValidationError, ValueError):
        return _refused(state, command, comment, MALFORMED.type, MALFORMED.remedy)
    if acted is None:
        return state
    if acted.refusal is not None:
        return record.say(acted.state, f"/{command.name} was refused: {acted.message}")
    return acted.state


def _act(
    state: ItemState, command: JiraCommand, actor: Actor, now: datetime, at: datetime
) -> acts.Acted | None:
    match command.name:
        case CommandName.ACK:
            return acts.acknowledge(state, Acknowledge(actor=actor, note=command.reason), now)
        case CommandName.HANDOVER:
            return acts.acknowledge(state, _hand_over(state, command, actor), now)
        case CommandName.RESOLVE:
            return acts.resolve(state, _resolve(command, actor), now, at)
        case CommandName.OVERRIDE:
            return acts.override(state, _override(command, actor), now)
        case CommandName.PROPOSE:
            return acts.propose(state, _propose(command, actor, now), now)
        case _:
            # Reading the issue has taken the item up again already; there is no more to resume.
            return None


def _hand_over(state: ItemState, command: JiraCommand, actor: Actor) -> Acknowledge:
    """The person is named by id, or mentioned by account."""
    named = command.arguments[0]
    snapshot = state.snapshot
    people = (*snapshot.people, *snapshot.joined) if snapshot else ()
    to = next((person.id for person in people if person.jira_account_id == named), named)
    return Acknowledge(actor=actor, note=command.reason, hand_to=to)


def _resolve(command: JiraCommand, actor: Actor) -> Resolve:
    outcome = Outcome(command.arguments[0])
    other = command.arguments[1] if len(command.arguments) > 1 else None
    return Resolve(
        actor=actor, outcome=outcome, reason=command.reason or "no reason given", duplicate_of=other
    )


def _override(command: JiraCommand, actor: Actor) -> Override:
    given = dict(argument.split("=", 1) for argument in command.arguments)
    severity = given.get("severity")
    return Override(
        actor=actor,
        severity=Severity(severity) if severity else None,
        category=given.get("category"),
        owner=given.get("owner"),
        reason=command.reason or "no reason given",
    )


def _propose(command: JiraCommand, actor: Actor, now: datetime) -> ProposeAction:
    kind, *rest = command.arguments
    amount = [word for word in rest if word not in parameter_words(rest, anywhere=True)]
    money = Money(minor=int(amount[0]), currency=amount[1]) if amount else None
    parameters, dry_run = read_parameters(parameter_words(rest, anywhere=True), now)
    return ProposeAction(
        actor=actor,
        kind=ActionKind(kind),
        amount=money,
        parameters=parameters,
        dry_run=dry_run,
        summary=command.reason[:400] or "no reason given",
    )


def _vote(
    state: ItemState, command: JiraCommand, actor: Actor, comment: ObservedComment
) -> ItemState:
    action = _voted_on(state, command.arguments)
    if action is None:
        return _refused(state, command, comment, NOTHING_TO_ACT_ON.type, NOTHING_TO_ACT_ON.remedy)
    if not action.waiting:
        return _refused(state, command, comment, TOO_LATE.type, TOO_LATE.remedy)
    choice = Choice.APPROVE if command.name is CommandName.APPROVE else Choice.REJECT
    ballot = Ballot(
        request_id=action.proposal.request_id,
        choice=choice,
        reason=command.reason[:2000],
        actor=actor,
        digest=command.arguments[1] if len(command.arguments) > 1 else "",
    )
    return _send(state, Outgoing(workflow_id=action.workflow_id, ballot=ballot))


def _delegate(
    state: ItemState, command: JiraCommand, actor: Actor, comment: ObservedComment
) -> ItemState:
    to, until, *request = command.arguments
    action = _voted_on(state, tuple(request))
    if action is None or not action.waiting:
        failure = NOTHING_TO_ACT_ON if action is None else TOO_LATE
        return _refused(state, command, comment, failure.type, failure.remedy)
    message = Delegate(
        actor=actor, request_id=action.proposal.request_id, to=to, until=end_of_day(read_day(until))
    )
    return _send(state, Outgoing(workflow_id=action.workflow_id, delegation=message))


def _send(state: ItemState, message: Outgoing) -> ItemState:
    return state.model_copy(update={"outgoing": (*state.outgoing, message)})


def _voted_on(state: ItemState, arguments: tuple[str, ...]) -> OpenAction | None:
    """The request that was named; without a name, the only one that waits."""
    if arguments:
        return next(
            (a for a in state.actions if a.proposal.request_id == arguments[0]),
            None,
        )
    waiting = open_requests(state)
    return waiting[0] if len(waiting) == 1 else None


def _refused(
    state: ItemState, command: JiraCommand, comment: ObservedComment, failure: str, why: str
) -> ItemState:
    state = record.happened(
        state,
        EventKind.ACT_REFUSED,
        comment.created_at,
        f"Refused: the command {command.name} in comment {comment.comment_id} ({failure}).",
        actor=command.actor,
        act=command.name,
        failure=failure,
        account=comment.author_account_id,
        comment=comment.comment_id,
    )
    if command.name is CommandName.UNKNOWN:
        return record.say(state, why)
    return record.say(state, f"/{command.name} was refused: {why}")
