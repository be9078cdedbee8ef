"""The histories of closed runs, which Temporal throws away after its retention."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger import chain
from ledger.keys import KeySource
from ledger.personal import SALT_BYTES
from ledger.records import ArchivedRun, ClosedRun
from ledger.tables import ArchivedRunRow, EventRow
from models.events import Event, EventKind, LedgerEntry


def history_digest(content: bytes, salt: str) -> str:
    """HMAC-SHA256, in hex, of a compressed history under its own salt, as for personal text."""
    return hmac.new(bytes.fromhex(salt), content, hashlib.sha256).hexdigest()


def keep(session: Session, keys: KeySource, run: ClosedRun, now: datetime) -> bool:
    """Store a run's history and its digest in the chain, together.

    False when it was kept before, or its item was erased after it had closed: what had to go would
    come back. Raises `LedgerKeysWrong`.
    """
    head = chain.lock(session)
    if _erased_since(session, run):
        return False
    salt = secrets.token_hex(SALT_BYTES)
    # Without the time, so that the same history is the same bytes.
    content = gzip.compress(run.history.encode(), mtime=0)
    issue_key = chain.key_of(session, run.issue_id)
    entry = _entry(run, issue_key, history_digest(content, salt), len(content))
    if not chain.not_yet_there(session, (entry,)):
        return False
    chain.add(session, head, (entry,), keys.for_head(head.key_id), now)
    session.execute(
        insert(ArchivedRunRow).values(
            run_id=run.run_id,
            workflow_id=run.workflow_id,
            issue_id=run.issue_id,
            closed_at=run.closed_at,
            salt=salt,
            history=content,
        )
    )
    return True


def _erased_since(session: Session, run: ClosedRun) -> bool:
    erasure = select(EventRow.sequence).where(
        EventRow.issue_id == run.issue_id,
        EventRow.kind == EventKind.PERSONAL_TEXT_ERASED,
        EventRow.at >= run.closed_at,
    )
    return session.scalar(erasure.limit(1)) is not None


def kept_already(session: Session, run_ids: Sequence[str]) -> frozenset[str]:
    """Those of these runs that are archived, or were and then erased."""
    names = {operation_id_of(run_id): run_id for run_id in run_ids}
    known = select(EventRow.operation_id).where(EventRow.operation_id.in_(names))
    return frozenset(names[name] for name in session.scalars(known))


def histories_of(session: Session, issue_id: str) -> tuple[ArchivedRun, ...]:
    """The archived runs of an item and its requests, the one that closed first at the beginning."""
    of_item = select(ArchivedRunRow).where(ArchivedRunRow.issue_id == issue_id)
    rows = session.scalars(of_item.order_by(ArchivedRunRow.closed_at, ArchivedRunRow.run_id))
    return tuple(
        ArchivedRun(
            run_id=row.run_id,
            workflow_id=row.workflow_id,
            closed_at=row.closed_at,
            history=gzip.decompress(row.history).decode(),
        )
        for row in rows
    )


def operation_id_of(run_id: str) -> str:
    """A run is archived once."""
    return f"ledger/archived/{run_id}"


def _entry(run: ClosedRun, issue_key: str, digest: str, size: int) -> LedgerEntry:
    return LedgerEntry(
        issue_id=run.issue_id,
        issue_key=issue_key,
        workflow_id=run.workflow_id,
        event=Event(
            operation_id=operation_id_of(run.run_id),
            sequence=0,
            kind=EventKind.RUN_ARCHIVED,
            at=run.closed_at,
            summary="The run's history was archived.",
            facts={"run": run.run_id, "history": digest, "bytes": size, "status": run.status},
        ),
    )
