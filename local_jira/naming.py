"""How people are named: by account id on Cloud, by name and key on Data Center.

A Data Center site made from the same seed calls the account `acc-ada-agent` by the name `ada-agent`
and the key `acc-ada-agent`, so that nobody takes one for the other unnoticed.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from local_jira.store.accounts import Account, find_account

PREFIX = "acc-"


def name_of(account: Account) -> str:
    """The name by which Data Center knows an account."""
    return account.account_id.removeprefix(PREFIX)


def find_named(connection: sqlite3.Connection, name: str) -> Account | None:
    """The account of that name, whatever the case."""
    wanted = name.casefold()
    for candidate in (PREFIX + wanted, wanted, name):
        account = find_account(connection, candidate)
        if account is not None and name_of(account).casefold() == wanted:
            return account
    return None


def reference_of(value: Mapping[str, Any], by_name: bool) -> str | None:
    """The account id or name in a request such as `{"name": …}`.

    Empty when the request names nobody on purpose; None when it does not say.
    """
    members = ("name",) if by_name else ("accountId", "id")
    for member in members:
        if member in value:
            found = value[member]
            return "" if found in (None, "", "-1") else str(found)
    return None


def reference_to(account: Account, by_name: bool) -> dict[str, str]:
    """How a request names the account."""
    return {"name": name_of(account)} if by_name else {"accountId": account.account_id}


def find_referenced(
    connection: sqlite3.Connection, reference: str, by_name: bool
) -> Account | None:
    """The account that such a reference names."""
    return find_named(connection, reference) if by_name else find_account(connection, reference)
