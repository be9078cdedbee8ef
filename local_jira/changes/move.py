"""Moves an issue to another project; its old key leads to it for ever."""

from local_jira.changes.fields_update import apply_changes
from local_jira.changes.record import record_changes
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError
from local_jira.seed_file import SeedIssueType, SeedProject
from local_jira.store.histories import ChangeItem
from local_jira.store.issues import IssueRecord, children_of, rename_issue

# They belong to a project, so an issue that leaves it loses them.
OF_A_PROJECT = ("components", "fixVersions", "versions")


def move_issue(
    work: Work, issue: IssueRecord, project: SeedProject, issue_type: SeedIssueType | None = None
) -> None:
    """Give the issue a key of the other project, and its sub-tasks as well.

    Without `issue_type` it keeps its own. A status that the new workflow does not have becomes
    its first one. Raises BadRequestError for a sub-task alone, the same project, or a type that
    the project does not take.
    """
    if issue.fields.get("parent") is not None:
        raise BadRequestError("A sub-task moves with its parent. Move the parent instead.")
    if project.id == issue.project_id:
        raise BadRequestError(f"The issue {issue.key} is in this project already.")
    for entry in [issue, *children_of(work.connection, issue.id)]:
        _move_one(work, entry, project, issue_type if entry is issue else None)


def _move_one(
    work: Work, issue: IssueRecord, project: SeedProject, issue_type: SeedIssueType | None
) -> None:
    catalog = work.site.catalog
    chosen = issue_type or catalog.issue_types[issue.fields["issuetype"]]
    if chosen not in catalog.issue_types_of(project):
        raise BadRequestError(
            errors={"issuetype": f"The project {project.key} has no issue type '{chosen.name}'."}
        )
    if chosen.subtask != catalog.issue_types[issue.fields["issuetype"]].subtask:
        raise BadRequestError(errors={"issuetype": "A move does not make or end a sub-task."})
    old_project, old_key = catalog.projects[issue.project_id], issue.key
    values: dict[str, object] = {name: [] for name in OF_A_PROJECT if issue.fields.get(name)}
    values["issuetype"] = chosen.id
    known = {status.id for status in catalog.statuses_of(project.id, chosen.id)}
    if issue.fields["status"] not in known:
        values["status"] = catalog.initial_status(project.id, chosen.id).id
    items = apply_changes(work, issue, values)
    rename_issue(work.connection, issue, project.id, project.key)
    items.append(
        ChangeItem(
            "project", "project", "jira", old_project.id, old_project.name, project.id, project.name
        )
    )
    items.append(ChangeItem("Key", None, "jira", None, old_key, None, issue.key))
    work.keep(issue)
    record_changes(work, issue, items, None, event_type="issue_moved")
