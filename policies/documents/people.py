"""The shape of people.yaml: who is who, and which role may do what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.people import Act
from policies.documents.base import Document, Identifier, Name


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
