"""What a proof of a vote is worth something for: this request, this choice, this reason.

A proof stands in plain history once it was used. Bound to what was said, it cannot be pasted
beside another choice, another reason or another request.
"""

from __future__ import annotations

import hashlib
import json

from models.approval import Ballot, Choice
from models.people import Channel


def of_ballot(request_id: str, choice: Choice, reason: str) -> str:
    """SHA-256, in hex, of a vote's canonical form.

    `request_id` is empty for a vote that named none, and `reason` for a text to paste into the
    Temporal UI, where the person writes the reason after the proof was made.
    """
    canonical = json.dumps([request_id, choice.value, reason], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def expected_of(ballot: Ballot, *, named: bool) -> str:
    """What the proof of this ballot must be bound to; `named` when it was made for its request."""
    written_later = ballot.actor.channel is Channel.TEMPORAL_UI
    return of_ballot(
        ballot.request_id if named else "", ballot.choice, "" if written_later else ballot.reason
    )
