"""People and apps: who exists and how they prove who they are."""

import hashlib
import hmac
import json
import re
import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """One account. Only `account_id` identifies it; names and addresses may change."""

    account_id: str
    email: str | None
    display_name: str
    account_type: str
    active: bool
    time_zone: str
    is_admin: bool
    groups: tuple[str, ...]
    secret_hashes: tuple[str, ...]

    @property
    def is_customer(self) -> bool:
        """Whether this is somebody who only sees and answers their own requests."""
        return self.account_type == "customer"

    def accepts(self, secret: str) -> bool:
        """Whether a password or token belongs to this account, compared in constant time."""
        given = hash_secret(secret)
        # A list, so that every secret is compared and the time tells nothing.
        return any([hmac.compare_digest(given, known) for known in self.secret_hashes])  # noqa: C419 - every secret must be compared


def hash_secret(secret: str) -> str:
    """How a password or token is kept; good enough for invented local accounts."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _account(row: sqlite3.Row) -> Account:
    return Account(
        account_id=row["account_id"],
        email=row["email"],
        display_name=row["display_name"],
        account_type=row["account_type"],
        active=bool(row["active"]),
        time_zone=row["time_zone"],
        is_admin=bool(row["is_admin"]),
        groups=tuple(json.loads(row["groups"])),
        secret_hashes=tuple(json.loads(row["secrets"])),
    )


def find_account(connection: sqlite3.Connection, account_id: str) -> Account | None:
    """The account of that id."""
    row = connection.execute("SELECT * FROM account WHERE account_id = ?", (account_id,)).fetchone()
    return _account(row) if row else None


def find_by_email(connection: sqlite3.Connection, email: str) -> Account | None:
    """The account of that e-mail address, whatever the case."""
    row = connection.execute(
        "SELECT * FROM account WHERE lower(email) = lower(?)", (email,)
    ).fetchone()
    return _account(row) if row else None


def find_by_secret(connection: sqlite3.Connection, secret: str) -> Account | None:
    """The account that owns a bearer token."""
    row = connection.execute(
        "SELECT account.* FROM account, json_each(account.secrets) AS secret "
        "WHERE secret.value = ?",
        (hash_secret(secret),),
    ).fetchone()
    return _account(row) if row else None


def all_accounts(connection: sqlite3.Connection) -> list[Account]:
    """Every account, by name."""
    rows = connection.execute("SELECT * FROM account ORDER BY display_name, account_id")
    return [_account(row) for row in rows]


def search_accounts(connection: sqlite3.Connection, query: str) -> list[Account]:
    """Accounts whose name or address has a word that starts with the query."""
    wanted = query.casefold()
    return [
        account
        for account in all_accounts(connection)
        if account.account_id == query
        or any(
            word.startswith(wanted)
            for text in (account.display_name, account.email or "")
            for word in (text.casefold(), *re.split(r"[\s@.]+", text.casefold()))
        )
    ]


def save_account(connection: sqlite3.Connection, account: Account) -> None:
    """Create or replace an account."""
    connection.execute(
        "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            account.account_id,
            account.email,
            account.display_name,
            account.account_type,
            int(account.active),
            account.time_zone,
            int(account.is_admin),
            json.dumps(list(account.groups)),
            json.dumps(list(account.secret_hashes)),
        ),
    )
