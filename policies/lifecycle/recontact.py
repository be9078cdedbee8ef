"""The customer came back: the earlier resolution failed, and says so for ever."""

from __future__ import annotations

from datetime import datetime

from models.decision import Confidence, Decision
from models.events import EventKind
from models.item_state import ItemState, LadderState
from models.lifecycle import StatusCategory
from models.messages import RecontactNotice
from policies.lifecycle import record, running_clocks


def reopen(state: ItemState, at: datetime, why: str, *, by_customer: bool = False) -> ItemState:
    """The same issue goes on: the decision is kept as failed, new clock cycles begin."""
    if state.decision is None:
        return state
    failed = _failed(state.decision)
    state = record.happened(
        state,
        EventKind.RECONTACTED,
        at,
        f"The resolution failed: {why}.",
        outcome=failed.outcome,
        resolution=failed.resolution,
        same_issue=True,
    )
    state = state.model_copy(
        update={
            "decision": None,
            "earlier_decisions": (*state.earlier_decisions, failed),
            "watch_until": None,
            "closed_at": None,
            "recontacted": True,
            "ladder": LadderState(),
            "wanted_status": StatusCategory.TO_DO
            if state.seen and state.seen.status_category is StatusCategory.DONE
            else None,
        }
    )
    state = record.happened(
        state, EventKind.REOPENED, at, f"Reopened: {why}.", by_customer=by_customer
    )
    state = running_clocks.follow(state)
    return record.say(state, f"*Reopened:* {why}. The earlier decision counts as failed.")


def came_back(state: ItemState, notice: RecontactNotice, now: datetime) -> ItemState:
    """The customer came back with another issue: this decision counts as failed."""
    if state.decision is None or state.decision.resolution is Confidence.FAILED:
        return state
    state = state.model_copy(update={"decision": _failed(state.decision), "recontacted": True})
    state = record.happened(
        state,
        EventKind.RECONTACTED,
        now,
        f"The resolution failed: the customer came back with {notice.issue_key}.",
        outcome=state.decision.outcome if state.decision else None,
        resolution=Confidence.FAILED,
        same_issue=False,
        other_issue=notice.issue_key,
    )
    state = record.link_to(state, "Relates", notice.issue_key)
    return record.say(
        state,
        f"*The customer came back* with {notice.issue_key} about the same subject. "
        "This resolution counts as failed.",
    )


def _failed(decision: Decision) -> Decision:
    return decision.model_copy(update={"resolution": Confidence.FAILED})
