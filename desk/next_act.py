"""Whose move it is on an item, as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from models.lifecycle import Awaiting
from policies.lifecycle.whose_move import WHOSE_MOVE


def next_act(awaiting: str | None, awaited: Sequence[str] = ()) -> str:
    """`The owner has the next move: omar.`; an awaiting we do not know is shown as it is."""
    try:
        sentence = WHOSE_MOVE[Awaiting(awaiting or "")]
    except ValueError:
        sentence = f"Waits for {awaiting}" if awaiting else "Just received"
    return f"{sentence}: {', '.join(awaited)}." if awaited else f"{sentence}."
