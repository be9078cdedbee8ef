"""`customer` shows everything that one customer came with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from activities.customers import Customers
from ledger.records import IndexedItem
from ledger.store import Ledger, open_ledger
from models.events import EventKind
from runtime.pepper import load_or_create_pepper
from runtime.problems import ExitCode, Problem, WrongSettings
from tests.insight.made_contacts import a_contact
from tests.ledger.conftest import MONDAY, make_entry


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger with one item and one imported contact of the same customer."""
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    pseudonym = Customers(None, load_or_create_pepper(tmp_path)).reference("cust-1")
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    opened.index_item(
        IndexedItem(
            issue_id="10001",
            issue_key="FB-1",
            workflow_id="feedback-10001",
            created_at=MONDAY,
            customer=pseudonym,
            category="billing",
        )
    )
    received = make_entry(1, kind=EventKind.RECEIVED, segment="enterprise", joined="2024-05-31")
    opened.append((received.model_copy(update={"customer": pseudonym}),))
    opened.imported.put([a_contact("7", customer=pseudonym), a_contact("8")])
    yield opened
    opened.close()


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["customer", *arguments])
    assert result.exit_code == ExitCode.DONE, result.output
    return result.stdout


def test_items_and_imported_contacts_of_the_customer_are_listed(book: Ledger) -> None:
    page = said("cust-1")

    assert "enterprise · joined 2024-05-31" in page
    assert "2 contacts · 2 open" in page
    assert "FB-1" in page
    assert "shop/7" in page
    assert "shop/8" not in page, "that is somebody else's"


def test_a_pseudonym_means_the_same_customer(book: Ledger) -> None:
    item = book.indexed_item("10001")
    assert item is not None
    found = json.loads(said(str(item.customer), "--json"))

    assert [one["contact"]["id"] for one in found["contacts"]] == ["7", "FB-1"]


def test_somebody_unknown_and_nobody_in_particular_are_told_apart(book: Ledger) -> None:
    unknown = CliRunner().invoke(cli.app, ["customer", "cust-2"]).exception
    nobody = CliRunner().invoke(cli.app, ["customer", ""]).exception

    assert isinstance(unknown, Problem)
    assert unknown.exit_code == ExitCode.ANSWER_IS_NO
    assert isinstance(nobody, WrongSettings)
