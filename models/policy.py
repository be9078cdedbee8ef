"""What is pinned to an item: the rules that apply to it, resolved, with their content hash."""

from __future__ import annotations

from models.approval_rule import ApprovalRule
from models.base import Frozen, Moment
from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar, ClockName
from models.ladder import Ladder
from models.lifecycle import Severity
from models.people import Act, Person
from models.status_map import StatusMap


class SeverityRules(Frozen):
    """What one severity means for this item: targets in business seconds, and the ladder.

    `target_rule` names the rule of `sla.yaml` that set the targets.
    """

    targets: dict[ClockName, int]
    target_rule: str
    ladder: Ladder


class WatchRule(Frozen):
    """How long a decided item is watched for the customer coming back, in wall-clock seconds."""

    lasts: int
    same_category: bool = True


class PolicySnapshot(Frozen):
    """The rules pinned to one item at triage. A policy edited later never changes them.

    `version` is the SHA-256 (hex) of the policy directory's source texts. `scale` is how many
    times faster than real time the clocks run (1 outside demonstrations); targets and waits here
    are already divided by it. `people` holds only those whom these rules name. `trusted_keys`
    maps a signing key's id to its Ed25519 public key in hex. `rules` hold every severity, so that a
    corrected severity needs no second look at the policy directory.
    """

    version: str
    pinned_at: Moment
    scale: float = 1.0
    calendar_definition: CalendarDefinition
    calendar: BusinessCalendar
    rules: dict[Severity, SeverityRules]
    warn_at_percent: tuple[int, ...] = (75,)
    reopen_is_new_cycle: bool = True
    pause_while_approving: bool = False
    approvals: tuple[ApprovalRule, ...]
    watch: WatchRule
    statuses: StatusMap
    categories: tuple[str, ...] = ()
    people: tuple[Person, ...]
    permissions: dict[Act, tuple[str, ...]]
    trusted_keys: dict[str, str] = {}
    allow_unproven: bool = False

    def person(self, person_id: str) -> Person | None:
        """The pinned person with this id, if the item's rules concern them."""
        return next((person for person in self.people if person.id == person_id), None)
