"""Whose issue it is: a feedback item's, or the sheet of a rollout or a review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from models.names import sheet_mark, sheet_workflow_of


class Marks(Protocol):
    """Where it is kept which workflow holds an issue as its sheet."""

    def known_mark(self, issue_id: str) -> str | None:
        """The mark kept last under this id."""
        ...


def sheet_of(marks: Marks, issue_id: str, labels: Iterable[str] = ()) -> str | None:
    """The workflow that holds this issue as its sheet; None for every other issue. Blocking.

    The label is there from the first moment on, and the ledger's mark also where a hint names no
    labels.
    """
    return sheet_workflow_of(labels) or marks.known_mark(sheet_mark(issue_id))
