"""The shape of people.yaml: who is who, and which role may do what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from models.people import Act, NoticeChannel
from policies.days import Day
from policies.documents.base import Document, Identifier, Name
from policies.documents.calendars import Zone
from policies.documents.rotas import RotaEntry

EmailAddress = Annotated[
    str, StringConstraints(pattern=r"^[^@\s<>,;:\"()]{1,64}@[A-Za-z0-9.-]{1,190}$")
]


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
    email: EmailAddress | None = None
    """Where notices by e-mail go, and who a verified address of the sign-in provider is."""
    subject: Name | None = None
    """The person's subject (`sub`) at the sign-in provider; without it their address counts."""
    notify: Annotated[tuple[NoticeChannel, ...], Field(min_length=1)] = (NoticeChannel.JIRA,)
    """How to tell them of an escalation: jira, email, webhook; the first that works is used."""
    zone: Zone | None = None
    """Where the person works, for calendars whose zone is `team`."""
    active: bool = True
    """False for somebody who has left; keep the entry, so that old decisions stay readable."""


class AutomationEntry(Document):
    """An account that no human sits at."""

    id: Identifier
    name: Name
    jira: Name | None = None
    behind: Identifier
    """The person who answers for it. What it asks for, this person may not approve."""


class DelegationEntry(Document):
    """Somebody votes in somebody else's place for a while."""

    model_config = ConfigDict(populate_by_name=True)

    principal: Identifier = Field(alias="from")
    """Whose vote it is."""
    delegate: Identifier = Field(alias="to")
    """Who gives it instead, without getting a second one beside their own."""
    since: Day
    until: Day
    """The last day of it. Days are counted in UTC."""
    acts: tuple[Literal[Act.VOTE], ...] = (Act.VOTE,)
    """What is delegated. Only votes can be: everything else goes by role."""


class PeopleDocument(Document):
    """people.yaml: who is who, and which role may do what."""

    people: Annotated[tuple[PersonEntry, ...], Field(min_length=1)]
    automation: tuple[AutomationEntry, ...] = ()
    rotas: tuple[RotaEntry, ...] = ()
    """Who is on call when; a level of escalation.yaml names one as `oncall:…`."""
    group_zones: dict[Identifier, Zone] = {}
    """The zone of a group, for its members who have none of their own."""
    delegations: tuple[DelegationEntry, ...] = ()
    permissions: dict[Act, tuple[Identifier, ...]]
    """For each act the roles that may do it."""
