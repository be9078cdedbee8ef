"""What there is to know of one customer, for the terminal and the desk."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from activities.own_contacts import own_items_of
from models.item import ANONYMOUS
from runtime.pepper import PEPPER_FILE, load_or_create_pepper
from runtime.problems import Problem, WrongSettings
from runtime.settings import Settings

if TYPE_CHECKING:
    from insight.numbers.customer import CustomerView
    from ledger.store import Ledger


class UnknownCustomer(Problem):
    """The ledger has nothing of the customer who was named."""

    def __init__(self) -> None:
        super().__init__(
            "The ledger knows nothing of this customer.",
            remedy="Give the id as the items' source names it, or the pseudonym out of the ledger.",
        )


def pseudonyms_of(settings: Settings, customer: str) -> frozenset[str]:
    """The pseudonyms that may mean this customer: the one made of the id, and the id as it is.

    Raises `WrongSettings` for what means nobody in particular.
    """
    from activities.customers import Customers  # noqa: PLC0415 - loads what other commands need not

    if customer.strip() in ("", ANONYMOUS):
        raise WrongSettings(
            "That means everybody whose feedback came without a customer.",
            remedy="Name one customer.",
        )
    named = {customer.strip()}
    if (settings.data_dir / PEPPER_FILE).exists():
        pepper = load_or_create_pepper(settings.data_dir)
        named.add(Customers(None, pepper).reference(customer))
    return frozenset(named)


def known_of(ledger: Ledger, pseudonyms: Collection[str], now: datetime) -> CustomerView:
    """The customer whom each of these pseudonyms means.

    Raises `UnknownCustomer`, and `LedgerUnavailable`.
    """
    from insight.numbers.customer import customer_view  # noqa: PLC0415 - loads the numbers' packages, which other pages and commands need not

    contacts = [
        *(one.contact for one in own_items_of(ledger, pseudonyms)),
        *ledger.imported.contacts_of(pseudonyms),
    ]
    if not contacts:
        raise UnknownCustomer
    return customer_view(contacts, now)


def known_of_customer_behind(ledger: Ledger, issue_id: str, now: datetime) -> CustomerView:
    """The customer of an item. Raises `Problem` where nobody knows who that is."""
    item = ledger.indexed_item(issue_id)
    if item is None or item.customer in (None, ANONYMOUS):
        raise Problem(
            "Nobody knows which customer this item is of.",
            remedy="Its intake named none, or what is personal of them was erased.",
        )
    return known_of(ledger, (str(item.customer),), now)
