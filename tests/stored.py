"""What stands in a history, as Temporal's server stores it."""

from __future__ import annotations

from temporalio.client import WorkflowHistory


def stored(history: WorkflowHistory) -> str:
    """All of it as text. Its JSON would not do: there payloads are base64, and no word is found."""
    content = b"".join(event.SerializeToString() for event in history.events)
    return content.decode("utf-8", "ignore")
