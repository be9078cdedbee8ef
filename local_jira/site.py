"""One running site: its settings, definitions, database, clock and webhook sender."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_jira.calls import Call
from local_jira.catalog import Catalog
from local_jira.changes.work import Work
from local_jira.clock import now_milliseconds
from local_jira.database import Database
from local_jira.faults import FaultBook
from local_jira.fields.registry import FieldDefinition, issue_fields
from local_jira.limits import LimitBook
from local_jira.seed_file import SeedError
from local_jira.seeding import load_seed, plant, stored_seed, uproot
from local_jira.settings import LocalJiraSettings
from local_jira.webhooks.deliverer import Deliverer


class Site:
    """Everything the handlers need, made once at start and closed once at the end."""

    def __init__(
        self, settings: LocalJiraSettings, clock: Callable[[], int] = now_milliseconds
    ) -> None:
        """Open the database and, when it is new, plant the seed.

        Raises SeedError and DataUnusableError; a seed that cannot be planted leaves nothing.
        """
        self.settings = settings
        self.clock = clock
        self.catalog: Catalog
        self.fields: dict[str, FieldDefinition]
        self.faults = FaultBook()
        self.limits = LimitBook(settings.limits)
        self.database = Database(settings.database_file)
        try:
            with self.database.transaction() as connection:
                self._take_up(connection)
        except BaseException:
            self.database.close()
            raise
        self.deliverer = Deliverer(self.database, settings, clock, self.faults)

    @contextmanager
    def write(self, call: Call) -> Iterator[Work]:
        """One write by the caller: everything inside is committed together or not at all.

        The search index, the webhook outbox and the journal are part of the same transaction.
        """
        with self.database.transaction() as connection:
            work = Work(self, connection, call.actor)
            yield work
            work.finish(call)
        call.committed = True
        if work.delivery_count:
            self.deliverer.wake()

    def reset(self) -> None:
        """Forget everything that happened and start from the seed again; faults and limits too.

        Raises SeedError when the seed file cannot be used any more; then all stays as it was.
        """
        try:
            with self.database.transaction() as connection:
                uproot(connection)
                self._take_up(connection)
        except SeedError:
            self.reload()
            raise
        self.faults.clear()
        self.limits.set(self.settings.limits)

    def reload(self) -> None:
        """Take up definitions that a write has changed."""
        self.catalog = Catalog(stored_seed(self.database.reader()))
        self.fields = issue_fields(self.catalog)

    def close(self) -> None:
        """Let deliveries under way end, then close the database."""
        self.deliverer.stop()
        self.database.close()

    def _take_up(self, connection: sqlite3.Connection) -> None:
        self.catalog = Catalog(load_seed(connection, self.settings.seed))
        self.fields = issue_fields(self.catalog)
        plant(self, connection)
