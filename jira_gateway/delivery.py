"""The issue by which a theme is delivered: how it stands, its links, and telling customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients
from jira_gateway.difference import Changes
from jira_gateway.fields import category_of, name_of
from jira_gateway.observation import operations_on_comments
from jira_gateway.read import all_comments
from jira_gateway.sending import body_of, comment_body
from models.failures import ISSUE_GONE, JIRA_REFUSED
from models.jira_view import DesiredComment, DesiredLink
from models.lifecycle import StatusCategory
from models.theme import DeliveryFacts, VersionSeen

AT_ONCE = 20
"""Links in one call."""


@dataclass(frozen=True)
class DeliveryReading:
    """The issue as it stands, and the ids of the issues that it is linked to, by whatever link."""

    facts: DeliveryFacts
    linked: frozenset[str]


def read_delivery(clients: JiraClients, issue_id: str) -> DeliveryReading:
    """One call. Raises `ApplicationError`, type `IssueGone` when it was deleted."""
    with clients.counter.operation("delivery"):
        raw = clients.get(
            f"issue/{issue_id}", {"fields": "status,resolution,fixVersions,issuelinks"}
        )
    fields = raw.get("fields") or {}
    facts = DeliveryFacts(
        done=category_of(fields.get("status")) is StatusCategory.DONE,
        resolution=name_of(fields.get("resolution")),
        versions=tuple(
            VersionSeen(
                name=str(one.get("name") or one.get("id")), released=one.get("released") is True
            )
            for one in fields.get("fixVersions") or ()
        ),
    )
    others = map(_other, fields.get("issuelinks") or ())
    return DeliveryReading(facts=facts, linked=frozenset(one for one in others if one))


def link(clients: JiraClients, issue_id: str, kind: str, keys: Sequence[str]) -> int:
    """Link the issue to others; answers to how many. One that Jira refuses is left out.

    The caller has looked which are linked: Jira makes a second link of the same kind a no-op.
    """
    made = 0
    with clients.counter.operation("link"):
        for start in range(0, len(keys), AT_ONCE):
            made += _linked(clients, issue_id, kind, keys[start : start + AT_ONCE])
    return made


def say_once(clients: JiraClients, issue_id: str, comment: DesiredComment) -> bool:
    """Write a comment unless it is there; False when it was.

    Nothing else of the issue is touched. Raises `ApplicationError` of `models.failures`.
    """
    with clients.counter.operation("say"):
        if comment.operation_id in operations_on_comments(all_comments(clients, issue_id)):
            return False
        clients.post(f"issue/{issue_id}/comment", comment_body(comment))
    return True


def _linked(clients: JiraClients, issue_id: str, kind: str, keys: Sequence[str]) -> int:
    links = tuple(DesiredLink(operation_id=key, kind=kind, other_issue_key=key) for key in keys)
    try:
        clients.put(f"issue/{issue_id}", body_of(clients, Changes(links=links)))
    except ApplicationError as error:
        if error.type not in (JIRA_REFUSED.type, ISSUE_GONE.type):
            raise
        # One of them was deleted or may not be linked; the others must not wait for it.
        return 0 if len(keys) == 1 else sum(_linked(clients, issue_id, kind, [key]) for key in keys)
    return len(keys)


def _other(raw: Mapping[str, Any]) -> str | None:
    other = raw.get("outwardIssue") or raw.get("inwardIssue") or {}
    return str(other["id"]) if other.get("id") else None
