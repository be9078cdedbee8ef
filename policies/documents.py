"""What each policy file may hold. Unknown keys are refused, so a misspelt one is found at load.

Each class is one file or a part of one; the field descriptions are what an editor shows. How the
files relate to each other (a person who does not exist, a quorum nobody can reach) is checked in
`cross_checks.py`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from models.approval import ActionKind
from models.clocks import ClockName
from models.lifecycle import Outcome, Severity, StatusCategory
from models.people import Act
from models.policy import Conflict, OnExpiry, OnRefusal
from models.taxonomy import CategoryEntry, SeverityEntry
from policies.durations import Duration

CUSTOMER = "customer"
"""In place of a zone or a country: the customer's own."""
ITEM_OWNER = "owner"
"""In place of a person on a rung: whoever owns the item."""

_HOURS = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])")
MINUTES_A_DAY = 24 * 60

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
ConditionText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(description="A condition in CEL, such as item.severity == 'S1'."),
]


def window_minutes(hours: str) -> tuple[int, int]:
    """`09:00-17:30` as minutes of the local day; an end at or before the start is next morning."""
    match = _HOURS.fullmatch(hours)
    if match is None:
        raise ValueError("write opening hours such as 09:00-17:30")
    first_hour, first_minute, last_hour, last_minute = (int(part) for part in match.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise ValueError("the day ends at 24:00 and no window starts there")
    return start, end


def _real_hours(hours: str) -> str:
    window_minutes(hours)
    return hours


@lru_cache
def known_zones() -> frozenset[str]:
    """Every IANA time zone that can be used."""
    return frozenset(available_timezones())


def _real_zone(zone: str) -> str:
    if zone not in known_zones():
        raise ValueError("is not a time zone such as Europe/Berlin")
    return zone


def _real_zone_or_customers(zone: str) -> str:
    return zone if zone == CUSTOMER else _real_zone(zone)


Hours = Annotated[str, AfterValidator(_real_hours)]
Zone = Annotated[str, AfterValidator(_real_zone)]
ZoneOrCustomers = Annotated[str, AfterValidator(_real_zone_or_customers)]


class Document(BaseModel):
    """The base of everything written in a policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Weekday(StrEnum):
    """Days of the week, as written in calendars."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """0 for Monday."""
        return list(Weekday).index(self)


class PersonEntry(Document):
    """One person of the team."""

    id: Identifier
    """Short name by which the other files mean this person."""
    name: Name
    jira: Name | None = None
    """Jira account id; without it the person cannot act through Jira."""
    roles: tuple[Identifier, ...] = ()
    """What the person is; `permissions` says what a role may do."""
    groups: tuple[Identifier, ...] = ()
    """Which approval groups the person votes in."""
    active: bool = True
    """False for somebody who has left; keep the entry, so that old decisions stay readable."""


class AutomationEntry(Document):
    """An account that no human sits at."""

    id: Identifier
    name: Name
    jira: Name | None = None
    behind: Identifier
    """The person who answers for it. What it asks for, this person may not approve."""


class PeopleDocument(Document):
    """people.yaml: who is who, and which role may do what."""

    people: Annotated[tuple[PersonEntry, ...], Field(min_length=1)]
    automation: tuple[AutomationEntry, ...] = ()
    permissions: dict[Act, tuple[Identifier, ...]]
    """For each act the roles that may do it."""


class RouteAction(Document):
    """A policy action that this route suggests."""

    kind: ActionKind
    why: Name
    automatic: bool = False
    """True lets the rule ask for it by itself; people still decide if the approval rules say so."""


class Route(Document):
    """Who gets the items for which `when` is true. The first that fits decides."""

    name: Name
    when: ConditionText | None = None
    """Left out only in the last route, which takes everything else."""
    owner: Identifier
    actions: tuple[RouteAction, ...] = ()
    ask_a_person: bool = False
    """True asks a person to look at the triage before anything is promised."""


class TriageDocument(Document):
    """triage.yaml: the words by which things are recognised, and where they go."""

    categories: Annotated[tuple[CategoryEntry, ...], Field(min_length=1)]
    severities: tuple[SeverityEntry, ...] = ()
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    fallback_category: Name
    confidence_floor: Annotated[float, Field(ge=0, le=1)] = 0.4
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]


class OpenHours(Document):
    """The same hours on some days of the week."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    """Local times such as 09:00-12:30; 22:00-06:00 runs into the next morning."""


class Holidays(Document):
    """Days on which nothing opens."""

    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|customer)$")] | None = None
    """Public holidays of this country (ISO code), or `customer` for the customer's own."""
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    """Holidays of a part of the country too, such as BE for Berlin."""
    dates: tuple[date, ...] = ()
    """Your own days off."""


class CalendarEntry(Document):
    """Opening hours."""

    name: Identifier
    zone: ZoneOrCustomers
    """The zone the hours are meant in, or `customer` for the customer's own."""
    a_day_is: Duration
    """How much working time `1d` means in a target that is counted by this calendar."""
    open: Annotated[tuple[OpenHours, ...], Field(min_length=1)]
    holidays: Holidays = Holidays()


class CalendarsDocument(Document):
    """calendars.yaml: when work is done."""

    default_zone: Zone
    """The zone of a customer whose zone is not known."""
    calendars: Annotated[tuple[CalendarEntry, ...], Field(min_length=1)]


class CalendarChoice(Document):
    """Which calendar counts. The first choice whose `when` is true decides."""

    calendar: Identifier
    when: ConditionText | None = None
    """Left out only in the last choice."""


class TargetRule(Document):
    """Promises for some items. The first rule that fits severity, segment and category decides.

    A list that is left out fits everything. Targets count in the item's calendar.
    """

    name: Name
    severity: tuple[Severity, ...] = ()
    segment: tuple[Name, ...] = ()
    category: tuple[Name, ...] = ()
    first_response: Duration
    next_response: Duration
    resolution: Duration

    def written_targets(self) -> dict[ClockName, str]:
        """The three targets by the clock that they are for."""
        return {
            ClockName.FIRST_RESPONSE: self.first_response,
            ClockName.NEXT_RESPONSE: self.next_response,
            ClockName.RESOLUTION: self.resolution,
        }


class Watch(Document):
    """How long a decided item is watched for the customer coming back, on the wall clock."""

    lasts: Duration
    same_category: bool = True


class Conflicts(Document):
    """Who is right when a person sets in Jira what the item wants otherwise.

    `jira_wins`: the person's value stays and is taken in. `workflow_wins`: it is written over, and
    an internal comment says so. `ask`: it stays, and a person is asked to decide.
    """

    priority: Conflict = Conflict.JIRA_WINS
    assignee: Conflict = Conflict.JIRA_WINS
    due_date: Conflict = Conflict.JIRA_WINS
    status: Conflict = Conflict.JIRA_WINS
    """Only moves into Done without a decision, and out of Done after one, are conflicts."""


class Statuses(Document):
    """How our stages and outcomes meet the names that your Jira uses."""

    preferred: dict[StatusCategory, tuple[Name, ...]] = {}
    pause_when: tuple[Name, ...] = ()
    resolutions: dict[Outcome, Name] = {}
    outcomes: dict[Name, Outcome] = {}
    conflicts: Conflicts = Conflicts()


class SlaDocument(Document):
    """sla.yaml: what is promised, and what stops the clocks."""

    calendars: Annotated[tuple[CalendarChoice, ...], Field(min_length=1)]
    targets: Annotated[tuple[TargetRule, ...], Field(min_length=1)]
    warn_at_percent: tuple[Annotated[int, Field(ge=1, le=99)], ...] = (75,)
    reopen_is_new_cycle: bool = True
    """True counts a reopened item anew; False goes on where the clock stood."""
    pause_while_approving: bool = False
    watch: Watch
    statuses: Statuses = Statuses()


class RungEntry(Document):
    """One level of a ladder: whom to notify, and how long to wait before the next level."""

    name: Name
    notify: Annotated[tuple[str, ...], Field(min_length=1)]
    """Person ids, `role:…`, `group:…`, or `owner` for whoever owns the item."""
    wait: Duration
    business: bool = False
    """True counts the wait in the item's business time."""
    needs_approval: Name | None = None
    """The approval rule that must say yes before this level is told."""


class LadderEntry(Document):
    """A ladder for some severities; the first that fits a severity is used."""

    name: Name
    severity: Annotated[tuple[Severity, ...], Field(min_length=1)]
    starts_at_percent: Annotated[int, Field(ge=1, le=100)] = 100
    """It starts when a clock has used up this share of its target."""
    acknowledgement_lasts: Duration
    repeat: Annotated[int, Field(ge=0, le=20)] = 0
    """How often it begins again after the last level."""
    rungs: Annotated[tuple[RungEntry, ...], Field(min_length=1, max_length=20)]


class EscalationDocument(Document):
    """escalation.yaml: who is told when nobody takes an item on."""

    ladders: Annotated[tuple[LadderEntry, ...], Field(min_length=1)]


class ApprovalEntry(Document):
    """Who must agree to an action. The first rule for its kind whose `when` is true decides."""

    name: Name
    actions: Annotated[tuple[ActionKind, ...], Field(min_length=1)]
    when: ConditionText = "true"
    quorum: Annotated[int, Field(ge=0, le=20)]
    """How many different people must agree; 0 lets it happen without anybody."""
    groups: tuple[Identifier, ...] = ()
    on_refusal: OnRefusal = OnRefusal.ENDS
    """`ends`: one refusal ends it. `counts`: it only leaves fewer who can still agree."""
    on_expiry: OnExpiry = OnExpiry.REFUSE
    """Only `refuse`: what nobody decided in time is never approved silently."""
    expires_after: Duration
    remind_after: Duration | None = None
    business: bool = False
    """True counts both durations in the item's business time."""
    why: Name


class ApprovalDocument(Document):
    """approval.yaml: who must agree to what."""

    rules: Annotated[tuple[ApprovalEntry, ...], Field(min_length=1)]


DOCUMENTS: dict[str, type[Document]] = {
    "people": PeopleDocument,
    "triage": TriageDocument,
    "calendars": CalendarsDocument,
    "sla": SlaDocument,
    "escalation": EscalationDocument,
    "approval": ApprovalDocument,
}
"""Policy file (without `.yaml`) → what it may hold."""
