"""How an item's state takes down what happened, and what it wants said on the issue."""

from __future__ import annotations

from datetime import datetime

from models.events import Event, EventKind, Fact, LedgerAnchor
from models.item_state import ItemState
from models.jira_view import DesiredComment, DesiredLink
from models.people import Actor
from policies.numbering import next_event

TIMELINE_KEPT = 300
"""Events kept in the workflow; the ledger keeps all of them."""
UNRECORDED_KEPT = 50
"""So many events may wait before the ledger is written even without a binding one."""

BINDING = frozenset(
    {
        EventKind.DECIDED,
        EventKind.POLICY_MIGRATED,
        EventKind.ACTION_ENDED,
        EventKind.ACTION_STUCK,
        EventKind.EXCEPTION_CHANGED,
        EventKind.EXCEPTION_ENDED,
        EventKind.ACT_REFUSED,
        EventKind.BALLOT_REFUSED,
        EventKind.RECONTACTED,
        EventKind.REOPENED,
        EventKind.ISSUE_GONE,
        EventKind.CLOSED,
    }
)
"""Events that people rely on as evidence: they go to the ledger before anything else is done."""


def happened(
    state: ItemState,
    kind: EventKind,
    at: datetime,
    summary: str,
    *,
    actor: Actor | None = None,
    **facts: Fact,
) -> ItemState:
    """The state with one more event, numbered so that appending it twice is appending it once."""
    event = next_event(state, kind, at, summary, actor=actor, facts=facts)
    timeline = (*state.timeline, event)
    dropped = max(0, len(timeline) - TIMELINE_KEPT)
    return state.model_copy(
        update={
            "sequence": event.sequence,
            "timeline": timeline[dropped:],
            "earlier_events": state.earlier_events + dropped,
            "unrecorded": (*state.unrecorded, event),
        }
    )


def must_record_now(state: ItemState) -> bool:
    """Whether the ledger has to be written before the item goes on."""
    return len(state.unrecorded) >= UNRECORDED_KEPT or any(
        event.kind in BINDING for event in state.unrecorded
    )


def version_of(state: ItemState, event: Event) -> str | None:
    """The policy version under which an unrecorded event happened, which may not be the present one."""
    moves = (one for one in state.unrecorded if one.kind is EventKind.POLICY_MIGRATED)
    later = next((one for one in moves if one.sequence > event.sequence), None)
    if later is not None:
        return str(later.facts["version_before"])
    return state.snapshot.version if state.snapshot else None


def recorded(state: ItemState, through: int, anchor: LedgerAnchor | None = None) -> ItemState:
    """The state after the ledger took everything up to the event number `through`.

    `anchor` is how far the ledger goes now. It is kept only beside a decision, which is shown in
    Jira anyway, and beside the end, whose result nobody has to be told.
    """
    taken = {event.kind for event in state.unrecorded if event.sequence <= through}
    update: dict[str, object] = {
        "unrecorded": tuple(event for event in state.unrecorded if event.sequence > through)
    }
    if anchor is not None and EventKind.DECIDED in taken:
        update["decision_anchor"] = anchor
    if anchor is not None and EventKind.CLOSED in taken:
        update["closing_anchor"] = anchor
    return state.model_copy(update=update)


def say(state: ItemState, body: str, *, public: bool = False) -> ItemState:
    """The state wanting one more comment on the issue; internal unless said otherwise."""
    sequence = state.sequence + 1
    comment = DesiredComment(operation_id=f"{state.life}/{sequence}", body=body, public=public)
    return state.model_copy(update={"sequence": sequence, "comments": (*state.comments, comment)})


def link_to(state: ItemState, kind: str, other_issue_key: str) -> ItemState:
    """The state wanting one more link, unless it wants that one already."""
    if any(link.kind == kind and link.other_issue_key == other_issue_key for link in state.links):
        return state
    sequence = state.sequence + 1
    link = DesiredLink(
        operation_id=f"{state.life}/{sequence}", kind=kind, other_issue_key=other_issue_key
    )
    return state.model_copy(update={"sequence": sequence, "links": (*state.links, link)})
