"""Numbers what happens, so that writing it down twice is writing it down once."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from models.events import Event, EventKind, Fact
from models.people import Actor


class Numbered(Protocol):
    """A state whose events are numbered: by its workflow, the life of it, and one by one."""

    @property
    def workflow_id(self) -> str:
        """The workflow that holds the state."""

    @property
    def life(self) -> str:
        """Tells apart the lives of one workflow id."""

    @property
    def sequence(self) -> int:
        """The last number that was given."""


def next_event(
    state: Numbered,
    kind: EventKind,
    at: datetime,
    summary: str,
    *,
    actor: Actor | None,
    facts: dict[str, Fact],
) -> Event:
    """The event with the next number of this state."""
    sequence = state.sequence + 1
    return Event(
        operation_id=f"{state.workflow_id}/{state.life}/{sequence}",
        sequence=sequence,
        kind=kind,
        at=at,
        person=actor.person if actor else None,
        channel=actor.channel if actor else None,
        summary=summary,
        facts=facts,
    )
