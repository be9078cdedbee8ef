"""Whatever somebody does to rows without the keys is noticed, at the first row that it touches."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from ledger import chain
from ledger.canonical import BEGINNING, row_digest
from ledger.failures import LedgerKeysWrong
from ledger.keys import ChainKeys, add_key
from ledger.reading import steps
from ledger.records import Anchor, Verdict
from ledger.store import Ledger, open_ledger
from ledger.verify import verify
from tests.ledger import tampering
from tests.ledger.conftest import make_entry

ROWS = 12


class Book:
    """A ledger of twelve rows that can be damaged and is whole again afterwards."""

    def __init__(self, url: str, keys: Path) -> None:
        self.ledger: Ledger = open_ledger(url, keys=keys)
        self.ledger.append(
            tuple(make_entry(number, reason=f"since {number}") for number in range(1, ROWS + 1))
        )
        self._engine = tampering.unguarded(url)

    def after(
        self, tamper: Callable[[Connection], None], anchors: tuple[Anchor, ...] = ()
    ) -> Verdict:
        """What a verification says after this was done; then it is undone."""
        with self._engine.connect() as connection:
            tamper(connection)
            verdict = verify(connection, self.ledger._keys.existing(), anchors)
            connection.rollback()
        return verdict

    def head(self) -> Anchor:
        head = self.ledger.verify().head
        assert head is not None
        return head.model_copy(update={"where": "the issue"})

    def close(self) -> None:
        self._engine.dispose()
        self.ledger.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, tmp_path_factory, keys) -> Iterator[Book]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('book') / 'ledger.db'}"
    else:
        url = request.getfixturevalue("fresh_postgresql")
    opened = Book(url, keys)
    yield opened
    opened.close()


any_row = st.integers(1, ROWS)
thoroughly = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def first_bad(verdict: Verdict) -> int | None:
    return verdict.first_bad.sequence if verdict.first_bad else None


def test_what_was_appended_is_sound(book):
    verdict = book.ledger.verify()
    assert verdict.sound
    assert verdict.rows == ROWS


@thoroughly
@given(row=any_row, column=st.sampled_from(sorted(tampering.EDITS)))
def test_an_edited_row_is_the_first_bad_one(book, row, column):
    assert first_bad(book.after(lambda c: tampering.edit(c, column, row))) == row


@thoroughly
@given(row=st.integers(1, ROWS - 1))
def test_a_removed_row_is_the_first_bad_one(book, row):
    assert first_bad(book.after(lambda c: tampering.delete(c, row))) == row
    assert first_bad(book.after(lambda c: tampering.close_gap(c, row))) == row


@thoroughly
@given(pair=st.lists(any_row, min_size=2, max_size=2, unique=True))
def test_of_two_swapped_rows_the_earlier_is_the_first_bad_one(book, pair):
    assert first_bad(book.after(lambda c: tampering.swap(c, *pair))) == min(pair)


@thoroughly
@given(row=any_row)
def test_an_inserted_row_is_the_first_bad_one(book, row):
    assert first_bad(book.after(lambda c: tampering.insert(c, row))) == row


@thoroughly
@given(left=st.integers(0, ROWS - 1))
def test_that_the_newest_rows_were_removed_shows_beside_an_anchor(book, left):
    def truncate(connection: Connection) -> None:
        connection.execute(text("DELETE FROM personal_texts WHERE sequence > :n"), {"n": left})
        connection.execute(text("DELETE FROM events WHERE sequence > :n"), {"n": left})

    head = book.head()
    assert book.after(truncate).sound, "nothing within the database can show it"
    assert first_bad(book.after(truncate, (head,))) == left + 1


@thoroughly
@given(row=any_row, what=st.sampled_from(["edit", "remove", "salt", "customer"]))
def test_personal_text_that_was_changed_or_removed_makes_its_row_the_first_bad_one(book, row, what):
    statement = {
        "edit": 'UPDATE personal_texts SET facts = \'{"reason": "bribed"}\'',
        "remove": "DELETE FROM personal_texts",
        "salt": "UPDATE personal_texts SET salt = '00'",
        "customer": "UPDATE personal_texts SET customer = 'somebody'",
    }[what]

    def tamper(connection: Connection) -> None:
        connection.execute(text(f"{statement} WHERE sequence = :row"), {"row": row})

    assert first_bad(book.after(tamper)) == row


@pytest.mark.parametrize(
    "wreck", ["at = 'never'", "facts = '{'", "facts = '[]'", "item_sequence = 'x'"]
)
def test_a_row_that_cannot_even_be_read_is_named(url, keys, wreck):
    """On SQLite: PostgreSQL takes no value of a wrong type in the first place."""
    book = Book(url, keys)
    verdict = book.after(lambda c: c.execute(text(f"UPDATE events SET {wreck} WHERE sequence = 5")))
    assert first_bad(verdict) == 5
    assert verdict.rows == 4
    book.close()


def test_recomputing_every_digest_does_not_help_without_the_key(book):
    def rewrite(connection: Connection) -> None:
        connection.execute(text("UPDATE events SET person = 'mallory' WHERE sequence = 4"))
        previous = BEGINNING
        for step in list(steps(connection)):
            previous = row_digest(step.row, previous)
            connection.execute(
                text("UPDATE events SET digest = :digest WHERE sequence = :row"),
                {"digest": previous, "row": step.sequence},
            )

    assert first_bad(book.after(rewrite)) == 4


def test_an_anchor_of_another_ledger_names_the_row_that_differs(book):
    other = Anchor(sequence=7, digest="f" * 64, where="a checkpoint")
    assert first_bad(book.after(lambda c: None, (other,))) == 7


def test_a_changed_key_seals_what_follows_and_the_old_one_still_checks(url, tmp_path):
    ledger = open_ledger(url, keys=tmp_path / "keys")
    ledger.append((make_entry(1),))
    key_id, first = ledger.change_key()
    ledger.append((make_entry(2),))
    assert ledger.verify().sound
    assert ledger.verify().rows == first + 1
    assert ledger.events_of("ledger")[0].event.kind == "ledger_key_changed"
    assert key_id == ledger._keys.existing().newest.key_id
    ledger.close()


def test_a_process_with_the_old_key_reads_the_new_one_before_it_goes_on(url, tmp_path):
    first, second = (open_ledger(url, keys=tmp_path / "keys") for _ in range(2))
    first.append((make_entry(1),))
    second.append((make_entry(2),))
    first.change_key()
    second.append((make_entry(3),))
    assert first.verify().sound
    first.close()
    second.close()


def test_a_process_without_the_newest_key_waits_instead_of_sealing_with_an_older_one(url, tmp_path):
    ledger = open_ledger(url, keys=tmp_path / "keys")
    ledger.append((make_entry(1),))
    shutil.copytree(tmp_path / "keys", tmp_path / "old")
    ledger.change_key()
    behind = open_ledger(url, keys=tmp_path / "old")
    with pytest.raises(LedgerKeysWrong, match="not known here"):
        behind.append((make_entry(2),))
    assert behind.append((make_entry(1),)).appended == 0, "what stands is no reason to wait"
    behind.close()
    ledger.close()


def test_a_key_that_was_out_of_use_cannot_seal_again(url, tmp_path):
    ledger = open_ledger(url, keys=tmp_path / "keys")
    ledger.append((make_entry(1),))
    ledger.change_key()
    stolen = ChainKeys(ledger._keys.existing().keys[:1])
    with ledger._writing("forge") as session:
        chain.add(session, chain.head_of(session), (make_entry(2),), stolen, ledger._now())
    assert first_bad(ledger.verify()) == 3
    ledger.close()


def test_lost_keys_are_not_replaced_by_new_ones_behind_anybodys_back(url, tmp_path):
    ledger = open_ledger(url, keys=tmp_path / "keys")
    ledger.append((make_entry(1),))
    ledger.close()
    shutil.rmtree(tmp_path / "keys")
    again = open_ledger(url, keys=tmp_path / "keys")
    with pytest.raises(LedgerKeysWrong):
        again.append((make_entry(2),))
    assert not (tmp_path / "keys").exists()
    assert first_bad(again.verify()) == 1
    again.close()


def test_the_secret_is_never_shown_and_only_the_owner_may_read_it(tmp_path):
    keys = add_key(tmp_path / "keys")
    file = tmp_path / "keys" / "chain-keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not set(file.read_text().split()) & set(repr(keys).split("'"))


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": 2**60},
        {"share": 1e22},
        {"share": 0.1},
        {"share": -0.0},
        {"n": 1.0},
        {"name": "Zoë \U0001f600"},
        {"tiny": 5e-324},
        {"big": 1.7976931348623157e308},
    ],
)
def test_numbers_and_words_are_sealed_the_same_whatever_the_database_makes_of_them(book, facts):
    number = abs(hash(str(facts))) % 10**6 + 1000
    book.ledger.append((make_entry(number, issue="7", **facts),))
    try:
        assert book.ledger.verify().sound
    finally:
        with book._engine.begin() as connection:
            for table in ("personal_texts", "events"):
                connection.execute(text(f"DELETE FROM {table} WHERE sequence > {ROWS}"))
