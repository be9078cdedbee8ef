"""Puts a write into the changelog and tells the webhooks about it."""

from typing import Any

from local_jira.changes.work import Work
from local_jira.store.histories import ChangeItem, add_history
from local_jira.store.issues import IssueRecord


def record_changes(
    work: Work,
    issue: IssueRecord,
    items: list[ChangeItem],
    metadata: dict[str, Any] | None,
    *,
    announce: bool = True,
    event_type: str | None = None,
) -> None:
    """Keep the changes as one history entry and announce `jira:issue_updated`."""
    if not items and metadata is None:
        return
    history = add_history(
        work.connection,
        issue.id,
        author=work.actor.account_id,
        created=work.now,
        items=items,
        metadata=metadata,
    )
    if announce and items:
        work.announce(
            "jira:issue_updated",
            issue,
            history=history,
            event_type=event_type or _event_type(items),
        )


def _event_type(items: list[ChangeItem]) -> str:
    if all(item.field_id == "assignee" for item in items):
        return "issue_assigned"
    return "issue_updated"
