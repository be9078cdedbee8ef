"""What a projection sends, in the shapes that Jira takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jira_gateway.client import JiraClients
from jira_gateway.difference import Changes
from jira_gateway.observation import PUBLIC_PROPERTY
from jira_gateway.people import named
from models.jira_view import DesiredComment
from models.names import OPERATION_PROPERTY

FIELD_IDS = {
    "status": "status",
    "priority": "priority",
    "assignee": "assignee",
    "due_date": "duedate",
    "resolution": "resolution",
}
"""Our name of a field → Jira's."""
TEXT_CHARACTERS = 32_000
"""Jira refuses a comment beyond 32,767 characters."""


def body_of(clients: JiraClients, changes: Changes) -> dict[str, Any]:
    """The body of an edit, or of a transition that carries the edit along."""
    labels = [
        *({"add": label} for label in changes.labels_added),
        *({"remove": label} for label in changes.labels_removed),
    ]
    update = {
        "labels": labels,
        "comment": [{"add": comment_body(one)} for one in changes.comments],
        "issuelinks": [
            {"add": {"type": {"name": one.kind}, "outwardIssue": {"key": one.other_issue_key}}}
            for one in changes.links
        ],
    }
    body: dict[str, Any] = {
        "fields": _values(clients, changes.values),
        "update": {name: operations for name, operations in update.items() if operations},
        "properties": [{"key": key, "value": value} for key, value in changes.properties.items()],
    }
    return {name: part for name, part in body.items() if part}


def comment_body(comment: DesiredComment) -> dict[str, Any]:
    """Who may see a comment is said each time: a comment that does not say so is public."""
    return {
        "body": comment.body[:TEXT_CHARACTERS],
        "properties": [
            {"key": PUBLIC_PROPERTY, "value": {"internal": not comment.public}},
            {"key": OPERATION_PROPERTY, "value": {"id": comment.operation_id}},
        ],
    }


def _values(clients: JiraClients, values: Mapping[str, Any]) -> dict[str, Any]:
    """Wanted values in Jira's own shapes, by its field ids."""
    sent: dict[str, Any] = {}
    for name, value in values.items():
        if name == "due_date":
            sent[FIELD_IDS[name]] = value.isoformat()
        elif name == "assignee":
            sent[FIELD_IDS[name]] = named(clients, value)
        else:
            sent[FIELD_IDS[name]] = {"name": value}
    return sent
