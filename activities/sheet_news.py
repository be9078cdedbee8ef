"""Whose issue it is: a feedback item's, or the sheet of a rollout or a review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.messages import JiraChanged
from models.names import SIGNAL_JIRA_CHANGED, sheet_mark, sheet_workflow_of


class Marks(Protocol):
    """Where it is kept which workflow holds an issue as its sheet."""

    def known_mark(self, issue_id: str) -> str | None:
        """The mark kept last under this id."""
        ...


def sheet_of(marks: Marks, issue_id: str, labels: Iterable[str] = ()) -> str | None:
    """The workflow that holds this issue as its sheet; None for every other issue. Blocking.

    The label is there from the first moment on, and the ledger's mark also where a hint names no
    labels.
    """
    return sheet_workflow_of(labels) or marks.known_mark(sheet_mark(issue_id))


async def tell_sheet(client: Client, workflow_id: str, delivery: str, event: str) -> bool:
    """Wake the workflow of a sheet; False when it has ended. Raises `RPCError`."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        await handle.signal(SIGNAL_JIRA_CHANGED, JiraChanged(delivery=delivery, event=event))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True
