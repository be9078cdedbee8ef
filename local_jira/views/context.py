"""What a view needs to know about the reader: API version, zone, and where to look things up."""

import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_jira.calls import Call
from local_jira.clock import jira_time
from local_jira.store.accounts import Account, find_account

if TYPE_CHECKING:
    from local_jira.catalog import Catalog
    from local_jira.site import Site


@dataclass
class View:
    """One rendering for one reader; people are looked up once per rendering."""

    site: "Site"
    connection: sqlite3.Connection
    api: str
    reader: Account | None
    _people: dict[str, Account | None] = field(default_factory=dict)

    @property
    def catalog(self) -> "Catalog":
        """The site's definitions."""
        return self.site.catalog

    def url(self, path: str) -> str:
        """The full address of a resource of this API version."""
        return f"{self.site.settings.base_url}/rest/api/{self.api}/{path}"

    def time(self, milliseconds: int | None) -> str | None:
        """A time in the reader's zone."""
        if milliseconds is None:
            return None
        return jira_time(milliseconds, self.reader.time_zone if self.reader else "UTC")

    def account(self, account_id: str | None) -> Account | None:
        """The person behind an id."""
        if account_id is None:
            return None
        if account_id not in self._people:
            self._people[account_id] = find_account(self.connection, account_id)
        return self._people[account_id]


def view_for(call: Call, connection: sqlite3.Connection | None = None) -> View:
    """The view for a call; inside a write, pass its connection to see its own changes."""
    reading = connection if connection is not None else call.site.database.reader()
    return View(call.site, reading, call.api, call.account)
