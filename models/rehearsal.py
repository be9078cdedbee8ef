"""What a rehearsal takes in and what it finds: past items, and how a policy would have gone."""

from __future__ import annotations

from models.approval import ActionKind
from models.base import Frozen, Moment
from models.clocks import ClockName
from models.events import Event
from models.explanation import Verdict
from models.item import FeedbackItem
from models.lifecycle import Severity


class RecordedVerdict(Frozen):
    """What another tool recorded of an item: its verdict, and the moments it knew.

    `in_time` None means that the record does not say. `resolved_at` and `closed_at` are None where
    the record has none.
    """

    in_time: bool | None = None
    resolved_at: Moment | None = None
    closed_at: Moment | None = None


class PastItem(Frozen):
    """An item as it went, without what any policy made of it.

    `events` are what people and the customer did, in order of time, beginning with the triage.
    `severity` and `category` are those of the beginning. `until` is the last moment about which
    the history says anything. `pausing` names statuses in which clocks stand still besides those
    of the policy; `judged` names the clocks that the history can judge, None all of them.
    `lacking` names facts that were not recorded and that a policy may look at.
    """

    key: str
    item: FeedbackItem
    category: str
    severity: Severity
    owner: str | None = None
    until: Moment
    events: tuple[Event, ...]
    pausing: tuple[str, ...] = ()
    judged: tuple[ClockName, ...] | None = None
    scale: float = 1.0
    lacking: tuple[str, ...] = ()
    recorded: RecordedVerdict | None = None


class ClockOutcome(Frozen):
    """How one cycle of a clock would have gone; all lengths in business seconds.

    `over` is how much later than the target it ended or stands: negative or 0 is time that was
    left, except that in the very second of the target a promise is broken.
    """

    name: ClockName
    cycle: int
    verdict: Verdict
    target: int
    elapsed: int
    over: int

    @property
    def late(self) -> bool:
        """Broken, whether it was kept late or never."""
        return self.verdict in (Verdict.MET_LATE, Verdict.OVERDUE)


class LevelReached(Frozen):
    """A level of the ladder that would have been told, for the first time, and when."""

    level: int
    name: str
    at: Moment


class RuleMet(Frozen):
    """An approval rule that would have decided about a proposal; `people` is its quorum."""

    action: ActionKind
    rule: str
    people: int
    at: Moment


class Rehearsed(Frozen):
    """How one past item would have gone under one policy. `severity` is the last one it had."""

    key: str
    severity: Severity
    clocks: tuple[ClockOutcome, ...]
    levels: tuple[LevelReached, ...]
    rules: tuple[RuleMet, ...]

    def late(self, name: ClockName) -> bool:
        """Whether any cycle of this clock would have been late."""
        return any(one.late for one in self.clocks if one.name is name)


class Count(Frozen):
    """The items behind one number, under the policy in force and under the rehearsed one."""

    what: str
    in_force: tuple[str, ...]
    rehearsed: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether other items stand behind the number."""
        return set(self.in_force) != set(self.rehearsed)


class AgreementRow(Frozen):
    """Made and broken resolutions of one severity, by the record and by us.

    `severity` None is all of them together. `judged` counts the items whose record has a verdict.
    """

    severity: Severity | None
    judged: int
    recorded_in_time: int
    ours_in_time: int
    agreed: int


class Disagreement(Frozen):
    """Items on which the record and we differ, and what would make the two agree.

    An item stands under every reason that would, so numbers may add up to more than the items.
    """

    recorded_in_time: bool
    reason: str
    keys: tuple[str, ...]


class Agreement(Frozen):
    """Our verdicts on the resolution beside those that another tool recorded."""

    rows: tuple[AgreementRow, ...]
    disagreements: tuple[Disagreement, ...]


class NotRehearsed(Frozen):
    """Something that could not be rehearsed: a row of a file by its line, or an item by its key."""

    where: str
    why: str


class Rehearsal(Frozen):
    """Everything that a rehearsal found. `lacking` holds keys of items with facts missing.

    `versions` are the hashes of the policy in force and of the rehearsed one.
    """

    in_force: str
    rehearsed: str
    versions: tuple[str, str]
    items: int
    counts: tuple[Count, ...]
    lacking: tuple[str, ...] = ()
    not_rehearsed: tuple[NotRehearsed, ...] = ()
    agreement: Agreement | None = None
    outcomes: tuple[Rehearsed, ...] = ()
