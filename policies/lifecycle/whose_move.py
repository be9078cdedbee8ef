"""Whose move it is on an item, in words. The desk and the Temporal UI say the same."""

from __future__ import annotations

from typing import Final

from models.lifecycle import Awaiting

WHOSE_MOVE: Final[dict[Awaiting, str]] = {
    Awaiting.OWNER: "The owner has the next move",
    Awaiting.CUSTOMER: "The customer has the next move",
    Awaiting.TRIAGE: "Triage is unsure; somebody has to look",
    Awaiting.ACKNOWLEDGEMENT: "Somebody has to take the escalation on",
    Awaiting.APPROVAL: "A request waits for votes",
    Awaiting.OPERATOR: "Parked; an operator has to mend something",
    Awaiting.NOBODY: "Nobody has to do anything now",
}
