"""What of an item an approval condition may look at, and what its requests rest on."""

from __future__ import annotations

from collections.abc import Iterable

from models.approval import ActionKind, ActionProposal, ItemFacts
from models.item_state import ItemState, OpenAction, Outgoing
from models.lifecycle import Severity
from policies.lifecycle.stages import stage_of
from policies.request_digest import digest_of


def item_facts(state: ItemState, asking: ActionProposal | None = None) -> ItemFacts:
    """The facts as of now, for the request that asks if one does. Only called once the item has
    been received.
    """
    if state.item is None:
        raise ValueError("an item has no facts before it is received")
    return ItemFacts(
        issue_id=state.issue_id,
        issue_key=state.item.issue_key,
        workflow_id=state.workflow_id,
        severity=state.severity or Severity.S3,
        category=state.category or "",
        segment=state.item.customer.segment,
        country=state.item.customer.country,
        stage=stage_of(state),
        customer=state.item.customer.reference,
        revision=state.subject_revision,
        confidence=confidence(state),
        asked_before=_asked_before(state, asking) if asking else {},
    )


def _asked_before(state: ItemState, asking: ActionProposal) -> dict[str, int]:
    """Many small requests are one large one, in whatever currencies."""
    others = (
        action.proposal
        for action in state.actions
        if action.proposal.request_id != asking.request_id
        and (action.result is None or action.result.outcome.granted)
    )
    return added_up(others)


def added_up(proposals: Iterable[ActionProposal]) -> dict[str, int]:
    """Kind of action → minor units of all its requests; a dry run sends nothing."""
    found: dict[str, int] = {}
    for proposal in proposals:
        if proposal.amount is not None and not proposal.dry_run:
            before = found.get(proposal.kind.value, 0)
            found[proposal.kind.value] = before + proposal.amount.minor
    return found


def confidence(state: ItemState) -> float:
    """How sure triage is of category and severity, 0 to 1; 1 once a person has confirmed it."""
    if state.triage is None or state.triage_confirmed:
        return 1.0
    return min(state.triage.category.confidence, state.triage.severity.confidence)


def digest_now(state: ItemState, proposal: ActionProposal) -> str:
    """The hash of a request for this proposal, with the item's facts as they are."""
    version = state.snapshot.version if state.snapshot else ""
    return digest_of(proposal, item_facts(state), version)


def may_be_asked(state: ItemState, proposal: ActionProposal) -> tuple[str, ...]:
    """Every group that a pinned rule for such an action may ask, whichever rule then decides."""
    rules = state.snapshot.approvals if state.snapshot else ()
    asked = [rule.every_group for rule in rules if proposal.kind.value in rule.actions]
    return tuple(dict.fromkeys(group for groups in asked for group in groups))


def tell_outdated(state: ItemState) -> ItemState:
    """Tell each waiting request whose subject has changed; the request makes itself void."""
    if state.item is None or state.snapshot is None:
        return state
    outdated = [action for action in state.actions if _is_outdated(state, action)]
    if not outdated:
        return state
    facts = item_facts(state)
    actions = tuple(
        action.model_copy(update={"outdated": True}) if action in outdated else action
        for action in state.actions
    )
    told = tuple(Outgoing(workflow_id=one.workflow_id, subject=facts) for one in outdated)
    return state.model_copy(update={"actions": actions, "outgoing": (*state.outgoing, *told)})


def _is_outdated(state: ItemState, action: OpenAction) -> bool:
    """A request that has not been started is opened with the facts of that moment."""
    if not action.waiting or not action.started or action.outdated or not action.digest:
        return False
    if action.proposal.kind is ActionKind.CLIMB:
        return False
    return digest_now(state, action.proposal) != action.digest
