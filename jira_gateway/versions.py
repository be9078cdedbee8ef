"""Versions of a project: what is to be released when, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients
from models.failures import ISSUE_GONE
from models.rollout import VersionFacts


def versions(clients: JiraClients, project: str) -> tuple[VersionFacts, ...]:
    """Every version of the project. Raises `ApplicationError` of `models.failures`."""
    with clients.counter.operation("versions"):
        found = clients.get_list(f"project/{project}/versions")
    return tuple(_facts(raw) for raw in found)


def version(clients: JiraClients, version_id: str) -> VersionFacts | None:
    """One version as it is now, or None when it was deleted or is hidden from us."""
    try:
        with clients.counter.operation("versions"):
            raw = clients.get(f"version/{version_id}")
    except ApplicationError as error:
        if error.type == ISSUE_GONE.type:
            return None
        raise
    return _facts(raw)


def _facts(raw: Mapping[str, Any]) -> VersionFacts:
    return VersionFacts(
        version_id=str(raw["id"]),
        name=str(raw.get("name") or raw["id"]),
        release_date=_day(raw.get("releaseDate")),
        released=raw.get("released") is True,
        archived=raw.get("archived") is True,
    )


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written)) if written else None
    except ValueError:
        return None
