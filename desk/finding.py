"""From the key a person types to the item's workflow: Jira knows, the ledger remembers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from temporalio.exceptions import ApplicationError

from models.base import Frozen
from models.failures import FAILURES_BY_TYPE, ISSUE_GONE, WhoActs
from models.names import feedback_workflow_id
from runtime.problems import Problem, Unreachable, WrongSettings
from runtime.settings import JiraSettings

if TYPE_CHECKING:
    from jira_gateway.client import JiraClients

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,79}-[0-9]{1,12}")
_ID = re.compile(r"(?:feedback-)?([0-9]{1,18})")

KEY_SECONDS = 60.0
MOST_KEYS = 5000

Remembered = Callable[[str], "ItemReference | None"]
"""Look a key up in the ledger's index; raises any database error."""


class NoKey(WrongSettings):
    """What was given for a key is none."""


class UnknownItem(Problem):
    """Neither Jira nor the ledger knows the key."""


class ItemReference(Frozen):
    """Which item is meant. The key may have changed since; the id never does."""

    issue_id: str
    issue_key: str

    @property
    def workflow_id(self) -> str:
        """The item's workflow."""
        return feedback_workflow_id(self.issue_id)


class KnownKeys:
    """Remembers for a minute which item a key means, so that a page costs no call to Jira."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, ItemReference]] = {}

    def find(self, key: str, look: Callable[[], ItemReference]) -> ItemReference:
        """What was noted for the key, or else what `look` finds.

        While nobody can be asked, an older note is good enough: the item itself is asked next.
        """
        kept = self._known.get(key)
        if kept is not None and kept[0] > self._clock():
            return kept[1]
        try:
            found = look()
        except Unreachable:
            if kept is not None:
                return kept[1]
            raise
        self.note(key, found)
        return found

    def note(self, key: str, item: ItemReference) -> None:
        """The item with this key was just seen."""
        if len(self._known) >= MOST_KEYS:
            self._known.clear()
        self._known[key] = (self._clock() + KEY_SECONDS, item)


def jira_clients(settings: JiraSettings) -> JiraClients:
    """Our clients of the configured Jira."""
    from jira_gateway.client import JiraClients, JiraCredentials  # noqa: PLC0415 - loads the whole Jira package, which costs commands that ask no Jira a third of a second

    return JiraClients(
        settings.url, JiraCredentials(user=settings.user, token=settings.token), settings.kind
    )


def find_item(clients: JiraClients, remembered: Remembered, wanted: str) -> ItemReference:
    """The item behind a key such as FT-12, an issue id or a workflow id. Blocking.

    Raises `NoKey` (wrong use) for something that is no key, `UnknownItem` when neither Jira nor
    the ledger knows it, and `Unreachable` when neither can be asked.
    """
    by_id = _ID.fullmatch(wanted.strip())
    if by_id is not None:
        return ItemReference(issue_id=by_id[1], issue_key=by_id[1])
    key = wanted.strip().upper()
    if not _KEY.fullmatch(key):
        raise NoKey(
            f"{wanted!r} is no issue key.", remedy="Give a key such as FT-12, as Jira shows it."
        )
    try:
        issue = clients.get(f"issue/{key}", {"fields": "project"})
        return ItemReference(issue_id=str(issue["id"]), issue_key=str(issue["key"]))
    except ApplicationError as error:
        return _from_the_ledger(remembered, key, clients.url, error)


def _from_the_ledger(
    remembered: Remembered, key: str, url: str, error: ApplicationError
) -> ItemReference:
    unknown = error.type == ISSUE_GONE.type
    try:
        found = remembered(key)
    except Exception as second:  # any failure of any database behind the ledger
        raise _silent(url, error) from second
    if found is not None:
        return found
    if unknown:
        raise UnknownItem(
            f"{key} is not known: Jira has no such issue that we may see, and the ledger "
            "remembers none.",
            where=url,
            remedy="Look at the spelling; `followthrough queue` lists what is being followed.",
        ) from error
    raise _silent(url, error) from error


def _silent(url: str, error: ApplicationError) -> Unreachable:
    known = FAILURES_BY_TYPE.get(error.type or "")
    mended_by_someone = known is not None and known.who is not WhoActs.NOBODY
    return Unreachable(
        "Jira could not be asked for the issue, and the ledger does not know it.",
        where=url,
        remedy=known.remedy
        if known is not None and mended_by_someone
        else "Start the local stack with `followthrough up`, or look at JIRA_URL; "
        "`followthrough doctor` checks each part.",
    )
