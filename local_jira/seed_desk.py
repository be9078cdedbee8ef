"""The part of the seed file about service desks: request types, SLAs, queues, organisations."""

from typing import Literal

from pydantic import Field

from local_jira.seed_base import Id, SeedPart, SeedScreenField


class SeedRequestType(SeedPart):
    """What a customer can ask for, and the fields of its form (summary is always there)."""

    id: Id
    name: str
    description: str = ""
    help_text: str = ""
    issue_type: str
    fields: tuple[SeedScreenField, ...] = (SeedScreenField(field="description"),)


class SeedSla(SeedPart):
    """A time goal, counted in plain seconds from the creation of the issue, around the clock.

    `stops_at` says what ends it: the first public comment by somebody who is no customer, or a
    status of the done category; leaving that category starts a new cycle. Time in the statuses
    of `paused_in` does not count.
    """

    id: Id
    name: str
    goal_seconds: int = Field(gt=0)
    stops_at: Literal["first_public_comment", "done"]
    paused_in: tuple[str, ...] = ()


class SeedQueue(SeedPart):
    """A list of issues for agents. The query is put inside the desk's project."""

    id: Id
    name: str
    jql: str


class SeedDesk(SeedPart):
    """The service desk of a project."""

    id: Id
    request_types: tuple[SeedRequestType, ...] = Field(min_length=1)
    slas: tuple[SeedSla, ...] = ()
    queues: tuple[SeedQueue, ...] = ()
    organizations: tuple[Id, ...] = ()


class SeedOrganization(SeedPart):
    """Customers of one company; `members` are account ids."""

    id: Id
    name: str
    members: tuple[str, ...] = ()
