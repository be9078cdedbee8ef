"""One running site: its settings, definitions, database, clock and webhook sender."""

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
from local_jira.seeding import load_seed, plant, stored_seed, uproot
from local_jira.settings import LocalJiraSettings
from local_jira.webhooks.deliverer import Deliverer


class Site:
    """Everything the handlers need, made once at start and closed once at the end."""

    def __init__(
        self, settings: LocalJiraSettings, clock: Callable[[], int] = now_milliseconds
    ) -> None:
        """Open the database and, when it is new, plant the seed."""
        self.settings = settings
        self.clock = clock
        self.catalog: Catalog
        self.fields: dict[str, FieldDefinition]
        self.faults = FaultBook()
        self.limits = LimitBook(settings.limits)
        self.database = Database(settings.database_file)
        with self.database.transaction() as connection:
            self.catalog = Catalog(load_seed(connection, settings.seed))
        self.fields = issue_fields(self.catalog)
        self._plant()
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
        """Forget everything that happened and start from the seed again; faults and limits too."""
        self.faults.clear()
        self.limits.set(self.settings.limits)
        with self.database.transaction() as connection:
            uproot(connection)
            self.catalog = Catalog(load_seed(connection, self.settings.seed))
        self.fields = issue_fields(self.catalog)
        self._plant()

    def reload(self) -> None:
        """Take up definitions that a write has changed."""
        self.catalog = Catalog(stored_seed(self.database.reader()))
        self.fields = issue_fields(self.catalog)

    def close(self) -> None:
        """Let deliveries under way end, then close the database."""
        self.deliverer.stop()
        self.database.close()

    def _plant(self) -> None:
        with self.database.transaction() as connection:
            plant(self, connection)
