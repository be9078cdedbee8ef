"""The seed file: the projects, people and rules that a new local Jira starts with."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Id = Annotated[str, StringConstraints(pattern=r"^[0-9]+$")]
CategoryKey = Literal["new", "indeterminate", "done"]


class SeedError(Exception):
    """The seed file cannot be used; the message says where and why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SeedUser(_Part):
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


class SeedIssueType(_Part):
    """A kind of issue."""

    id: Id
    name: str
    description: str = ""
    subtask: bool = False


class SeedStatus(_Part):
    """A status and the category that says whether work is to do, under way or done."""

    id: Id
    name: str
    category: CategoryKey
    description: str = ""


class SeedNamed(_Part):
    """A priority, resolution, component or version: an id, a name and what it means."""

    id: Id
    name: str
    description: str = ""


class SeedVersion(SeedNamed):
    """A version of a project."""

    released: bool = False
    archived: bool = False
    release_date: str | None = None


class SeedLinkType(_Part):
    """A kind of link and how it reads from either side."""

    id: Id
    name: str
    inward: str
    outward: str


class SeedField(_Part):
    """A custom field."""

    id: Annotated[str, StringConstraints(pattern=r"^customfield_[0-9]{5,}$")]
    name: str
    type: Literal["string", "text", "number", "date", "datetime", "user", "option", "labels"]
    options: tuple[str, ...] = ()


class SeedScreenField(_Part):
    """A field on a transition's screen."""

    field: str
    required: bool = False


class SeedTransition(_Part):
    """One step of the workflow.

    `source` lists status names, or is "*" for every status. `resolution` is set when the
    target is a done status and the caller gives none; leaving the done category clears it.
    `account_types` limits who may take the step (empty: everybody who may work on the issue).
    """

    id: Id
    name: str
    source: tuple[str, ...] | Literal["*"]
    target: str
    screen: tuple[SeedScreenField, ...] = ()
    resolution: str | None = None
    account_types: tuple[str, ...] = ()


class SeedProject(_Part):
    """A project, its issue types and where its issues start."""

    id: Id
    key: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]
    name: str
    description: str = ""
    lead: str
    type_key: Literal["business", "software", "service_desk"] = "service_desk"
    issue_types: tuple[str, ...]
    components: tuple[SeedNamed, ...] = ()
    versions: tuple[SeedVersion, ...] = ()


class SeedWorkflow(_Part):
    """The steps that all issues may take; `initial` is the status of a new issue."""

    initial: str
    transitions: tuple[SeedTransition, ...]


class SeedIssue(_Part):
    """An issue that exists from the start."""

    project: str
    fields: dict[str, Any]


class Seed(_Part):
    """A whole seed file. `indexed_properties` are the issue properties that JQL can search."""

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
    indexed_properties: tuple[str, ...] = ()
    issues: tuple[SeedIssue, ...] = ()


def read_seed(file: Path) -> Seed:
    """Read and check a seed file; raises SeedError that names the file and the place in it."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SeedError(f"{file}: cannot be read: {error.strerror}") from error
    return parse_seed(text, str(file))


def parse_seed(text: str, name: str) -> Seed:
    """Check the text of a seed file; `name` is where it came from, for the error."""
    try:
        seed = Seed.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top level"
        raise SeedError(f"{name}: at {place}: {first['msg']}") from error
    _check_names(seed, name)
    return seed


def _check_names(seed: Seed, name: str) -> None:
    statuses = {status.name for status in seed.statuses}
    types = {issue_type.name for issue_type in seed.issue_types}
    resolutions = {resolution.name for resolution in seed.resolutions}
    people = {user.account_id for user in seed.users}
    used: list[tuple[str, str, set[str]]] = [
        ("workflow.initial", seed.workflow.initial, statuses),
        ("default_priority", seed.default_priority, {p.name for p in seed.priorities}),
    ]
    for step in seed.workflow.transitions:
        place = f"workflow.transitions[{step.id}]"
        used.append((f"{place}.target", step.target, statuses))
        used += [(f"{place}.source", s, statuses) for s in step.source if s != "*"]
        used += [(f"{place}.resolution", step.resolution, resolutions)] if step.resolution else []
    for project in seed.projects:
        used.append((f"projects[{project.key}].lead", project.lead, people))
        used += [(f"projects[{project.key}].issue_types", t, types) for t in project.issue_types]
    for place, value, known in used:
        if value not in known:
            raise SeedError(f"{name}: at {place}: '{value}' is not defined in this file")
