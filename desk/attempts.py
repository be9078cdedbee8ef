"""How often somebody may fail to sign in."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 300.0
PER_PERSON = 5
PER_ADDRESS = 30
MOST_REMEMBERED = 10_000


class FailedAttempts:
    """Counts failures by address and by person at an address, in memory, within five minutes.

    A person is counted per address, so that a stranger cannot lock somebody else out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[tuple[str, ...], deque[float]] = {}

    def wait(self, address: str, person: str) -> int:
        """Seconds until another attempt is heard; 0 when it is heard now."""
        now = self._clock()
        waits = (
            self._wait((address,), PER_ADDRESS, now),
            self._wait((address, person), PER_PERSON, now),
        )
        return max(waits)

    def note(self, address: str, person: str) -> None:
        """Count one failure."""
        if len(self._failures) >= MOST_REMEMBERED:
            self._forget_old()
        for name in ((address,), (address, person)):
            self._failures.setdefault(name, deque(maxlen=PER_ADDRESS)).append(self._clock())

    def _wait(self, name: tuple[str, ...], allowed: int, now: float) -> int:
        recent = [at for at in self._failures.get(name, ()) if at > now - WINDOW_SECONDS]
        if len(recent) < allowed:
            return 0
        return int(recent[-allowed] + WINDOW_SECONDS - now) + 1

    def _forget_old(self) -> None:
        oldest = self._clock() - WINDOW_SECONDS
        self._failures = {
            name: times for name, times in self._failures.items() if times[-1] > oldest
        }
