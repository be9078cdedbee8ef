"""What a proof is worth something for: this vote on this request, or exactly this act.

A proof stands in plain history once it was used. Bound to what was said, it cannot be pasted
beside another choice, another amount, another outcome or another request.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from pydantic import BaseModel

from models.approval import Ballot, Choice
from models.people import Channel


def of_ballot(request_id: str, choice: Choice, reason: str, digest: str = "") -> str:
    """SHA-256, in hex, of a vote's canonical form.

    `request_id` is empty for a vote that named none, and `reason` for a text to paste into the
    Temporal UI, where the person writes the reason after the proof was made. `digest` is that of
    the request voted on, as far as the ballot names it.
    """
    return _digest([request_id, choice.value, reason, *([digest] if digest else [])])


def of_delegation(request_id: str, to: str, until: datetime) -> str:
    """SHA-256, in hex, of who is to vote instead, until when; `request_id` as for a ballot."""
    return _digest(["delegate", request_id, to, until.isoformat()])


def of_move(status: str) -> str:
    """SHA-256, in hex, of moving the issue into a Jira status."""
    return _digest(["move", status])


def of_reply(question: str, choice: str, reason: str) -> str:
    """SHA-256, in hex, of a reply to a question that was put to somebody."""
    return _digest(["reply", question, choice, reason])


def of_message(message: BaseModel) -> str:
    """SHA-256, in hex, of an act's canonical form: its kind and its members beside the actor.

    Members that hold their default are left out, so that a member added later changes nothing for
    acts that were judged before.
    """
    members = message.model_dump(mode="json", exclude={"actor"}, exclude_defaults=True)
    return _digest([type(message).__name__, members])


def expected_of(ballot: Ballot, *, named: bool) -> str:
    """What the proof of this ballot must be bound to; `named` when it was made for its request."""
    if ballot.moved_to:
        return of_move(ballot.moved_to)
    written_later = ballot.actor.channel is Channel.TEMPORAL_UI
    return of_ballot(
        ballot.request_id if named else "",
        ballot.choice,
        "" if written_later else ballot.reason,
        ballot.digest,
    )


def _digest(said: object) -> str:
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
