"""Finds issues that changed, for the sweep. A search is a hint: it may lag behind the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jira import JIRA

from jira_gateway.client import JiraClients
from jira_gateway.failures import jira_failures
from jira_gateway.fields import moment_of, number_of
from jira_gateway.observation import change_mark
from models.names import ITEM_LABEL

PAGE = 100
SWEPT_FIELDS = ("comment", "created", "labels", "updated")


@dataclass(frozen=True)
class ChangedIssue:
    """An issue that changed.

    `mark` is None when the answer left out comments or changes, so that nobody can say whether
    this state is known; the issue must then be looked at.
    """

    issue_id: str
    issue_key: str
    updated_at: datetime
    mark: str | None
    labels: tuple[str, ...] = ()

    @property
    def project(self) -> str:
        """The project in which the issue lives now."""
        return self.issue_key.rpartition("-")[0]


def jira_clock(clients: JiraClients) -> datetime:
    """What time Jira's own clock shows, which may be hours off ours.

    Jira stamps `updated` by that clock, so a search by time has to be asked in its time.
    """
    with clients.counter.operation("sweep"):
        return moment_of(clients.get("serverInfo").get("serverTime")).astimezone(UTC)


def swept_jql(project: str) -> str:
    """What concerns us: the issues of our project, and items that were moved to another one."""
    return f'(project = "{project}" OR labels = "{ITEM_LABEL}")'


def changed_since(
    clients: JiraClients, project: str, since: datetime
) -> Iterator[tuple[ChangedIssue, ...]]:
    """Pages of issues that concern us, updated at or after `since` on Jira's clock, oldest first.

    JQL compares whole minutes in the caller's zone, so the moment is rounded down and our own zone
    is asked for each time. That call also finds out a lost credential, to which a search would
    answer "nothing new"; an empty page is believed only after it was asked again. Raises
    `ApplicationError`, type `JiraAuthentication` for such a credential.
    """
    me = clients.myself(fresh=True)
    jql = changed_jql(project, since, me.zone)
    place: str | int | None = None
    while True:
        with clients.counter.operation("sweep"):
            answer = _search(clients, jql, place)
        issues = answer.get("issues") or []
        if not issues:
            # A credential may lose its worth between two pages: strangers are shown an empty one.
            clients.myself(fresh=True)
        yield tuple(_changed(raw, me.account_id) for raw in issues)
        place = next_place(clients, answer, place)
        if place is None:
            return


def changed_jql(project: str, since: datetime, zone: str) -> str:
    """The query, with `since` in Jira's own minutes: `yyyy-MM-dd HH:mm` in the caller's zone."""
    local = since.astimezone(_zone(zone)).strftime("%Y-%m-%d %H:%M")
    return f'{swept_jql(project)} AND updated >= "{local}" ORDER BY updated ASC, key ASC'


def search_page(
    clients: JiraClients,
    jql: str,
    fields: tuple[str, ...],
    *,
    expand: str | None = None,
    properties: str | None = None,
    place: str | int | None = None,
) -> dict[str, Any]:
    """One page of a search, on Cloud by token and on Data Center by position."""
    client = clients.client()
    with jira_failures():
        _spare_the_field_list(client)
        if clients.kind == "cloud":
            answer = client.enhanced_search_issues(
                jql,
                nextPageToken=place,
                maxResults=PAGE,
                fields=list(fields),  # the package edits the list it is given
                expand=expand,
                properties=properties,
                json_result=True,
            )
        else:
            answer = client.search_issues(
                jql,
                startAt=int(place or 0),
                maxResults=PAGE,
                fields=list(fields),
                expand=expand,
                properties=properties,
                json_result=True,
            )
    return dict(answer or {})


def issues_by_id(clients: JiraClients, issue_ids: Sequence[str]) -> dict[str, Any]:
    """Data Center's search for these ids; without validation, it passes over those that are gone."""
    client = clients.client()
    with jira_failures():
        _spare_the_field_list(client)
        return dict(
            client.search_issues(
                f"id in ({', '.join(issue_ids)})",
                maxResults=len(issue_ids),
                validate_query=False,
                fields=["updated"],
                json_result=True,
            )
        )


def _search(clients: JiraClients, jql: str, place: str | int | None) -> dict[str, Any]:
    return search_page(clients, jql, SWEPT_FIELDS, expand="changelog", place=place)


def next_place(
    clients: JiraClients, answer: Mapping[str, Any], place: str | int | None
) -> str | int | None:
    """Where the page after this answer begins, or None after the last one."""
    issues = answer.get("issues") or []
    if not issues:
        return None
    if clients.kind == "cloud":
        token = answer.get("nextPageToken")
        return None if not token else str(token)
    reached = int(place or 0) + len(issues)
    return reached if reached < number_of(answer.get("total")) else None


def _changed(raw: Mapping[str, Any], own: str) -> ChangedIssue:
    fields = raw.get("fields") or {}
    comments = fields.get("comment") or {}
    changes = raw.get("changelog") or {}
    found_comments = comments.get("comments") or []
    found_changes = changes.get("histories") or []
    whole = len(found_comments) >= number_of(comments.get("total") or 0) and len(
        found_changes
    ) >= number_of(changes.get("total") or 0)
    mark = change_mark(found_comments, found_changes, fields.get("created"), own)
    return ChangedIssue(
        issue_id=str(raw.get("id")),
        issue_key=str(raw.get("key")),
        updated_at=moment_of(fields.get("updated")).astimezone(UTC),
        mark=mark if whole else None,
        labels=tuple(map(str, fields.get("labels") or ())),
    )


def _spare_the_field_list(client: JIRA) -> None:
    """Tell the package that a field's name is its id.

    Before its first search it asks Jira for all fields, once in each thread, to turn names of
    custom fields into ids; we name system fields only.
    """
    if not client._fields_cache_value:
        client._fields_cache_value = {name: name for name in SWEPT_FIELDS}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
