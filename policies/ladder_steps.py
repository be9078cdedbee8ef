"""What a ladder does when it moves, as values; `policies.escalation` decides them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.clocks import BusinessCalendar
from models.item_state import Acknowledgement, LadderState
from models.ladder import AfterLapse, Rung
from models.people import Person


@dataclass(frozen=True)
class Around:
    """What a ladder looks at besides itself: opening hours, the pinned people, the owner now."""

    calendar: BusinessCalendar
    people: tuple[Person, ...] = ()
    owner: str | None = None


@dataclass(frozen=True)
class Climbed:
    """Notify the people of this rung: for the first time, or once more as a reminder."""

    rung: Rung
    people: tuple[str, ...]
    reminder: bool = False


@dataclass(frozen=True)
class Skipped:
    """This rung was passed over; `why` says so in words."""

    rung: Rung
    why: str


@dataclass(frozen=True)
class Queued:
    """This rung waits until `until`, so that nobody is woken; `why` says so in words."""

    rung: Rung
    until: datetime
    why: str


@dataclass(frozen=True)
class LeaveNeeded:
    """A person must approve before this rung is climbed: ask, then call `ask_leave`."""

    rung: Rung


@dataclass(frozen=True)
class WhoNeeded:
    """Find out who is on this rung now, then call `answer_lookup` and `advance` again."""

    rung: Rung


@dataclass(frozen=True)
class Repeated:
    """The ladder goes back: after this rung, or after the last one when it is None."""

    rung: Rung | None
    to_level: int
    times_left: int


@dataclass(frozen=True)
class Lapsed:
    """An acknowledgement has run out, and the climb goes on."""

    acknowledgement: Acknowledgement
    goes_on: AfterLapse


@dataclass(frozen=True)
class HandedOff:
    """Other people are on the rotas of the rung that was told: tell them what happened so far."""

    rung: Rung
    before: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True)
class Exhausted:
    """Nobody is left to notify; the ladder has been climbed as often as it may be."""


Step = (
    Climbed | Skipped | Queued | LeaveNeeded | WhoNeeded | Repeated | Lapsed | HandedOff | Exhausted
)


@dataclass(frozen=True)
class Advance:
    """The ladder after a move, and what to do about it, in order."""

    state: LadderState
    steps: tuple[Step, ...] = ()
