"""Opening the ledger for a command, and telling what went wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desk.deliveries import LedgerDeliveries
from runtime.problems import Unreachable, WrongSettings
from runtime.settings import Settings

if TYPE_CHECKING:
    from ledger.store import Ledger


@contextmanager
def ledger_problems() -> Iterator[None]:
    """Tell a failure of the ledger as a problem with its exit code."""
    from ledger.failures import ExportUnusable, LedgerFailure, LedgerKeysWrong  # noqa: PLC0415 - loads the database package, which other commands need not

    try:
        yield
    except (ExportUnusable, LedgerKeysWrong) as failure:
        raise WrongSettings(failure.what, remedy=failure.remedy) from failure
    except LedgerFailure as failure:
        raise Unreachable(failure.what, remedy=failure.remedy) from failure


@contextmanager
def opened(settings: Settings) -> Iterator[Ledger]:
    """The ledger in force. Raises `Problem` where there is none: a look must not make one."""
    deliveries = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    if not deliveries.exists():
        raise Unreachable(
            "there is no ledger here.",
            where=str(settings.data_dir),
            remedy="Run this where the worker runs, or set FOLLOWTHROUGH_DATA_DIR.",
        )
    try:
        yield deliveries.ledger()
    finally:
        deliveries.close()
