"""Whose move it is on an item, as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from models.lifecycle import Awaiting

_SENTENCES = {
    Awaiting.OWNER: "The owner has the next move",
    Awaiting.CUSTOMER: "The customer has the next move",
    Awaiting.TRIAGE: "Triage is unsure; somebody has to look",
    Awaiting.ACKNOWLEDGEMENT: "Somebody has to take the escalation on",
    Awaiting.APPROVAL: "A request waits for votes",
    Awaiting.OPERATOR: "Parked; an operator has to mend something",
    Awaiting.NOBODY: "Nobody has to do anything now",
}


def next_act(awaiting: str | None, awaited: Sequence[str] = ()) -> str:
    """`The owner has the next move: omar.`; an awaiting we do not know is shown as it is."""
    try:
        sentence = _SENTENCES[Awaiting(awaiting or "")]
    except ValueError:
        sentence = f"Waits for {awaiting}" if awaiting else "Just received"
    return f"{sentence}: {', '.join(awaited)}." if awaited else f"{sentence}."
