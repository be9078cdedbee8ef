"""What the team sees in Jira, read again and again by one reader for everybody who waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from demo.actors.jira import JiraPerson
from demo.actors.refusals import ChannelBroken
from demo.signs import SIGNS, SeenIssue, read_issue
from models.names import ITEM_PROPERTY

LOOK_EVERY_SECONDS = 0.8
FIELDS = "summary,status,labels,priority,assignee,comment"
FIELDS_WITHOUT_COMMENTS = "summary,status,labels"


class NotSeen(Exception):  # noqa: N818 - it names what did not happen
    """Somebody waited for something that did not show in time."""


class Stopped(Exception):  # noqa: N818 - it names what happened
    """The demonstration ends before its time; nobody waits any more."""


class Board:
    """The issues of a project as last seen. Use it in a `with` block.

    One search a look for all issues together, so that waiting costs the two cores little.
    """

    def __init__(self, reader: JiraPerson, project: str, *, with_comments: bool = True) -> None:
        self._reader = reader
        self._jql = f'project = "{project}" ORDER BY key ASC'
        self._fields = FIELDS if with_comments else FIELDS_WITHOUT_COMMENTS
        self._seen: dict[str, SeenIssue] = {}
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="board", daemon=True)

    def __enter__(self) -> Board:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._thread.join()

    def close(self) -> None:
        """Look no more; whoever waits is told so at once."""
        with self._changed:
            self._ended.set()
            self._changed.notify_all()

    def issue(self, key: str) -> SeenIssue | None:
        """An issue as last seen."""
        with self._changed:
            return self._seen.get(key)

    def issues(self) -> tuple[SeenIssue, ...]:
        """All issues as last seen."""
        with self._changed:
            return tuple(self._seen.values())

    def wait(self, key: str, sign: str, seconds: float) -> SeenIssue:
        """The issue once it shows the sign. Raises `NotSeen`."""
        shows = SIGNS[sign]
        return self.wait_until(
            lambda: self._showing(key, shows), seconds, f"{key} did not show {sign!r}"
        )

    def wait_until(
        self, find: Callable[[], SeenIssue | None], seconds: float, otherwise: str
    ) -> SeenIssue:
        """What `find` finds, tried after each look. Raises `NotSeen` with `otherwise`, `Stopped`."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while (found := find()) is None:
                left = deadline - time.monotonic()
                if self._ended.is_set():
                    raise Stopped
                if left <= 0:
                    raise NotSeen(f"{otherwise} within {seconds:.0f} s")
                self._changed.wait(left)
            return found

    def _showing(self, key: str, shows: Callable[[SeenIssue], bool]) -> SeenIssue | None:
        issue = self._seen.get(key)
        return issue if issue is not None and shows(issue) else None

    def _look_on(self) -> None:
        while not self._ended.wait(LOOK_EVERY_SECONDS):
            try:
                found = self._reader.search(self._jql, self._fields, ITEM_PROPERTY)
            except ChannelBroken:
                continue  # the waits are bounded; a tracker that is back is read again
            with self._changed:
                self._seen = {str(raw["key"]): read_issue(raw) for raw in found}
                self._changed.notify_all()
