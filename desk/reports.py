"""The report of a period from the ledger, for the terminal and the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.own_contacts import own_items
from activities.usage import Usage
from desk.deliveries import LedgerDeliveries
from models.contact import OWN
from runtime.problems import Problem, Unreachable
from runtime.settings import Settings

if TYPE_CHECKING:
    from insight.numbers.periods import Period
    from insight.numbers.report import Report
    from models.contact import Contact


def made(settings: Settings, period: Period, sources: Sequence[str] = ()) -> Report:
    """Count the period anew; `sources` empty means all. Blocking, and not quick.

    Raises `Problem` where there is no ledger, and `Unreachable` where it does not answer.
    """
    from insight.numbers.report import report  # noqa: PLC0415 - loads the numbers' packages, which other pages and commands need not
    from ledger.failures import LedgerFailure  # noqa: PLC0415 - loads the database package

    now = datetime.now(UTC)
    deliveries = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    if not deliveries.exists():
        raise Problem(
            "there is no ledger here, so there is nothing to count.",
            remedy="Run this where the worker runs, or count in an export: followthrough import.",
        )
    try:
        ledger = deliveries.ledger()
        ours = not sources or OWN in sources
        own = own_items(ledger, datetime.min.replace(tzinfo=UTC), now) if ours else ()
        contacts: tuple[Contact, ...] = (
            *(one.contact for one in own),
            *ledger.imported.contacts(sources),
        )
    except LedgerFailure as failure:
        raise Unreachable(failure.what, remedy=failure.remedy) from failure
    finally:
        deliveries.close()
    requests = tuple(request for one in own for request in one.requests)
    return report(contacts, period, now, requests, Usage(settings.usage).releases())
