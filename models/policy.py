"""What is pinned to an item: the rules that apply to it, resolved, with their content hash."""

from __future__ import annotations

from models.approval_rule import ApprovalRule
from models.base import Frozen, Moment
from models.calendar import CalendarDefinition
from models.clock_rules import ClockRule
from models.clocks import BusinessCalendar, ClockName
from models.ladder import Ladder
from models.lifecycle import Severity
from models.people import Act, Delegation, Person
from models.status_map import StatusMap


class SeverityRules(Frozen):
    """What one severity means for this item: targets in business seconds, and the ladder.

    `target_rule` names the rule of `sla.yaml` that set the targets.
    """

    targets: dict[ClockName, int]
    target_rule: str
    ladder: Ladder


class CategoryRules(Frozen):
    """What these categories would mean for the item: another calendar, or other targets.

    `targets` are in business seconds; `target_rules` names the rule of `sla.yaml` behind them.
    """

    categories: tuple[str, ...]
    calendar: str
    targets: dict[Severity, dict[ClockName, int]]
    target_rules: dict[Severity, str]


class WatchRule(Frozen):
    """How long a decided item is watched for the customer coming back, in wall-clock seconds."""

    lasts: int
    same_category: bool = True


class Seal(Frozen):
    """A worker's signature, in hex, over the rules that it pinned (`policies.seal`)."""

    key_id: str
    signature: str


class PolicySnapshot(Frozen):
    """The rules pinned to one item at triage. A policy edited later never changes them.

    `version` is the SHA-256 (hex) of the policy directory's source texts. `scale` is how many
    times faster than real time the clocks run (1 outside demonstrations); targets and waits here
    are already divided by it. `people` holds only those whom these rules name. `trusted_keys`
    maps a signing key's id to its Ed25519 public key in hex. `rules` hold every severity, so that a
    corrected severity needs no second look at the policy directory, and `by_category` does the
    same for a corrected category, with the calendars that it may need in `other_calendars`.
    `earlier_calendars` are kept for the verdicts of clocks that they counted, with the hours of
    policies that applied before in `earlier_definitions`. Shares in
    `comment_at_percent` are also told on the issue; those in `quiet_at_percent` wake nobody, they
    are taken down with their moment when the item next has something to do. No `clock_rules` means
    the usual ones. `seal` shows where an action is carried out that a worker pinned these rules,
    and not somebody who merely started a workflow. Those who `joined` became known later, by being
    on call; no seal says so.
    """

    version: str
    pinned_at: Moment
    scale: float = 1.0
    calendar_definition: CalendarDefinition
    calendar: BusinessCalendar
    rules: dict[Severity, SeverityRules]
    warn_at_percent: tuple[int, ...] = (75,)
    comment_at_percent: tuple[int, ...] = ()
    quiet_at_percent: tuple[int, ...] = ()
    clock_rules: tuple[ClockRule, ...] = ()
    by_category: tuple[CategoryRules, ...] = ()
    other_calendars: tuple[CalendarDefinition, ...] = ()
    earlier_calendars: tuple[BusinessCalendar, ...] = ()
    earlier_definitions: tuple[CalendarDefinition, ...] = ()
    reopen_is_new_cycle: bool = True
    pause_while_approving: bool = False
    approvals: tuple[ApprovalRule, ...]
    watch: WatchRule
    statuses: StatusMap
    categories: tuple[str, ...] = ()
    people: tuple[Person, ...]
    permissions: dict[Act, tuple[str, ...]]
    delegations: tuple[Delegation, ...] = ()
    trusted_keys: dict[str, str] = {}
    allow_unproven: bool = False
    seal: Seal | None = None
    joined: tuple[Person, ...] = ()

    def person(self, person_id: str) -> Person | None:
        """The pinned person with this id, if the item's rules concern them."""
        known = (*self.people, *self.joined)
        return next((person for person in known if person.id == person_id), None)
