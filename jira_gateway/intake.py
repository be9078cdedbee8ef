"""One row of an intake file becomes one Jira issue, however often and from wherever it is sent.

Jira's create takes no idempotency key. The issue therefore carries its source and submission id in
a property written by the same call, and a label made from them by which it can be found.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from requests.exceptions import RequestException
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients
from jira_gateway.difference import SOURCE_LABEL_PREFIX
from jira_gateway.failures import translate
from jira_gateway.fields import text_of
from jira_gateway.people import named
from jira_gateway.search import next_place, search_page
from models.failures import JIRA_UNAVAILABLE
from models.intake import IntakeOutcome, IntakeRow
from models.names import SOURCE_PROPERTY

SUMMARY_CHARACTERS = 255
"""Jira refuses a longer summary, and one with line breaks."""
DESCRIPTION_CHARACTERS = 32_000
"""Jira refuses a text beyond 32,767 characters; the rest is left for our note about it."""
NO_SUMMARY = "Feedback without a summary"
LOOK_AGAIN_SECONDS = (2.0, 5.0, 15.0, 40.0)
LOOKED_UP_AT_ONCE = 50

Identity = tuple[str, str]
"""Source and submission id of a row."""


def create_or_update(
    clients: JiraClients,
    project: str,
    row: IntakeRow,
    wait: Callable[[float], None] = time.sleep,
    *,
    known_absent: bool = False,
) -> IntakeOutcome:
    """The issue of this row: found and brought up to date, or created.

    `known_absent` spares the search for a row that `look_up` has just not found.
    When Jira breaks off during the creation nobody knows whether the issue exists. It is then
    looked for several times (`wait` sleeps seconds, since a search lags behind) and never created
    a second time in the same call. Raises `ApplicationError`.
    """
    with clients.counter.operation("intake"):
        found = None if known_absent else find(clients, project, row)
        if found is not None:
            return bring_up_to_date(clients, found, row)
        try:
            issue_id, issue_key = _create(clients, project, row)
        except ApplicationError as error:
            if error.type != JIRA_UNAVAILABLE.type:
                raise
            return _look_again(clients, project, row, wait, error)
        return IntakeOutcome(issue_id=issue_id, issue_key=issue_key, created=True, updated=False)


def find(clients: JiraClients, project: str, row: IntakeRow) -> tuple[str, str] | None:
    """Id and key of the row's issue."""
    return look_up(clients, project, [row]).get((row.source, row.submission_id))


def look_up(
    clients: JiraClients, project: str, rows: Sequence[IntakeRow]
) -> dict[Identity, tuple[str, str]]:
    """Id and key of every row's issue that exists; one search for fifty rows.

    The property decides; the label, which anybody may copy, only finds candidates. Of several
    issues of one row the oldest counts. Raises `ApplicationError`.
    """
    found: dict[Identity, tuple[str, str]] = {}
    wanted = {(row.source, row.submission_id) for row in rows}
    for start in range(0, len(rows), LOOKED_UP_AT_ONCE):
        labels = sorted({source_label(row) for row in rows[start : start + LOOKED_UP_AT_ONCE]})
        listed = ", ".join(f'"{label}"' for label in labels)
        jql = f'project = "{project}" AND labels IN ({listed}) ORDER BY created ASC, key ASC'
        place: str | int | None = None
        while True:
            answer = search_page(
                clients, jql, ("summary",), properties=SOURCE_PROPERTY, place=place
            )
            for raw in answer.get("issues") or ():
                stored = _stored_source(clients, raw)
                identity = (str(stored.get("source")), str(stored.get("submission_id")))
                if identity in wanted:
                    found.setdefault(identity, (str(raw["id"]), str(raw["key"])))
            place = next_place(clients, answer, place)
            if place is None:
                break
    return found


def _stored_source(clients: JiraClients, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the issue says of its source. Data Center's search leaves properties out."""
    if clients.kind == "datacenter" and "properties" not in raw:
        asked = {"fields": "summary", "properties": SOURCE_PROPERTY}
        raw = clients.get(f"issue/{raw['id']}", asked)
    stored = (raw.get("properties") or {}).get(SOURCE_PROPERTY)
    return stored if isinstance(stored, Mapping) else {}


def source_label(row: IntakeRow) -> str:
    """The label by which the issue of a row is found again."""
    identity = f"{row.source}\n{row.submission_id}".encode()
    return f"{SOURCE_LABEL_PREFIX}{hashlib.sha256(identity).hexdigest()[:16]}"


def summary_of(row: IntakeRow) -> str:
    """A summary that Jira takes: one line, not empty, not too long."""
    lines = (*row.summary.splitlines(), *row.description.splitlines())
    words = next((" ".join(line.split()) for line in lines if line.strip()), NO_SUMMARY)
    return words if len(words) <= SUMMARY_CHARACTERS else f"{words[: SUMMARY_CHARACTERS - 1]}…"


def description_of(row: IntakeRow) -> str:
    """The description, shortened with a note when Jira would refuse its length."""
    text = row.description
    if len(text) <= DESCRIPTION_CHARACTERS:
        return text
    note = f"\n\n(Shortened here. The text as it was sent has {len(text)} characters.)"
    return f"{text[:DESCRIPTION_CHARACTERS]}{note}"


def _source(row: IntakeRow) -> dict[str, Any]:
    known = {
        "source": row.source,
        "submission_id": row.submission_id,
        "customer": row.customer,
        "release": row.release,
        "country": row.country,
        "created_at": row.created_at.isoformat() if row.created_at else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _create(clients: JiraClients, project: str, row: IntakeRow) -> tuple[str, str]:
    created = clients.post("issue", _creation(clients, project, row))
    if "id" not in created or "key" not in created:
        # Something between us and Jira swallowed the answer: an outage like any other.
        raise translate(RequestException(), method="POST", path="issue")
    return str(created["id"]), str(created["key"])


def _creation(clients: JiraClients, project: str, row: IntakeRow) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "project": {"key": project},
        "issuetype": {"name": row.issue_type},
        "summary": summary_of(row),
        "description": description_of(row),
        "labels": [source_label(row), *row.labels],
    }
    if row.reporter_account_id:
        fields["reporter"] = named(clients, row.reporter_account_id)
    return {"fields": fields, "properties": [{"key": SOURCE_PROPERTY, "value": _source(row)}]}


def bring_up_to_date(clients: JiraClients, found: tuple[str, str], row: IntakeRow) -> IntakeOutcome:
    """Bring summary and description up to date; no write when they are."""
    issue_id, issue_key = found
    raw = clients.get(f"issue/{issue_id}", {"fields": "summary,description"})
    shown = raw.get("fields") or {}
    wanted = {"summary": summary_of(row), "description": description_of(row)}
    differing = {name: value for name, value in wanted.items() if text_of(shown.get(name)) != value}
    if differing:
        clients.put(f"issue/{issue_id}", {"fields": differing})
    return IntakeOutcome(
        issue_id=issue_id, issue_key=issue_key, created=False, updated=bool(differing)
    )


def _look_again(
    clients: JiraClients,
    project: str,
    row: IntakeRow,
    wait: Callable[[float], None],
    error: ApplicationError,
) -> IntakeOutcome:
    for seconds in LOOK_AGAIN_SECONDS:
        wait(seconds)
        found = find(clients, project, row)
        if found is not None:
            return IntakeOutcome(issue_id=found[0], issue_key=found[1], created=True, updated=False)
    raise error
