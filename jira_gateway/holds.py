"""Keeps further calls from a Jira that has just refused us, until what it refused is mended.

A credential that ended fails for every item, and a permission that was taken away for every item
of its project. Each of them finding that out by itself would be thousands of refused sign-ins,
after which Jira may lock the account. So the first refusal holds the others back. Now and then one
of them looks whether the cause is mended, and then all go on by themselves (a circuit breaker, one
for each scope that a failure can have).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio.exceptions import ApplicationError

from models.failures import FAILURES_BY_TYPE, JIRA_HELD, Scope

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 60.0
EVERYWHERE = None
"""In place of a project: the hold concerns every one."""

Look = Callable[[str | None], None]
"""Looks whether a project, or everything, is open to us again; raises the failure if it is not."""


@dataclass(frozen=True)
class _Hold:
    failure: str
    seconds: float
    until: float


class Holds:
    """The holds of one process. Safe to share among threads. `clock` is in seconds."""

    def __init__(self, look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._lock = threading.Lock()
        self._holds: dict[str | None, _Hold] = {}

    @contextmanager
    def admitted(self, project: str) -> Iterator[None]:
        """A call about an issue of this project happens inside this block.

        Raises `ApplicationError` of type `JiraHeld`, to be repeated after the delay that it names,
        while a hold is in force. A refusal from inside the block begins one.
        """
        for place in (EVERYWHERE, project):
            if self._is_to_look(place):
                self._see(place)
        try:
            yield
        except ApplicationError as error:
            self._note(project, error)
            raise

    def _is_to_look(self, place: str | None) -> bool:
        """Whether this call looks if the cause is mended; raises while a hold is in force."""
        with self._lock:
            hold, now = self._holds.get(place), self._clock()
            if hold is None:
                return False
            if now < hold.until:
                raise _held(hold, hold.until - now)
            longer = min(hold.seconds * 2, LONGEST_SECONDS)
            # Only this call looks; the others wait for what it sees.
            self._holds[place] = _Hold(hold.failure, longer, now + longer)
            return True

    def _see(self, place: str | None) -> None:
        try:
            self._look(place)
        except ApplicationError as error:
            if _place_of(error, place) != place:
                self._note(place or "", error)
                raise
            with self._lock:
                hold = self._holds[place]
            raise _held(hold, hold.seconds) from None
        with self._lock:
            self._holds.pop(place, None)

    def _note(self, project: str, error: ApplicationError) -> None:
        place = _place_of(error, project)
        if place is _NOWHERE:
            return
        with self._lock:
            until = self._clock() + FIRST_SECONDS
            self._holds.setdefault(place, _Hold(str(error.type), FIRST_SECONDS, until))


_NOWHERE = ""
"""In place of a project: the failure concerns one issue only."""


def _place_of(error: ApplicationError, project: str | None) -> str | None:
    """Which calls a failure concerns."""
    failure = FAILURES_BY_TYPE.get(error.type or "")
    scope = failure.scope if failure else Scope.ISSUE
    return {Scope.EVERYTHING: EVERYWHERE, Scope.PROJECT: project, Scope.ISSUE: _NOWHERE}[scope]


def _held(hold: _Hold, seconds: float) -> ApplicationError:
    return ApplicationError(
        f"Held back: {hold.failure}. {JIRA_HELD.remedy}",
        type=JIRA_HELD.type,
        next_retry_delay=timedelta(seconds=seconds),
    )
