"""Whether a seed hangs together: every name that it uses is one that it defines."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from local_jira.seed_workflow import SeedWorkflow

if TYPE_CHECKING:
    from local_jira.seed_file import Seed, SeedProject

Problem = tuple[str, str]
Use = tuple[str, str, "set[str]"]
SYSTEM_FIELDS = frozenset(
    {
        "summary", "priority", "resolution", "assignee", "reporter", "labels", "components",
        "fixVersions", "versions", "duedate", "description", "environment", "parent",
    }
)  # fmt: skip


def json_path(*parts: str | int) -> str:
    """A place in the file, such as `$.users[0].email`."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _doubled(place: str, values: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, value in enumerate(values):
        if value in seen:
            yield f"{place}[{at}]", f"'{value}' is there twice"
        seen.add(value)


def _names(entries: Iterable[Any], attribute: str = "name") -> set[str]:
    return {getattr(entry, attribute) for entry in entries}


def _workflow_uses(seed: "Seed", place: str, workflow: SeedWorkflow) -> Iterator[Use]:
    statuses, resolutions = _names(seed.statuses), _names(seed.resolutions)
    people, fields = _names(seed.users, "account_id"), SYSTEM_FIELDS | _names(seed.fields, "id")
    yield f"{place}.initial", workflow.initial, statuses
    for at, step in enumerate(workflow.transitions):
        here = f"{place}.transitions[{at}]"
        yield f"{here}.target", step.target, statuses
        for number, source in enumerate(step.source if step.source != "*" else ()):
            yield f"{here}.source[{number}]", source, statuses
        if step.resolution:
            yield f"{here}.resolution", step.resolution, resolutions
        for number, shown in enumerate(step.screen):
            yield f"{here}.screen[{number}].field", shown.field, set(fields)
        for number, validator in enumerate(step.validators):
            if validator.kind != "comment":
                yield f"{here}.validators[{number}].field", validator.field, set(fields)
    steps = _names(workflow.transitions, "id")
    for at, approval in enumerate(workflow.approvals):
        here = f"{place}.approvals[{at}]"
        yield f"{here}.status", approval.status, statuses
        yield f"{here}.approve", approval.approve, steps
        yield f"{here}.decline", approval.decline, steps
        for number, person in enumerate(approval.approvers):
            yield f"{here}.approvers[{number}]", person, people


def _project_uses(seed: "Seed", place: str, project: "SeedProject") -> Iterator[Use]:
    types, people = _names(seed.issue_types), _names(seed.users, "account_id")
    fields = set(SYSTEM_FIELDS | _names(seed.fields, "id"))
    yield f"{place}.lead", project.lead, people
    for at, name in enumerate(project.issue_types):
        yield f"{place}.issue_types[{at}]", name, types
    for name, workflow in project.workflows.items():
        yield f"{place}.workflows", name, {*project.issue_types, "*"}
        yield f"{place}.workflows.{name}", workflow, set(seed.workflows)
    for name, screens in project.screens.items():
        yield f"{place}.screens", name, {*project.issue_types, "*"}
        for kind, shown in (("create", screens.create), ("edit", screens.edit)):
            for at, entry in enumerate(shown or ()):
                yield f"{place}.screens.{name}.{kind}[{at}].field", entry.field, fields
    if project.desk is None:
        return
    organizations = _names(seed.organizations, "id")
    for at, wanted in enumerate(project.desk.organizations):
        yield f"{place}.desk.organizations[{at}]", wanted, organizations
    for at, request_type in enumerate(project.desk.request_types):
        here = f"{place}.desk.request_types[{at}]"
        yield f"{here}.issue_type", request_type.issue_type, set(project.issue_types)
        for number, entry in enumerate(request_type.fields):
            yield f"{here}.fields[{number}].field", entry.field, fields
    for at, sla in enumerate(project.desk.slas):
        for number, status in enumerate(sla.paused_in):
            yield f"{place}.desk.slas[{at}].paused_in[{number}]", status, _names(seed.statuses)


def _uses(seed: "Seed") -> Iterator[Use]:
    yield "$.default_priority", seed.default_priority, _names(seed.priorities)
    yield from _workflow_uses(seed, "$.workflow", seed.workflow)
    for name, workflow in seed.workflows.items():
        yield from _workflow_uses(seed, f"$.workflows.{name}", workflow)
    for at, project in enumerate(seed.projects):
        yield from _project_uses(seed, f"$.projects[{at}]", project)
    for at, organization in enumerate(seed.organizations):
        for number, person in enumerate(organization.members):
            place = f"$.organizations[{at}].members[{number}]"
            yield place, person, _names(seed.users, "account_id")
    for at, issue in enumerate(seed.issues):
        yield f"$.issues[{at}].project", issue.project, _names(seed.projects, "key")


def _ids(seed: "Seed") -> Iterator[Problem]:
    for name in ("issue_types", "statuses", "priorities", "resolutions", "link_types", "fields",
                 "projects", "organizations"):  # fmt: skip
        yield from _doubled(f"$.{name}", [entry.id for entry in getattr(seed, name)])
    yield from _doubled("$.users", [user.account_id for user in seed.users])
    yield from _doubled("$.projects", [project.key for project in seed.projects])


def seed_problems(seed: "Seed") -> Iterator[Problem]:
    """Every place where the seed contradicts itself, with what is wrong there."""
    yield from _ids(seed)
    if not any(user.admin for user in seed.users):
        yield "$.users", "one user must be an admin, who then is the author of the first issues"
    for place, value, known in _uses(seed):
        if value not in known:
            yield place, f"'{value}' is not defined in this file"
