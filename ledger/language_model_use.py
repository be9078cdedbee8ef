"""What a language model was used for today, over all workers, so that a budget holds.

A call is paid for before it is made: what it may cost at most is taken from the day's budget, and
what it did cost is put in its place when it is known. A call whose end is not known stays counted
in full, since it may have been charged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, select, update

from ledger.rows import insert_into
from ledger.tables import LanguageModelUseRow
from ledger.transactions import reading, writing


@dataclass(frozen=True)
class DailyUse:
    """Calls and tokens of one UTC day."""

    calls: int
    tokens: int


class LanguageModelUse:
    """Raises `LedgerUnavailable` as every part of the ledger does."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def reserve(self, tokens: int, most: DailyUse) -> date | None:
        """Count one call of at most so many tokens; None, and nothing counted, if `most` forbids.

        Answers the day that it was counted to.
        """
        row, day = LanguageModelUseRow, self._now().date()
        with writing(self._engine, "count a call to the language model") as session:
            session.execute(
                insert_into(session, row)
                .values(day=day, calls=0, tokens=0)
                .on_conflict_do_nothing(index_elements=[row.day])
            )
            return session.scalar(
                update(row)
                .where(row.day == day, row.calls < most.calls, row.tokens + tokens <= most.tokens)
                .values(calls=row.calls + 1, tokens=row.tokens + tokens)
                .returning(row.day)
            )

    def settle(self, day: date, reserved: int, used: int) -> None:
        """Put what a call did cost in the place of what was reserved for it."""
        row = LanguageModelUseRow
        with writing(self._engine, "count the tokens of the language model") as session:
            session.execute(
                update(row).where(row.day == day).values(tokens=row.tokens + used - reserved)
            )

    def of_day(self, day: date) -> DailyUse:
        """What was counted to a day."""
        row = LanguageModelUseRow
        with reading(self._engine, "read the use of the language model") as session:
            found = session.execute(select(row.calls, row.tokens).where(row.day == day)).first()
        return DailyUse(*found) if found else DailyUse(calls=0, tokens=0)
