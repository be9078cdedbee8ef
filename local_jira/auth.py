"""Finds out which account asks: basic auth by token or password, or a bearer token."""

import base64
import binascii
import sqlite3

from local_jira.failures import UnauthenticatedError
from local_jira.store.accounts import Account, find_by_email, find_by_secret


class UnreadableTokenError(Exception):
    """A bearer token that nobody here was given."""


def authenticate(connection: sqlite3.Connection, header: str | None) -> Account | None:
    """The account behind an Authorization header; None when there is no header.

    Raises UnauthenticatedError for a wrong secret and UnreadableTokenError for an unknown bearer token.
    """
    if not header:
        return None
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        account = find_by_secret(connection, credentials.strip())
        if account is None:
            raise UnreadableTokenError
    elif scheme.lower() == "basic":
        account = _basic(connection, credentials.strip())
    else:
        raise UnauthenticatedError
    if account is None or not account.active:
        raise UnauthenticatedError
    return account


def _basic(connection: sqlite3.Connection, credentials: str) -> Account | None:
    try:
        email, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise UnauthenticatedError from None
    account = find_by_email(connection, email)
    if account is None or not account.accepts(secret):
        raise UnauthenticatedError
    return account
