"""The ledger as the desk uses it: opened when first needed, so that the desk starts without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from desk.finding import ItemReference
from models.messages import Timeline
from runtime.problems import Unreachable

if TYPE_CHECKING:
    from ledger.one_time_links import OneTimeLink
    from ledger.store import Ledger

SQLITE = "sqlite:///"


class LedgerDeliveries:
    """Remembers deliveries and finds items by key. Blocking; raises `LedgerFailure`."""

    def __init__(self, url: SecretStr, keys: Path | None = None) -> None:
        self._url = url
        self._keys = keys
        self._ledger: Ledger | None = None
        self._lock = threading.Lock()

    def ledger(self) -> Ledger:
        """The open ledger."""
        from ledger.store import open_ledger  # noqa: PLC0415 - loads the database package, which costs commands that need no ledger half a second

        with self._lock:
            if self._ledger is None:
                self._ledger = open_ledger(self._url.get_secret_value(), keys=self._keys)
            return self._ledger

    def exists(self) -> bool:
        """Whether there is anything to open: opening a ledger makes it, and a mere look must not."""
        url = self._url.get_secret_value()
        return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).is_file()

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    def seen_delivery(self, identifier: str) -> bool:
        """Whether this webhook delivery was taken in before."""
        return self.ledger().seen_delivery(identifier)

    def remember_delivery(self, identifier: str, issue_id: str | None) -> bool:
        """Note that a delivery was taken in."""
        return self.ledger().remember_delivery(identifier, issue_id)

    def known_mark(self, issue_id: str) -> str | None:
        """The mark that the ledger keeps under this id."""
        return self.ledger().known_mark(issue_id)

    def remembered_item(self, key: str) -> ItemReference | None:
        """The item with this key."""
        found = self.ledger().item_by_key(key)
        if found is None:
            return None
        return ItemReference(issue_id=found.issue_id, issue_key=found.issue_key)

    def remembered_timeline(self, item: ItemReference) -> Timeline | None:
        """Everything the ledger keeps of an item, or None when it keeps nothing.

        For items whose run Temporal no longer holds. Raises `Unreachable`.
        """
        with _told():
            rows = self.ledger().events_of(item.issue_id)
        if not rows:
            return None
        return Timeline(
            issue_key=rows[-1].issue_key,
            earlier_events=0,
            events=tuple(row.event for row in rows),
        )

    def look_at_link(self, secret: str) -> OneTimeLink | None:
        """What a link from a notice opens; it stays unused. Raises `Unreachable`."""
        with _told():
            return self.ledger().one_time_links.look(secret)

    def use_link(self, secret: str) -> OneTimeLink | None:
        """What a link from a notice opens, for whoever comes first. Raises `Unreachable`."""
        with _told():
            return self.ledger().one_time_links.use(secret)


@contextmanager
def _told() -> Iterator[None]:
    """Tell a failure of the ledger to whoever looks at a page."""
    from ledger.failures import LedgerFailure  # noqa: PLC0415 - loads the database package, as in `ledger`

    try:
        yield
    except LedgerFailure as failure:
        raise Unreachable(failure.what, remedy=failure.remedy) from failure
