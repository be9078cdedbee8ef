from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.failures import LedgerUnavailable
from ledger.store import Ledger, open_ledger
from models.contact import Contact, ImportSummary, Thread

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_contact(name: str, source: str = "shop", **others: object) -> Contact:
    return Contact.model_validate({"source": source, "id": name, "opened_at": NOON, **others})


def test_a_contact_comes_back_as_it_went_in(ledger: Ledger) -> None:
    contact = a_contact("a", thread=Thread(messages=3, silences=(1.5,)), facts={"tenure": "0-30"})
    ledger.imported.put([contact])
    assert ledger.imported.contacts() == (contact,)


def test_the_same_export_again_changes_nothing(ledger: Ledger) -> None:
    assert ledger.imported.put([a_contact("a"), a_contact("b")]) == ImportSummary(created=2)
    assert ledger.imported.put([a_contact("a"), a_contact("b")]) == ImportSummary(unchanged=2)


def test_a_newer_export_brings_a_contact_up_to_date(ledger: Ledger) -> None:
    ledger.imported.put([a_contact("a")])
    assert ledger.imported.put([a_contact("a", score=4.0)]) == ImportSummary(updated=1)
    assert [one.score for one in ledger.imported.contacts()] == [4.0]


def test_the_same_id_of_another_source_is_another_contact(ledger: Ledger) -> None:
    ledger.imported.put([a_contact("a"), a_contact("a", source="survey")])
    assert ledger.imported.sources() == (("shop", 1), ("survey", 1))
    assert [one.source for one in ledger.imported.contacts(["survey"])] == ["survey"]


def test_more_contacts_than_one_statement_takes_are_all_kept(ledger: Ledger) -> None:
    assert ledger.imported.put([a_contact(f"{n}") for n in range(1001)]).created == 1001


def test_of_two_with_the_same_id_in_one_file_the_last_counts(ledger: Ledger) -> None:
    assert ledger.imported.put([a_contact("a"), a_contact("a", score=1.0)]).created == 1
    assert ledger.imported.contacts()[0].score == 1.0


def test_contacts_outlive_the_process(ledger: Ledger, url: str) -> None:
    ledger.imported.put([a_contact("a")])
    again = open_ledger(url)
    try:
        assert [one.id for one in again.imported.contacts()] == ["a"]
    finally:
        again.close()


def test_a_database_that_is_gone_is_said_to_be_so(ledger: Ledger, tmp_path) -> None:
    ledger.close()
    (tmp_path / "data" / "ledger.db").write_bytes(b"no database at all, but long enough" * 200)
    with pytest.raises(LedgerUnavailable):
        ledger.imported.contacts()


def test_the_contacts_of_one_customer_are_found_by_any_of_their_pseudonyms(ledger):
    ledger.imported.put(
        [a_contact("a", customer="x"), a_contact("b"), a_contact("c", customer="y")]
    )
    assert [one.id for one in ledger.imported.contacts_of({"x", "y"})] == ["a", "c"]
    assert ledger.imported.contacts_of({"z"}) == ()
