"""What an earlier life of an item took in, and whether what came since is worth a new one.

The ledger tells it exactly: whatever a life makes something of leaves an event there, with the
comment's id or the edit's time. When the life ended tells less, since what was written shortly
before its end may never have been read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ledger.records import RecordedEvent
from models.base import Frozen, Moment
from models.events import Event, EventKind
from models.jira_view import ObservedComment, ObservedEdit, ObservedIssue, Side
from models.lifecycle import StatusCategory


class Records(Protocol):
    """What the ledger knows of an item."""

    def events_of(self, issue_id: str) -> tuple[RecordedEvent, ...]:
        """All events of one item, oldest first."""
        ...


class EarlierLife(Frozen):
    """How far the earlier lives of an item came.

    Comments up to `comment_id` and edits up to `edited_at` were taken in. `hidden` says that the
    last life ended because Jira no longer showed the issue.
    """

    comment_id: int = 0
    edited_at: Moment | None = None
    ended_at: Moment
    hidden: bool = False


def earlier_life(recorded: Sequence[RecordedEvent]) -> EarlierLife | None:
    """What the events of an item, oldest first, tell of its earlier lives; None without any."""
    events = [one.event for one in recorded]
    begun = [place for place, event in enumerate(events) if event.kind is EventKind.RECEIVED]
    if not begun:
        return None
    last = events[begun[-1] :]
    ends = [event.at for event in last if event.kind is EventKind.CLOSED]
    edits = [event.at for event in events if event.kind is EventKind.EDITED_IN_JIRA]
    return EarlierLife(
        comment_id=max(_comment_id(event) for event in events),
        edited_at=max(edits, default=None),
        ended_at=max(ends or [event.at for event in events]),
        hidden=any(event.kind is EventKind.ISSUE_GONE for event in last),
    )


def news_since(observed: ObservedIssue, life: EarlierLife | None) -> ObservedIssue:
    """The reading without what an earlier life took in.

    A command given before that life ended is left out whether or not it was read: it was meant for
    that life, and must not be obeyed a second time.
    """
    if life is None:
        return observed
    return observed.model_copy(
        update={
            "comments": tuple(one for one in observed.comments if _is_new(one, life)),
            "edits": tuple(one for one in observed.edits if _is_later(one, life.edited_at)),
        }
    )


def wants_a_new_life(news: ObservedIssue, life: EarlierLife | None) -> bool:
    """Whether an ended item begins again for this.

    It does for a customer's public word beyond a mere thank-you, for a person who moved the issue
    out of Done, and for an issue that Jira shows again. A label on a Done issue, a colleague's note
    or a machine's writing leaves it in peace.
    """
    if life is not None and life.hidden:
        return True
    asked = any(
        one.side is Side.CUSTOMER and one.public and not one.gratitude for one in news.comments
    )
    moved = any(
        one.field == "status" and one.side in (Side.STAFF, Side.CUSTOMER) for one in news.edits
    )
    return asked or (moved and news.fields.status_category is not StatusCategory.DONE)


def _is_new(comment: ObservedComment, life: EarlierLife) -> bool:
    if comment.comment_id <= life.comment_id:
        return False
    return comment.command is None or comment.created_at > life.ended_at


def _is_later(edit: ObservedEdit, edited_at: datetime | None) -> bool:
    return edited_at is None or edit.at > edited_at


def _comment_id(event: Event) -> int:
    value = event.facts.get("comment")
    return value if isinstance(value, int) else 0
