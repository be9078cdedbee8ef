"""Checks every row against its seal and the chain, and names the first one that is bad.

It sees rows that were edited, inserted, swapped or removed, and personal text that was changed or
removed without an erasure that says so. That the newest rows were removed shows only beside
something that was written down elsewhere: give it anchors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.archive import history_digest
from ledger.canonical import BEGINNING, row_digest, seal_of
from ledger.keys import ChainKeys
from ledger.personal import digest_of, numbers_in
from ledger.reading import Step, steps
from ledger.records import Anchor, BadRow, Verdict
from ledger.tables import ArchivedRunRow, EventRow, PersonalTextRow
from models.events import EventKind

Proved = Callable[[Mapping[str, Any]], str | None]
"""Says why a row is not proved to be ours, or None when it is."""


class Archived(NamedTuple):
    """The row that says a run was archived, and the digest of its history."""

    sequence: int
    digest: str


class SealedBy:
    """Whether rows bear the seal of a known key, and keys once out of use stay out of use."""

    def __init__(self, keys: ChainKeys) -> None:
        self._keys = keys
        self._place = 0

    def __call__(self, row: Mapping[str, Any]) -> str | None:
        """See the class; rows are asked about in their order."""
        place = self._keys.place(row["key_id"])
        if place is None:
            return f"it is sealed with the key {str(row['key_id'])[:16]}, which is not known here"
        if place < self._place:
            return "it is sealed with a key that was out of use by then"
        if seal_of(row["digest"], self._keys.keys[place].secret_bytes) != row["seal"]:
            return "its seal does not fit its digest"
        self._place = place
        return None


class Walk:
    """Goes along the chain. Rows after `gapless_after` are numbered without a gap.

    `texts_withheld` says that personal text was left out on purpose and is not missed.
    """

    def __init__(
        self,
        proved: Proved,
        anchors: Sequence[Anchor] = (),
        gapless_after: int = 0,
        *,
        texts_withheld: bool = False,
    ) -> None:
        self._texts_withheld = texts_withheld
        self._proved = proved
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.sequence, []).append(anchor)
        self._given = len(anchors)
        self._gapless_after = gapless_after
        self._digest = BEGINNING
        self._sequence = 0
        self._rows = 0
        self._missing: set[int] = set()
        self._erased: set[int] = set()
        self.archived: dict[str, Archived] = {}
        self.erased_runs: set[str] = set()
        self._bad: BadRow | None = None

    @property
    def sequence(self) -> int:
        """The last row that was good."""
        return self._sequence

    def step(self, step: Step) -> bool:
        """Take in the next row; False when it is bad, and the walk ends."""
        self._bad = self._wrong(step)
        if self._bad is not None or step.row is None:
            return False
        self._digest, self._sequence = step.row["digest"], step.sequence
        self._rows += 1
        if step.text is None and step.row["personal_digest"] is not None:
            self._missing.add(step.sequence)
        if step.row["kind"] == EventKind.PERSONAL_TEXT_ERASED:
            self._erased |= numbers_in(step.row["facts"].get("rows"))
            self.erased_runs |= set(str(step.row["facts"].get("runs", "")).split())
        if step.row["kind"] == EventKind.RUN_ARCHIVED:
            facts = step.row["facts"]
            self.archived[str(facts["run"])] = Archived(step.sequence, str(facts["history"]))
        return True

    def _wrong(self, step: Step) -> BadRow | None:
        if step.row is None:
            return BadRow(sequence=step.sequence, why="what stands there cannot be read")
        expected = max(self._sequence, self._gapless_after) + 1
        if step.sequence > expected:
            return BadRow(sequence=expected, why="it is missing")
        try:
            why = self._why(step.row, step.text)
        except (KeyError, TypeError, ValueError, AttributeError):
            why = "what stands there is not of a kind that was ever written"
        return BadRow(sequence=step.sequence, why=why) if why else None

    def _why(self, row: Mapping[str, Any], text: Mapping[str, Any] | None) -> str | None:
        if row_digest(row, self._digest) != row["digest"]:
            return "its content, or what stood before it, is not what was sealed"
        if (unproved := self._proved(row)) is not None:
            return unproved
        if text is not None and digest_of(text) != row["personal_digest"]:
            return "its personal text is not what was sealed"
        for anchor in self._anchors.pop(row["sequence"], ()):
            if anchor.digest != row["digest"]:
                return f"another row stood there, says {anchor.where}"
        return None

    def verdict(self) -> Verdict:
        """What the walk found, once it has ended."""
        whole = self._bad is None
        lost = sorted(self._missing - self._erased) if whole and not self._texts_withheld else []
        found = self._bad
        if lost:
            found = BadRow(sequence=lost[0], why="its personal text was removed without an erasure")
        elif whole and self._anchors:
            last = self._anchors[max(self._anchors)][0]
            why = f"it is missing: rows up to {last.sequence} stood there, says {last.where}"
            found = BadRow(sequence=min(self._sequence + 1, *self._anchors), why=why)
        head = Anchor(sequence=self._sequence, digest=self._digest, where="the ledger")
        return Verdict(
            rows=self._rows,
            head=head if self._rows else None,
            anchors=self._given,
            erased_texts=len(self._missing & self._erased),
            first_bad=found,
        )


def verify(connection: Connection, keys: ChainKeys, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Walk along the whole chain, and look for personal text that belongs to no row."""
    walk = Walk(SealedBy(keys), anchors, taken_in_through(connection))
    if not all(walk.step(step) for step in steps(connection)):
        return walk.verdict()
    verdict = walk.verdict()
    found = [_stray_text(connection), _wrong_history(connection, walk), verdict.first_bad]
    first = min((bad for bad in found if bad), key=lambda bad: bad.sequence, default=None)
    return verdict.model_copy(update={"first_bad": first})


def _stray_text(connection: Connection) -> BadRow | None:
    stray = connection.scalar(
        select(PersonalTextRow.sequence)
        .outerjoin(EventRow, EventRow.sequence == PersonalTextRow.sequence)
        .where(EventRow.sequence.is_(None))
        .order_by(PersonalTextRow.sequence)
        .limit(1)
    )
    if stray is None:
        return None
    return BadRow(sequence=stray, why="personal text stands beside it, but the row is missing")


def _wrong_history(connection: Connection, walk: Walk) -> BadRow | None:
    """The first row whose archived history is not what was archived. One at a time in memory."""
    missing = dict(walk.archived)
    bad: list[BadRow] = []
    for run_id in connection.scalars(select(ArchivedRunRow.run_id)).all():
        told = missing.pop(run_id, None)
        if told is None:
            why = "a history is in the archive that no row speaks of"
            bad.append(BadRow(sequence=walk.sequence + 1, why=why))
            continue
        here = select(ArchivedRunRow.history, ArchivedRunRow.salt)
        row = connection.execute(here.where(ArchivedRunRow.run_id == run_id)).one()
        if not _is_history(row.history, row.salt, told.digest):
            why = "the archived history is not what was sealed"
            bad.append(BadRow(sequence=told.sequence, why=why))
    bad += (
        BadRow(sequence=told.sequence, why="its history was removed without an erasure")
        for run_id, told in missing.items()
        if run_id not in walk.erased_runs
    )
    return min(bad, key=lambda one: one.sequence, default=None)


def _is_history(content: object, salt: str, digest: str) -> bool:
    try:
        return isinstance(content, bytes) and history_digest(content, salt) == digest
    except (TypeError, ValueError):
        return False


def taken_in_through(connection: Connection) -> int:
    """Rows up to this one were numbered with gaps, by the version without seals."""
    noted = select(EventRow.sequence).where(EventRow.kind == EventKind.TAKEN_IN)
    taken_in = connection.scalar(noted.order_by(EventRow.sequence).limit(1))
    return taken_in - 1 if taken_in else 0
