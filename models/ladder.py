"""The escalation ladder as it is pinned to an item: levels and seconds, with what each may do."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment
from models.people import Person


class Hours(StrEnum):
    """When a level is told or a branch is taken, by the opening hours that count for the item."""

    WORKING = "in working hours"
    OUT = "out of hours"


class OutOfHours(StrEnum):
    """What a level does whose turn comes when nobody works."""

    TELL = "tell"
    QUEUE = "queue"


class AcknowledgedBy(StrEnum):
    """Whose acknowledgement holds a level: one of those told, or every one of them."""

    ONE = "one"
    ALL = "all"


class AfterLapse(StrEnum):
    """Where the climb goes on when an acknowledgement has lapsed."""

    NEXT = "next"
    SAME = "same"
    FIRST = "first"


class IfNobodyDecides(StrEnum):
    """What becomes of a level whose approval expired without a decision."""

    SKIP = "pass over"
    CLIMB_ANYWAY = "climb anyway"


class Branch(Frozen):
    """Where the ladder goes after a level, if the hours are such; the first that fits counts."""

    to: int
    when: Hours | None = None


class Rung(Frozen):
    """One level of the ladder.

    `notify` are person ids. `wait` is how many seconds to wait for an acknowledgement before the
    next rung (business seconds when `business`). `needs_approval` names the approval rule that
    must say yes before this rung is climbed; refused or expired, the rung is passed over, unless
    `if_nobody_decides` says that an expiry climbs.

    `written` is whom the policy names, as it names them; who that is, is found out when the rung is
    told. With `looked_up` that needs a look at the people and rotas of that moment, otherwise the
    pinned people tell. After its wait the ladder goes back to level `repeat_from`, at most
    `repeat_times` times in one pass; then the first of `onward` that fits says where it goes, and
    without one the next level comes.
    """

    level: int
    name: str
    notify: tuple[str, ...]
    wait: int
    business: bool = False
    needs_approval: str | None = None
    if_nobody_decides: IfNobodyDecides = IfNobodyDecides.SKIP
    written: tuple[str, ...] = ()
    looked_up: bool = False
    when: Hours | None = None
    out_of_hours: OutOfHours = OutOfHours.TELL
    acknowledged_by: AcknowledgedBy = AcknowledgedBy.ONE
    repeat_from: int | None = None
    repeat_times: int = 0
    onward: tuple[Branch, ...] = ()


class Ladder(Frozen):
    """The escalation ladder that applies to one item.

    It starts when the most urgent running clock reaches `starts_at_percent` of its target.
    `repeat` is how often it begins again, from level `repeat_from`, after the last one.
    `acknowledgement_lasts` (seconds) is how long an acknowledgement holds off the next climb, and
    `after_lapse` where the climb then goes on.
    """

    name: str
    starts_at_percent: int
    rungs: tuple[Rung, ...]
    repeat: int = 0
    repeat_from: int = 1
    acknowledgement_lasts: int
    after_lapse: AfterLapse = AfterLapse.NEXT


class LevelFound(Frozen):
    """Who is on a level, looked up at one moment.

    `people` are active, each once; `on_call` are the ids of those whom its `rotas` gave.
    `changes_at` is when other people will be on the rotas, and `next_at` when somebody is on them
    again where nobody is now.
    """

    level: int
    people: tuple[Person, ...] = ()
    rotas: tuple[str, ...] = ()
    on_call: tuple[str, ...] = ()
    changes_at: Moment | None = None
    next_at: Moment | None = None
