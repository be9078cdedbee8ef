"""The customer of an item, found by the item, so that no address names them."""

from __future__ import annotations

from pathlib import Path

from browsing import Stage

from ledger.records import IndexedItem
from ledger.store import open_ledger
from models.item import ANONYMOUS
from tests.insight.made_contacts import MONDAY, a_contact


def remember(data_dir: Path, issue_id: str, customer: str) -> None:
    """Have the ledger know an item of this customer, and a contact in another tool."""
    ledger = open_ledger(f"sqlite:///{data_dir / 'ledger.db'}")
    try:
        ledger.index_item(
            IndexedItem(
                issue_id=issue_id,
                issue_key=f"FT-{issue_id}",
                workflow_id=f"feedback-{issue_id}",
                created_at=MONDAY,
                customer=customer,
                category="billing",
            )
        )
        ledger.imported.put([a_contact("7", customer=customer, segment="<b>gold</b>")])
    finally:
        ledger.close()


async def test_the_item_leads_to_everything_that_its_customer_came_with(
    stage: Stage, tmp_path: Path
) -> None:
    issue_id = await stage.item()
    remember(tmp_path, issue_id, "c0ffee")
    browser = await stage.signed_in("ada")
    page = await browser.get(f"/items/{issue_id}/customer")

    assert page.status_code == 200
    assert f'<a href="/items/FT-{issue_id}">' in page.text
    assert "shop/7" in page.text
    assert "&lt;b&gt;gold&lt;/b&gt;" in page.text
    assert "c0ffee" not in page.text


async def test_an_item_of_nobody_known_says_so(stage: Stage, tmp_path: Path) -> None:
    issue_id = await stage.item()
    remember(tmp_path, issue_id, ANONYMOUS)
    browser = await stage.signed_in("ada")
    page = await browser.get(f"/items/{issue_id}/customer")

    assert page.status_code == 409
    assert "Nobody knows which customer this item is of." in page.text
