"""Stretches within which a source was counted the same way; nothing is compared across their ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from models.contact import Contact

LONGEST_GAP = timedelta(days=28)
"""Of a source that goes on, four weeks without any contact mean that nobody counted."""
LEAST = 100
"""Contacts; in a stretch with fewer no drift is looked for."""


def regimes(contacts: Sequence[Contact]) -> tuple[tuple[Contact, ...], ...]:
    """The stretches of one source, oldest first, each in order; short ones are left in."""
    ordered = sorted(contacts, key=lambda one: (one.opened_at, one.reference))
    stretches: list[list[Contact]] = []
    for one in ordered:
        if not stretches or one.opened_at - stretches[-1][-1].opened_at > LONGEST_GAP:
            stretches.append([])
        stretches[-1].append(one)
    return tuple(tuple(stretch) for stretch in stretches)
