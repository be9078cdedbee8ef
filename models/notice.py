"""Notices of an escalation: who is told by which channel, and what became of it."""

from __future__ import annotations

from models.base import Frozen, Moment
from models.people import NoticeChannel


class Notice(Frozen):
    """One notice to people who want to be told by more than a mention on the issue.

    `operation_id` is unique for ever; a channel that can tells by it that a notice came before.
    `subject` and `words` hold nothing of the customer's text. `attempts` counts how often it was
    tried for those in `people`, and nothing is tried before `due_at`. `how` says how to answer; empty means as on an item.
    """

    operation_id: str
    issue_key: str
    level: int
    people: tuple[str, ...]
    subject: str
    words: str
    due_at: Moment
    attempts: int = 0
    how: str = ""


class Attempt(Frozen):
    """One channel tried for one person; `failure` names its kind when it did not work."""

    person: str
    channel: NoticeChannel
    failure: str | None = None


class NoticeResult(Frozen):
    """Every attempt made for a notice, in order."""

    attempts: tuple[Attempt, ...] = ()

    @property
    def reached(self) -> tuple[str, ...]:
        """The people for whom a channel worked."""
        return tuple(one.person for one in self.attempts if one.failure is None)
