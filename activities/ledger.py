"""Writing to the ledger from a workflow."""

from __future__ import annotations

from temporalio import activity
from temporalio.exceptions import ApplicationError

from ledger.failures import LedgerFailure
from ledger.store import Ledger
from models.activity_io import AppendInput, AppendResult
from models.failures import LEDGER_UNAVAILABLE


class LedgerActivities:
    """Appends to one ledger, shared by all threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @activity.defn
    def append_to_ledger(self, request: AppendInput) -> AppendResult:
        """Add each entry exactly once; repeating the call adds nothing.

        Raises `ApplicationError` of type `LedgerUnavailable`, which is worth repeating.
        """
        try:
            return self._ledger.append(request.entries)
        except LedgerFailure as failure:
            what = failure.what
        # Raised out here so that the driver's error, which may hold values, does not travel along.
        raise ApplicationError(
            f"{what} {LEDGER_UNAVAILABLE.remedy}",
            type=LEDGER_UNAVAILABLE.type,
            non_retryable=not LEDGER_UNAVAILABLE.retryable,
        )
