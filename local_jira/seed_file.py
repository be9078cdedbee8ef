"""The seed file: the projects, people and rules that a new local Jira starts with."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from local_jira.seed_base import Id, SeedPart, SeedScreenField
from local_jira.seed_check import json_path, seed_problems
from local_jira.seed_desk import SeedDesk, SeedOrganization
from local_jira.seed_workflow import SeedWorkflow

CategoryKey = Literal["new", "indeterminate", "done"]


class SeedError(Exception):
    """The seed file cannot be used; the message says where and why."""


class SeedUser(SeedPart):
    """A person or an app. Passwords and tokens are invented and good for this site only."""

    account_id: str = Field(min_length=1, max_length=128)
    email: str | None = None
    display_name: str
    account_type: Literal["atlassian", "app", "customer"] = "atlassian"
    active: bool = True
    time_zone: str = "UTC"
    admin: bool = False
    groups: tuple[str, ...] = ()
    password: str | None = None
    tokens: tuple[str, ...] = ()


class SeedIssueType(SeedPart):
    """A kind of issue."""

    id: Id
    name: str
    description: str = ""
    subtask: bool = False


class SeedStatus(SeedPart):
    """A status and the category that says whether work is to do, under way or done."""

    id: Id
    name: str
    category: CategoryKey
    description: str = ""


class SeedNamed(SeedPart):
    """A priority, resolution, component or version: an id, a name and what it means."""

    id: Id
    name: str
    description: str = ""


class SeedVersion(SeedNamed):
    """A version of a project."""

    released: bool = False
    archived: bool = False
    release_date: str | None = None


class SeedLinkType(SeedPart):
    """A kind of link and how it reads from either side."""

    id: Id
    name: str
    inward: str
    outward: str


class SeedField(SeedPart):
    """A custom field."""

    id: Annotated[str, StringConstraints(pattern=r"^customfield_[0-9]{5,}$")]
    name: str
    type: Literal["string", "text", "number", "date", "datetime", "user", "option", "labels"]
    options: tuple[str, ...] = ()


class SeedScreens(SeedPart):
    """The fields that can be set when an issue is created and edited; None stands for all.

    Project and issue type can always be given, and the summary is always required.
    """

    create: tuple[SeedScreenField, ...] | None = None
    edit: tuple[SeedScreenField, ...] | None = None


class SeedProject(SeedPart):
    """A project, its issue types, and how their issues move and what they ask for.

    `workflows` and `screens` go by the name of an issue type, or "*" for all others; without an
    entry the seed's `workflow` and all fields hold. `desk` makes it a service desk.
    """

    id: Id
    key: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]
    name: str
    description: str = ""
    lead: str
    type_key: Literal["business", "software", "service_desk"] = "service_desk"
    issue_types: tuple[str, ...]
    components: tuple[SeedNamed, ...] = ()
    versions: tuple[SeedVersion, ...] = ()
    workflows: dict[str, str] = Field(default_factory=dict)
    screens: dict[str, SeedScreens] = Field(default_factory=dict)
    desk: SeedDesk | None = None


class SeedLimits(SeedPart):
    """How much one issue can hold; one more is answered 413."""

    comments: int = Field(default=5000, ge=0)
    attachments: int = Field(default=2000, ge=0)
    links: int = Field(default=2000, ge=0)
    remote_links: int = Field(default=2000, ge=0)


class SeedIssue(SeedPart):
    """An issue that exists from the start."""

    project: str
    fields: dict[str, Any]


class Seed(SeedPart):
    """A whole seed file.

    `indexed_properties` are the issue properties that JQL can search. `workflow` holds wherever a
    project names none of the `workflows`.
    """

    title: str = "Local Jira"
    default_priority: str
    users: tuple[SeedUser, ...]
    issue_types: tuple[SeedIssueType, ...]
    statuses: tuple[SeedStatus, ...]
    priorities: tuple[SeedNamed, ...]
    resolutions: tuple[SeedNamed, ...]
    link_types: tuple[SeedLinkType, ...]
    fields: tuple[SeedField, ...] = ()
    projects: tuple[SeedProject, ...]
    workflow: SeedWorkflow
    workflows: dict[str, SeedWorkflow] = Field(default_factory=dict)
    organizations: tuple[SeedOrganization, ...] = ()
    issue_limits: SeedLimits = SeedLimits()
    indexed_properties: tuple[str, ...] = ()
    issues: tuple[SeedIssue, ...] = ()


def read_seed(file: Path) -> Seed:
    """Read and check a seed file; raises SeedError that names the file and the place in it."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SeedError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SeedError(f"{file}: cannot be read: it is not UTF-8 text") from error
    return parse_seed(text, str(file))


def parse_seed(text: str, name: str) -> Seed:
    """Check the text of a seed file; `name` is where it came from, for the error.

    Raises SeedError that names the JSON path of the first thing that is wrong.
    """
    try:
        seed = Seed.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise SeedError(f"{name}: at {json_path(*first['loc'])}: {first['msg']}") from error
    for place, problem in seed_problems(seed):
        raise SeedError(f"{name}: at {place}: {problem}")
    return seed
