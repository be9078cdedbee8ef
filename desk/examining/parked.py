"""Parked items: which there are, what stopped them, and the command that lets them go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from temporalio.client import Client

from desk.listing import MOST_LISTED
from desk.questions import list_items
from models.base import Frozen, Moment
from models.failures import FAILURES_BY_TYPE, Scope
from models.lifecycle import Awaiting

MOST_NAMED = 10
"""So many keys are written into one command; more are resumed project by project."""


class ParkedItem(Frozen):
    """One item that waits for an operator. Only `workflow_id` is known while it does not answer."""

    workflow_id: str
    issue_key: str | None = None
    failure: str | None = None
    since: Moment | None = None

    @property
    def project(self) -> str | None:
        """The project of its issue."""
        return self.issue_key.rpartition("-")[0] if self.issue_key else None


class ParkedGroup(Frozen):
    """Items that one remedy mends. `command` lets them go on."""

    failure: str
    scope: Scope
    items: tuple[ParkedItem, ...]
    remedy: str
    command: str


async def parked_items(client: Client, limit: int = MOST_LISTED) -> tuple[ParkedItem, ...]:
    """Every running item that waits for an operator, in the order in which they stopped.

    Those that do not answer come last. Raises `Unreachable`.
    """
    listed = await list_items(client, awaiting=(Awaiting.OPERATOR,), limit=limit)
    found = [
        ParkedItem(
            workflow_id=one.workflow_id,
            issue_key=one.status.issue_key if one.status else None,
            failure=one.status.parked if one.status else None,
            since=one.status.parked_since if one.status else None,
        )
        for one in listed.items
        # Visibility is some seconds behind: what goes on by now is parked no more.
        if one.status is None or one.status.parked
    ]
    return tuple(sorted(found, key=_order))


def grouped(items: Iterable[ParkedItem]) -> tuple[ParkedGroup, ...]:
    """Items that answered, by what stopped them; what reaches furthest comes first."""
    groups: dict[tuple[str, str], list[ParkedItem]] = {}
    for item in items:
        if item.failure is not None:
            project = item.project or ""
            wide = scope_of(item.failure) is Scope.EVERYTHING
            groups.setdefault((item.failure, "" if wide else project), []).append(item)
    found = [_group(failure, project, found) for (failure, project), found in groups.items()]
    return tuple(sorted(found, key=lambda group: list(Scope).index(group.scope)))


def scope_of(failure: str) -> Scope:
    """How far a failure of this type reaches."""
    known = FAILURES_BY_TYPE.get(failure)
    return known.scope if known else Scope.ISSUE


def _group(failure: str, project: str, items: Sequence[ParkedItem]) -> ParkedGroup:
    scope, known = scope_of(failure), FAILURES_BY_TYPE.get(failure)
    keys = [item.issue_key or item.workflow_id for item in items]
    if scope is Scope.EVERYTHING:
        which = "--all"
    elif scope is Scope.PROJECT or len(keys) > MOST_NAMED:
        which = f"--project {project}"
    else:
        which = " ".join(keys)
    return ParkedGroup(
        failure=failure,
        scope=scope,
        items=tuple(items),
        remedy=known.remedy if known else "`followthrough show KEY` says more.",
        command=f"followthrough resume {which} --as PERSON",
    )


def _order(item: ParkedItem) -> tuple[bool, float, str]:
    return (item.since is None, item.since.timestamp() if item.since else 0.0, item.workflow_id)
