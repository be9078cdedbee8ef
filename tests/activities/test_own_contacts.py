"""Our own items as contacts, read from a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.own_contacts import own_items
from ledger.store import Ledger, open_ledger
from models.events import Event, EventKind, LedgerEntry
from models.theme import ThemeFigures, ThemeStatus

BEGUN = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    book = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield book
    book.close()


def received(ledger: Ledger, *numbers: int) -> None:
    kinds = (EventKind.RECEIVED, EventKind.TRIAGED)
    ledger.append(
        tuple(
            LedgerEntry(
                issue_id=f"{number}",
                issue_key=f"FT-{number}",
                workflow_id=f"feedback-{number}",
                customer="c0ffee",
                category="billing",
                event=Event(
                    operation_id=f"{number}/{place}",
                    sequence=place,
                    kind=kind,
                    at=BEGUN + timedelta(minutes=number),
                    summary="",
                ),
            )
            for number in numbers
            for place, kind in enumerate(kinds)
        )
    )


def themes_of(ledger: Ledger) -> dict[str, str | None]:
    found = own_items(ledger, BEGUN, BEGUN + timedelta(days=1))
    return {one.contact.id: one.contact.theme for one in found}


def test_an_item_has_its_theme_by_the_name_that_people_read(ledger: Ledger) -> None:
    received(ledger, 1, 2)
    ledger.themes.place("theme-1", ["1"])
    ledger.themes.keep(ThemeStatus(theme_id="theme-1", name="export, empty"))
    assert themes_of(ledger) == {"FT-1": "export, empty", "FT-2": None}


def test_a_theme_that_nobody_named_is_called_by_the_words_of_its_customers(ledger: Ledger) -> None:
    received(ledger, 1)
    ledger.themes.place("theme-1", ["1"])
    figures = ThemeFigures(items=1, customers=1, words=("export", "empty"))
    ledger.themes.keep(ThemeStatus(theme_id="theme-1", figures=figures))
    assert themes_of(ledger) == {"FT-1": "export · empty"}


def test_two_themes_of_one_name_stay_two(ledger: Ledger) -> None:
    received(ledger, 1, 2)
    for number in ("1", "2"):
        ledger.themes.place(f"theme-{number}", [number])
        ledger.themes.keep(ThemeStatus(theme_id=f"theme-{number}", name="export"))
    assert themes_of(ledger) == {"FT-1": "export (theme-1)", "FT-2": "export (theme-2)"}


def test_each_of_many_items_has_its_own_events(ledger: Ledger) -> None:
    numbers = range(1, 1001)
    received(ledger, *numbers)
    found = own_items(ledger, BEGUN, BEGUN + timedelta(days=1))
    assert [one.contact.id for one in found] == [f"FT-{number}" for number in numbers]
    assert all(one.contact.automated for one in found)
