"""Finds out which account asks: basic auth by token or password, or a bearer token."""

import base64
import binascii
import sqlite3

from local_jira.naming import find_named
from local_jira.store.accounts import Account, find_by_email, find_by_secret


class UnreadableTokenError(Exception):
    """A bearer token that nobody here was given."""


def authenticate(
    connection: sqlite3.Connection, header: str | None, on_datacenter: bool = False
) -> Account | None:
    """The account behind an Authorization header; None when it proves nobody.

    A wrong password or token makes the caller anonymous, not refused: operations that need an
    account answer 401, but a search answers an empty page. Only a bearer token that cannot be
    read raises UnreadableTokenError, and on Data Center not even that. There people sign in by name.
    """
    if not header:
        return None
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        account = find_by_secret(connection, credentials.strip())
        if account is None and not on_datacenter:
            raise UnreadableTokenError
    elif scheme.lower() == "basic":
        account = _basic(connection, credentials.strip(), on_datacenter)
    else:
        return None
    return account if account is not None and account.active else None


def _basic(connection: sqlite3.Connection, credentials: str, on_datacenter: bool) -> Account | None:
    try:
        email, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    account = find_by_email(connection, email)
    if account is None and on_datacenter:
        account = find_named(connection, email)
    return account if account is not None and account.accepts(secret) else None
