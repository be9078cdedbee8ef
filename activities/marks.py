"""How far each issue's changes were told to its item, so that nobody is woken for old news."""

from __future__ import annotations

from typing import Protocol


class Watermarks(Protocol):
    """Where marks are kept; the ledger is one."""

    def remember_mark(self, issue_id: str, mark: str) -> None:
        """Keep the mark of the state that was read."""
        ...

    def known_mark(self, issue_id: str) -> str | None:
        """The mark kept last."""
        ...
