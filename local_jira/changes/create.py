"""Creates one issue: fields, properties and links in one transaction."""

from typing import Any

from local_jira.changes.approvals import renew_approvals
from local_jira.changes.extras import (
    add_link_from,
    comment_additions,
    keep_comment,
    keep_issue_property,
    link_additions,
    read_properties,
)
from local_jira.changes.fields_update import apply_changes, change_item, read_changes
from local_jira.changes.hierarchy import check_hierarchy
from local_jira.changes.screens import check_required, screen_fields
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, invalid_payload
from local_jira.seed_file import SeedProject
from local_jira.store.histories import add_history
from local_jira.store.issues import IssueRecord, new_issue

Json = dict[str, Any]
# What the portal's form asks of a customer.
CUSTOMER_FIELDS = frozenset({"summary", "description", "issuetype"})


def _project(work: Work, fields: Json) -> SeedProject:
    wanted = fields.get("project")
    found = None
    if isinstance(wanted, dict):
        identifier = wanted.get("id") or wanted.get("key")
        found = work.site.catalog.project(str(identifier)) if identifier else None
    if found is None:
        raise BadRequestError(errors={"project": "Specify a valid project ID or key"})
    return found


def _type_id(work: Work, issue: IssueRecord, project: SeedProject, fields: Json, api: str) -> str:
    """The issue type that is asked for; raises BadRequestError when the project has no such one."""
    wanted = {"fields": {"issuetype": fields.get("issuetype")}}
    found = read_changes(work, issue, wanted, {"issuetype"}, api)
    return str(found["issuetype"])


def _require(issue: IssueRecord, document: Json) -> None:
    fields = {**(document.get("fields") or {}), **(document.get("update") or {})}
    if "issuetype" not in fields:
        raise BadRequestError(errors={"issuetype": "Specify an issue type"})
    if "summary" not in fields:
        raise BadRequestError(errors={"summary": "You must specify a summary of the issue."})


def _check_customer(document: Json) -> None:
    if set(document) - {"fields"}:
        raise BadRequestError("You do not have permission to set more than the request's fields.")


def _defaults(work: Work, issue: IssueRecord) -> None:
    catalog = work.site.catalog
    initial = catalog.initial_status(issue.project_id, issue.fields["issuetype"])
    issue.fields["status"] = initial.id
    issue.fields["creator"] = work.actor.account_id
    issue.fields["statuscategorychangedate"] = work.now
    issue.fields.setdefault("labels", [])
    if issue.fields.get("reporter") is None:
        issue.fields["reporter"] = work.actor.account_id
    if issue.fields.get("priority") is None and catalog.default_priority:
        issue.fields["priority"] = catalog.default_priority.id


def create_issue(
    work: Work, document: Json, api: str, form: frozenset[str] | None = None
) -> IssueRecord:
    """Create an issue from a request body; raises BadRequestError with a sentence per field.

    Beside `fields` the body may hold `update` (with comment and issuelinks additions) and
    `properties`, which are kept in the same transaction as the issue. With `form` these are the
    fields that can be set, as on the portal, whatever the project's screens say.
    """
    fields = document.get("fields") or {}
    if not isinstance(fields, dict):
        raise invalid_payload()
    project = _project(work, fields)
    issue = new_issue(work.connection, project.id, project.key, work.now)
    _require(issue, document)
    type_id = _type_id(work, issue, project, fields, api)
    allowed, required = screen_fields(work.site, project.id, type_id, "create")
    if work.actor.is_customer:
        _check_customer(document)
    if form is not None:
        allowed, required = set(form) | {"issuetype", "reporter"}, set()
    elif work.actor.is_customer:
        allowed &= CUSTOMER_FIELDS
    values = read_changes(work, issue, document, allowed, api, ignored=frozenset({"project"}))
    update = document.get("update") or {}
    properties = read_properties(document)
    if not work.actor.is_customer:
        check_required(work.site, required, values)
    apply_changes(work, issue, values)
    check_hierarchy(work.site, issue)
    _defaults(work, issue)
    renew_approvals(work, issue)
    work.keep(issue)
    _announce(work, issue, document.get("historyMetadata"))
    for key, value in properties.items():
        keep_issue_property(work, issue, key, value)
    for addition in comment_additions(update):
        keep_comment(work, issue, addition, api)
    for addition in link_additions(update):
        add_link_from(work, issue, addition)
    return issue


def _announce(work: Work, issue: IssueRecord, metadata: Any) -> None:
    # A real created event carries the first values as a changelog although the document says
    # that only updates do.
    shown = ("summary", "description", "priority", "reporter", "assignee", "status")
    items = [
        change_item(work, name, None, issue.fields[name])
        for name in shown
        if issue.fields.get(name)
    ]
    history = add_history(
        work.connection,
        issue.id,
        author=work.actor.account_id,
        created=work.now,
        items=[],
        metadata=metadata if isinstance(metadata, dict) else None,
    )
    work.announce(
        "jira:issue_created",
        issue,
        history=history,
        items=items,
        event_type="issue_created",
    )
