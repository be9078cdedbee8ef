"""Edits one issue: fields, comments, links, properties and metadata in one transaction."""

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
from local_jira.changes.fields_update import apply_changes, read_changes
from local_jira.changes.hierarchy import check_hierarchy
from local_jira.changes.record import record_changes
from local_jira.changes.screens import check_required, screen_fields
from local_jira.changes.validators import failed_validators
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, RefusalError, invalid_payload
from local_jira.seed_workflow import SeedTransition
from local_jira.store.histories import ChangeItem
from local_jira.store.issues import IssueRecord

Json = dict[str, Any]


def _metadata(document: Json) -> Json | None:
    metadata = document.get("historyMetadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise invalid_payload()
    return metadata


def _apply_rest(work: Work, issue: IssueRecord, document: Json, api: str) -> None:
    update = document.get("update") or {}
    for key, value in read_properties(document).items():
        keep_issue_property(work, issue, key, value)
    for addition in comment_additions(update):
        keep_comment(work, issue, addition, api)
    for addition in link_additions(update):
        add_link_from(work, issue, addition)


def edit_issue(work: Work, issue: IssueRecord, document: Json, api: str) -> None:
    """Carry out a PUT on an issue; raises BadRequestError with a sentence per field."""
    allowed, required = screen_fields(
        work.site, issue.project_id, issue.fields["issuetype"], "edit"
    )
    values = read_changes(work, issue, document, allowed, api)
    check_required(work.site, required & set(values), values)
    items = apply_changes(work, issue, values)
    if {"issuetype", "parent"} & set(values):
        check_hierarchy(work.site, issue)
    if items:
        work.keep(issue)
    record_changes(work, issue, items, _metadata(document))
    _apply_rest(work, issue, document, api)


def move_to_status(work: Work, issue: IssueRecord, step: SeedTransition) -> list[ChangeItem]:
    """Take a step of the workflow: the status, and what follows from its category."""
    catalog = work.site.catalog
    target = catalog.target_of(step)
    before = catalog.statuses[issue.fields["status"]]
    values: Json = {"status": target.id}
    if target.category == "done" and before.category != "done":
        chosen = catalog.resolutions.named(step.resolution) if step.resolution else None
        if issue.fields.get("resolution") is None and chosen:
            values["resolution"] = chosen.id
        issue.fields["resolutiondate"] = work.now
    if target.category != "done" and before.category == "done":
        values["resolution"] = None
        issue.fields["resolutiondate"] = None
    if target.category != before.category:
        issue.fields["statuscategorychangedate"] = work.now
    return apply_changes(work, issue, values)


def transition_issue(
    work: Work, issue: IssueRecord, step: SeedTransition, document: Json, api: str
) -> None:
    """Carry out a transition with all that comes in the same request.

    Only fields on the step's screen may be set; a comment may always be added. Raises
    BadRequestError with a sentence per field that is off the screen, missing or invalid.
    """
    if step.configuration_problem:
        raise RefusalError(422, step.configuration_problem)
    allowed = {entry.field for entry in step.screen}
    values = read_changes(work, issue, document, allowed, api)
    missing = {
        entry.field: f"{work.site.fields[entry.field].name} is required."
        for entry in step.screen
        if entry.required and not values.get(entry.field, issue.fields.get(entry.field))
    }
    missing |= failed_validators(step, {**issue.fields, **values}, document)
    if missing:
        raise BadRequestError(errors=missing)
    items = apply_changes(work, issue, values)
    items += move_to_status(work, issue, step)
    renew_approvals(work, issue)
    work.keep(issue)
    record_changes(work, issue, items, _metadata(document), event_type="issue_generic")
    _apply_rest(work, issue, document, api)
