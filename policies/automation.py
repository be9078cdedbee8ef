"""What a rule of triage.yaml asks for by itself, where `automatic` permits it to."""

from __future__ import annotations

from models.approval import ActionKind
from models.item import ProposedAction
from models.messages import ProposeAction
from models.people import Actor, Channel

AUTOMATION = Actor(person="followthrough", channel=Channel.AUTOMATION)


def proposal_of(action: ProposedAction) -> ProposeAction:
    """The proposal, with the proof of the worker that found the rule, if it gave one."""
    return ProposeAction(
        actor=AUTOMATION.model_copy(update={"proof": action.asked}),
        kind=ActionKind(action.kind),
        summary=action.why,
    )
