"""Reads single values out of Jira's answers, tolerantly: real answers hold nulls and leave out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from models.jira_view import SeenFields
from models.lifecycle import StatusCategory

EPOCH = "1970-01-01T00:00:00.000+0000"


def moment_of(text: str | None) -> datetime:
    """A Jira timestamp such as `2026-03-01T09:30:00.000+0100`, with its zone."""
    return datetime.fromisoformat(text or EPOCH)


def number_of(value: Any) -> int:
    """A comment's or change's id as a number; 0 for anything that is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else 0


def text_of(value: Any) -> str:
    """A text field on API v2: a string or null."""
    return value if isinstance(value, str) else ""


def name_of(value: Any) -> str | None:
    """The name of a status, priority, resolution or version."""
    if isinstance(value, Mapping) and value.get("name") is not None:
        return str(value["name"])
    return None


def category_of(status: Mapping[str, Any] | None) -> StatusCategory:
    """The category of a status. Jira's fourth, `undefined`, holds statuses nobody has sorted."""
    key = ((status or {}).get("statusCategory") or {}).get("key")
    return next((known for known in StatusCategory if known == key), StatusCategory.TO_DO)


def seen_fields(fields: Mapping[str, Any]) -> SeenFields:
    """The values of the fields that we project."""
    due = fields.get("duedate")
    return SeenFields(
        status=name_of(fields.get("status")) or "",
        status_category=category_of(fields.get("status")),
        priority=name_of(fields.get("priority")),
        assignee_account_id=account_id_of(fields.get("assignee")),
        due_date=date.fromisoformat(due) if due else None,
        labels=tuple(sorted(str(label) for label in fields.get("labels") or ())),
        resolution=name_of(fields.get("resolution")),
    )


def account_id_of(user: Mapping[str, Any] | None) -> str | None:
    """The stable id of a user: the account id on Cloud, the key or name on Data Center."""
    if not user:
        return None
    found = user.get("accountId") or user.get("key") or user.get("name")
    return None if found is None else str(found)


def is_archived(fields: Mapping[str, Any]) -> bool:
    """Whether these fields, `archiveddate` among them, are those of an archived issue."""
    return fields.get("archiveddate") is not None
