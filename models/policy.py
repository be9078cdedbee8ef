"""What is pinned to an item: the rules that apply to it, resolved, with their content hash."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment
from models.clocks import BusinessCalendar, ClockName
from models.lifecycle import Outcome, Severity, StatusCategory
from models.people import Act, Person


class CalendarDefinition(Frozen):
    """Opening hours as written, kept so that the calendar can be expanded further later.

    `windows` maps a weekday (0 = Monday) to local `(start, end)` minutes of the day; an end at or
    before its start runs past midnight. `holidays` are local ISO dates on which nothing opens.
    """

    name: str
    zone: str
    windows: dict[int, tuple[tuple[int, int], ...]]
    holidays: tuple[str, ...] = ()


class Rung(Frozen):
    """One level of the ladder.

    `notify` are person ids. `wait` is how many seconds to wait for an acknowledgement before the
    next rung (business seconds when `business`). `needs_approval` names the approval rule that
    must say yes before this rung is climbed; refused or expired, the rung is passed over.
    """

    level: int
    name: str
    notify: tuple[str, ...]
    wait: int
    business: bool = False
    needs_approval: str | None = None


class Ladder(Frozen):
    """The escalation ladder that applies to one item.

    It starts when the most urgent running clock reaches `starts_at_percent` of its target.
    `repeat` is how often it begins again from the first rung after the last one.
    `acknowledgement_lasts` (seconds) is how long an acknowledgement holds off the next climb.
    """

    name: str
    starts_at_percent: int
    rungs: tuple[Rung, ...]
    repeat: int = 0
    acknowledgement_lasts: int


class SeverityRules(Frozen):
    """What one severity means for this item: targets in business seconds, and the ladder.

    `target_rule` names the rule of `sla.yaml` that set the targets.
    """

    targets: dict[ClockName, int]
    target_rule: str
    ladder: Ladder


class OnRefusal(StrEnum):
    """What one refusing vote does."""

    ENDS = "ends"
    COUNTS = "counts"


class OnExpiry(StrEnum):
    """What happens when nobody decided in time. Approving silently is not offered."""

    REFUSE = "refuse"


class ApprovalRule(Frozen):
    """Who must agree to an action of this kind.

    The first rule whose `when` (a CEL condition over the proposal and the item) is true decides.
    `quorum` 0 means that no person is needed. Members of `groups` who are active and are neither
    the requester nor the human behind the requester may vote. `expires_after` and `remind_after`
    are seconds, business seconds of the item's calendar when `business`.
    """

    name: str
    actions: tuple[str, ...]
    when: str
    quorum: int
    groups: tuple[str, ...] = ()
    on_refusal: OnRefusal = OnRefusal.ENDS
    on_expiry: OnExpiry = OnExpiry.REFUSE
    expires_after: int
    remind_after: int | None = None
    business: bool = False
    why: str


class WatchRule(Frozen):
    """How long a decided item is watched for the customer coming back, in wall-clock seconds."""

    lasts: int
    same_category: bool = True


class Conflict(StrEnum):
    """Who is right when a person sets in Jira what the item wants otherwise."""

    JIRA_WINS = "jira_wins"
    WORKFLOW_WINS = "workflow_wins"
    ASK = "ask"


class FieldConflicts(Frozen):
    """For each field that we set, who wins a conflict."""

    priority: Conflict = Conflict.JIRA_WINS
    assignee: Conflict = Conflict.JIRA_WINS
    due_date: Conflict = Conflict.JIRA_WINS
    status: Conflict = Conflict.JIRA_WINS


class StatusMap(Frozen):
    """How stages meet Jira: by status category, with the inverse written down.

    `preferred` lists, for a category, status names in order of preference when several transitions
    lead there. `priorities` and `severities` are each other's written inverse. `pause_when` lists status names in which the clocks stand still. `resolutions` maps
    our outcome to Jira's resolution name; `outcomes` is its explicit inverse.
    """

    preferred: dict[StatusCategory, tuple[str, ...]] = {}
    pause_when: tuple[str, ...] = ()
    priorities: dict[Severity, str] = {
        Severity.S1: "Highest",
        Severity.S2: "High",
        Severity.S3: "Medium",
        Severity.S4: "Low",
    }
    severities: dict[str, Severity] = {
        "Highest": Severity.S1,
        "High": Severity.S2,
        "Medium": Severity.S3,
        "Low": Severity.S4,
        "Lowest": Severity.S4,
    }
    resolutions: dict[Outcome, str] = {}
    outcomes: dict[str, Outcome] = {}
    conflicts: FieldConflicts = FieldConflicts()


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
