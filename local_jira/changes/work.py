"""One write under way: what it touched, and what the rest of the site must hear about it."""

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

from local_jira.store.accounts import Account
from local_jira.store.issues import IssueRecord, save_issue
from local_jira.store.journal import record_request
from local_jira.store.search_index import index_issue
from local_jira.views.context import View
from local_jira.webhooks.outbox import post_event

if TYPE_CHECKING:
    from local_jira.calls import Call
    from local_jira.site import Site

Json = dict[str, Any]
# Texts in webhooks are strings, as in version 2 of the API.
EVENT_API = "2"


class Work:
    """Collects the effects of one write; `finish` stores them in the same transaction."""

    def __init__(self, site: "Site", connection: sqlite3.Connection, actor: Account) -> None:
        """Start with nothing touched."""
        self.site = site
        self.connection = connection
        self.actor = actor
        self.now = site.clock()
        self.delivery_count = 0
        # Jira calls the webhooks of bulk operations secondary and lets them wait.
        self.flow = "Primary"
        self._touched: dict[int, IssueRecord] = {}

    @property
    def view(self) -> View:
        """The view in which events and changelog texts are written."""
        return View(self.site, self.connection, EVENT_API, self.actor)

    def keep(self, issue: IssueRecord, updated: bool = True) -> None:
        """Save the issue, index it at the end, and move its `updated` time on if asked."""
        if updated:
            issue.updated = max(self.now, issue.updated)
        save_issue(self.connection, issue)
        self._touched[issue.id] = issue

    def announce(self, name: str, issue: IssueRecord | None, **content: Any) -> None:
        """Put an event into the outbox of every webhook that wants it."""
        self.delivery_count += post_event(self, name, issue, content)

    def finish(self, call: "Call | None") -> None:
        """Index what was touched and journal the call; the caller commits."""
        due = self.now + round(self.site.settings.search_lag_seconds * 1000)
        for issue in self._touched.values():
            index_issue(self.site, self.connection, issue, due)
        # A bulk call commits several times and still is one request.
        if call is not None and not call.committed:
            call.journal_id = record_request(self.connection, journal_entry(call, self.now, True))


def journal_entry(call: "Call", now: int, committed: bool) -> Json:
    """The journal's line about a call; the answer is not known yet."""
    return {
        "at": now,
        "method": call.method,
        "path": call.path,
        "endpoint": call.endpoint,
        "account_id": call.account.account_id if call.account else None,
        "status": None,
        "committed": int(committed),
        "request_source": call.headers.get("x-request-source"),
        "body_hash": hashlib.sha256(call.body).hexdigest() if call.body else "",
        "fault": None,
    }


def canonical(value: Any) -> str:
    """A value as text that is equal exactly when the value is equal."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
