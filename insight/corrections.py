"""What people said of triage's suggestions, read from an item's events: labels to learn from."""

from __future__ import annotations

from collections.abc import Iterable

from insight.learned import Learnable
from models.events import Event, EventKind


def label_by_people(events: Iterable[Event], task: Learnable) -> str | None:
    """The label that a person gave an item or confirmed last, or None when nobody looked.

    Only what a person corrected or confirmed counts: a suggestion that nobody looked at would
    teach a model its own mistakes. Sentiment is never corrected, hence never found here.
    """
    label: str | None = None
    suggested: str | None = None
    for event in events:
        if event.kind is EventKind.TRIAGED:
            suggested = _text(event, task.value)
        elif event.kind is EventKind.OVERRIDDEN:
            said = _text(event, f"{task}_after")
            label = said or (label or suggested if _about_nothing_else(event) else label)
    return label


def _about_nothing_else(event: Event) -> bool:
    """Whether the person changed nothing, which confirms all that was suggested."""
    return not any(name.endswith("_after") for name in event.facts)


def _text(event: Event, name: str) -> str | None:
    value = event.facts.get(name)
    return value if isinstance(value, str) else None
