"""Who is who: the people and automation accounts of people.yaml."""

from __future__ import annotations

from datetime import UTC, datetime, time

from pydantic import Field

from models.base import Frozen
from models.people import Act, Delegation, Person
from policies.days import end_of_day
from policies.documents.people import DelegationEntry, PeopleDocument, PersonEntry
from policies.documents.rotas import RotaEntry


class Directory(Frozen):
    """Everybody in people.yaml, in the order of the file, and what each role may do.

    `emails` (person id → address) and `subjects` stand apart from the people, who are pinned to items and so reach
    histories, which no address should.
    """

    people: tuple[Person, ...]
    permissions: dict[Act, tuple[str, ...]]
    rotas: tuple[RotaEntry, ...] = ()
    emails: dict[str, str] = Field(default_factory=dict)
    subjects: dict[str, str] = Field(default_factory=dict)
    """Person id → their subject at the OpenID Connect provider, where people.yaml names it."""
    zones: dict[str, str] = Field(default_factory=dict)
    """Person id → the zone they work in, where people.yaml says it of them or of a group."""
    delegations: tuple[Delegation, ...] = ()

    def by_id(self, person_id: str) -> Person | None:
        """The person with this id, also one who has left."""
        return next((person for person in self.people if person.id == person_id), None)

    def by_account(self, jira_account_id: str) -> Person | None:
        """The person with this Jira account id, also one who has left."""
        return next(
            (person for person in self.people if person.jira_account_id == jira_account_id), None
        )

    def by_identity(self, subject: str, verified_email: str | None) -> Person | None:
        """The person whom the sign-in provider means, also one who has left.

        A subject that people.yaml names counts alone. An address, which a provider may give to
        somebody else one day, counts for a person without one, and only if one person has it.
        """
        named = [person for person, known in self.subjects.items() if known == subject]
        if not named and verified_email is not None:
            address = verified_email.casefold()
            named = [
                person
                for person, known in self.emails.items()
                if known.casefold() == address and person not in self.subjects
            ]
        return self.by_id(named[0]) if len(named) == 1 else None

    def with_role(self, role: str) -> tuple[Person, ...]:
        """Active people with the role."""
        return tuple(p for p in self.people if p.active and role in p.roles)

    def in_group(self, group: str) -> tuple[Person, ...]:
        """Active people in the group."""
        return tuple(p for p in self.people if p.active and group in p.groups)

    def rota(self, name: str) -> RotaEntry | None:
        """The rota of this name."""
        return next((rota for rota in self.rotas if rota.name == name), None)

    def may(self, act: Act) -> tuple[Person, ...]:
        """Active people whose role may do the act."""
        roles = frozenset(self.permissions.get(act, ()))
        return tuple(p for p in self.people if p.active and not roles.isdisjoint(p.roles))

    @property
    def roles(self) -> frozenset[str]:
        """Every role that somebody has, active or not."""
        return frozenset(role for person in self.people for role in person.roles)

    @property
    def groups(self) -> frozenset[str]:
        """Every group that somebody is in, active or not."""
        return frozenset(group for person in self.people for group in person.groups)


def directory_of(document: PeopleDocument) -> Directory:
    """The directory that people.yaml describes."""
    humans = tuple(
        Person(
            id=entry.id,
            name=entry.name,
            jira_account_id=entry.jira,
            roles=entry.roles,
            groups=entry.groups,
            active=entry.active,
            notify=entry.notify,
        )
        for entry in document.people
    )
    machines = tuple(
        Person(id=entry.id, name=entry.name, jira_account_id=entry.jira, behind=entry.behind)
        for entry in document.automation
    )
    return Directory(
        people=humans + machines,
        permissions=dict(document.permissions),
        rotas=document.rotas,
        emails={entry.id: entry.email for entry in document.people if entry.email},
        subjects={entry.id: entry.subject for entry in document.people if entry.subject},
        zones={entry.id: zone for entry in document.people if (zone := _zone(document, entry))},
        delegations=tuple(_delegation(entry) for entry in document.delegations),
    )


def _zone(document: PeopleDocument, entry: PersonEntry) -> str | None:
    """Their own, or that of the first of their groups that has one."""
    of_groups = (document.group_zones.get(group) for group in entry.groups)
    return entry.zone or next((zone for zone in of_groups if zone), None)


def _delegation(entry: DelegationEntry) -> Delegation:
    return Delegation(
        principal=entry.principal,
        delegate=entry.delegate,
        since=datetime.combine(entry.since, time(), UTC),
        until=end_of_day(entry.until),
    )
