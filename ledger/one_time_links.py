"""Links that let one person open one item of the desk once, from a notice that was sent to them.

A link's secret is in the notice alone; kept is its digest, so who reads the database cannot use it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Engine, delete, select, update

from ledger.tables import OneTimeLinkRow
from ledger.transactions import reading, writing


@dataclass(frozen=True)
class OneTimeLink:
    """Who may open what with a link."""

    person: str
    issue_key: str


class OneTimeLinks:
    """Raises `LedgerUnavailable` as every part of the ledger does."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def make(self, link: OneTimeLink, lasts: timedelta) -> str:
        """The secret of a new link, 43 characters that fit into an address; what ran out is removed."""
        row, secret, now = OneTimeLinkRow, secrets.token_urlsafe(32), self._now()
        with writing(self._engine, "make a link") as session:
            session.execute(delete(row).where(row.ends_at <= now))
            session.add(
                row(
                    digest=_digest(secret),
                    person=link.person,
                    issue_key=link.issue_key,
                    ends_at=now + lasts,
                )
            )
        return secret

    def look(self, secret: str) -> OneTimeLink | None:
        """What a link opens; None when it was used, ran out or never was."""
        row = OneTimeLinkRow
        with reading(self._engine, "look at a link") as session:
            found = session.execute(
                select(row.person, row.issue_key).where(self._holds(secret))
            ).first()
        return OneTimeLink(*found) if found else None

    def use(self, secret: str) -> OneTimeLink | None:
        """What a link opens, for whoever of all that ask at once comes first; None for the others."""
        row = OneTimeLinkRow
        with writing(self._engine, "use a link") as session:
            found = session.execute(
                update(row)
                .where(self._holds(secret))
                .values(used_at=self._now())
                .returning(row.person, row.issue_key)
            ).first()
        return OneTimeLink(*found) if found else None

    def _holds(self, secret: str) -> ColumnElement[bool]:
        row = OneTimeLinkRow
        return (row.digest == _digest(secret)) & row.used_at.is_(None) & (row.ends_at > self._now())


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
