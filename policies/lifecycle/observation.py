"""Taking in what people did in Jira since we last looked: comments, commands, edits."""

from __future__ import annotations

from datetime import datetime

from models.decision import Confidence
from models.events import EventKind
from models.item_state import ItemState
from models.jira_view import ObservedComment, ObservedEdit, ObservedIssue, Side
from policies.lifecycle import commands_in, edits_in, record, running_clocks
from policies.lifecycle.ladder import stand_down_if_calm
from policies.lifecycle.recontact import reopen


def take_in(state: ItemState, observed: ObservedIssue, now: datetime) -> ItemState:
    """The state after everything observed has been taken in, in the order it happened.

    What was taken in before (at or below the cursor) is passed over, so reading twice is harmless.
    """
    news: list[ObservedComment | ObservedEdit] = [
        *(c for c in observed.comments if c.comment_id > state.cursor.comment_id),
        *(e for e in observed.edits if e.change_id > state.cursor.change_id),
    ]
    categories = edits_in.known_categories(state, state.seen, observed)
    state = _under_its_key(state, observed.issue_key).model_copy(
        update={"seen": observed.fields, "cursor": observed.cursor}
    )
    for happening in sorted(news, key=_when):
        if isinstance(happening, ObservedComment):
            state = _comment(state, happening, now)
        else:
            state = edits_in.take(state, happening, observed, categories, now)
    return state


def made_news(before: ItemState, after: ItemState) -> bool:
    """Whether taking in changed more than where we stand in reading, so there is more to do."""
    unread = {"seen": after.seen, "cursor": after.cursor}
    return after.wanted_status is not None or before.model_copy(update=unread) != after


def _under_its_key(state: ItemState, issue_key: str) -> ItemState:
    """An issue that was moved to another project has another key from then on."""
    if state.item is None or state.item.issue_key == issue_key:
        return state
    item = state.item.model_copy(update={"issue_key": issue_key})
    return state.model_copy(update={"item": item})


def _when(happening: ObservedComment | ObservedEdit) -> datetime:
    return happening.created_at if isinstance(happening, ObservedComment) else happening.at


def _comment(state: ItemState, comment: ObservedComment, now: datetime) -> ItemState:
    if comment.side in (Side.OURSELVES, Side.MACHINE):
        return state
    if comment.command is not None:
        return commands_in.obey(state, comment.command, comment, now)
    if comment.side is Side.CUSTOMER:
        return _customer_wrote(state, comment)
    return _answered(state, comment) if comment.public else state


def _customer_wrote(state: ItemState, comment: ObservedComment) -> ItemState:
    at = comment.created_at
    thanks = comment.gratitude
    state = record.happened(
        state,
        EventKind.CUSTOMER_WROTE,
        at,
        "The customer said thank you." if thanks else "The customer wrote.",
        comment=comment.comment_id,
        gratitude=thanks,
    )
    state = running_clocks.follow(state)
    if thanks:
        return _confirmed(state)
    if state.decision is not None:
        # What was written before the decision, and only read after it, is no coming back.
        came_back = at > state.decision.decided_at
        return (
            reopen(state, at, "the customer wrote again after the decision", by_customer=True)
            if came_back
            else state
        )
    return state


def _confirmed(state: ItemState) -> ItemState:
    if state.decision is None or state.decision.resolution is not Confidence.ASSUMED:
        return state
    decision = state.decision.model_copy(update={"resolution": Confidence.CONFIRMED})
    return state.model_copy(update={"decision": decision})


def _answered(state: ItemState, comment: ObservedComment) -> ItemState:
    at = comment.created_at
    state = record.happened(
        state,
        EventKind.ANSWERED,
        at,
        "The customer was answered.",
        comment=comment.comment_id,
        account=comment.author_account_id,
    )
    return stand_down_if_calm(running_clocks.follow(state), at)
