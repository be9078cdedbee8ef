"""How a sheet takes down what happened, and what it wants said on its issue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.events import EventKind, Fact, LedgerEntry
from models.jira_view import DesiredComment
from models.people import Actor
from models.sheet import Sheet
from policies.numbering import next_event

TIMELINE_KEPT = 200
"""Events kept in the workflow; the ledger keeps all of them."""


def happened(
    sheet: Sheet,
    kind: EventKind,
    at: datetime,
    summary: str,
    *,
    actor: Actor | None = None,
    facts: dict[str, Fact] | None = None,
) -> Sheet:
    """The sheet with one more event, numbered so that appending it twice is appending it once."""
    event = next_event(sheet, kind, at, summary, actor=actor, facts=facts or {})
    return sheet.model_copy(
        update={
            "sequence": event.sequence,
            "timeline": (*sheet.timeline, event)[-TIMELINE_KEPT:],
            "unrecorded": (*sheet.unrecorded, event),
        }
    )


def entries(sheet: Sheet) -> tuple[LedgerEntry, ...]:
    """What the ledger has not got yet.

    A sheet stands in the ledger under its workflow's id, since its issue is made later and may be
    deleted.
    """
    return tuple(
        LedgerEntry(
            issue_id=sheet.workflow_id,
            issue_key=sheet.issue_key,
            workflow_id=sheet.workflow_id,
            policy_version=sheet.rules.version if sheet.rules else None,
            event=event,
        )
        for event in sheet.unrecorded
    )


def recorded(sheet: Sheet, through: int) -> Sheet:
    """The sheet after the ledger took everything up to the event number `through`."""
    rest = tuple(event for event in sheet.unrecorded if event.sequence > through)
    return sheet.model_copy(update={"unrecorded": rest})


def say(sheet: Sheet, body: str) -> Sheet:
    """The sheet wanting one more comment on its issue, for colleagues only."""
    sequence = sheet.sequence + 1
    comment = DesiredComment(operation_id=f"{sheet.life}/{sequence}", body=body)
    return sheet.model_copy(update={"sequence": sequence, "comments": (*sheet.comments, comment)})


def mentions(sheet: Sheet, people: Iterable[str]) -> str:
    """The people as Jira mentions where they have an account, else by name."""
    return ", ".join(_mention(sheet, person) for person in people) or "nobody"


def _mention(sheet: Sheet, person_id: str) -> str:
    person = sheet.rules.person(person_id) if sheet.rules else None
    if person is None:
        return person_id
    return f"[~accountid:{person.jira_account_id}]" if person.jira_account_id else person.name
