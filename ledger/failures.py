"""How the ledger fails. Messages say what and where to look; they never hold a stored value."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

_CAUSES = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the database file may only be read",
    "SQLITE_CANTOPEN": "the database file cannot be opened",
    "SQLITE_BUSY": "another process holds the database too long",
    "SQLITE_LOCKED": "another process holds the database too long",
    "SQLITE_IOERR": "the disk reports an error",
    "SQLITE_CORRUPT": "the database file is damaged",
    "SQLITE_NOTADB": "the file is not a ledger database",
}


class LedgerFailure(Exception):  # noqa: N818 - it names what happened, as the failure table does
    """Base of every failure of this room. `remedy` is the next step for the operator."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what} {remedy}")


class LedgerUnavailable(LedgerFailure):
    """The database cannot be reached, read or written now; repeating the call may help."""


class LedgerNotOurs(LedgerFailure):
    """The database was written by another version of this program; repeating cannot help."""


class LedgerKeysWrong(LedgerFailure):
    """The keys that rows are sealed with are missing, damaged, or older than the newest row's."""


class ExportUnusable(LedgerFailure):
    """An export cannot be written there, or what is there is none that can be believed."""


def unavailable(doing: str, error: SQLAlchemyError | OSError) -> LedgerUnavailable:
    """Translate a driver's error, dropping its message, which may repeat stored values."""
    return LedgerUnavailable(
        f"The ledger could not {doing}: {_cause(error)}.",
        "Look at its disk, its permissions and its connection; nothing was half written.",
    )


def translated(doing: str, error: SQLAlchemyError) -> LedgerUnavailable | ValueError:
    """What to raise for a driver's error: a value that we refused ourselves is the caller's fault."""
    if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
        return ValueError(str(error.orig))
    return unavailable(doing, error)


def _cause(error: SQLAlchemyError | OSError) -> str:
    original = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "")
        for prefix, words in _CAUSES.items():
            if name.startswith(prefix):
                return words
        return name or type(original).__name__
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return type(original or error).__name__
