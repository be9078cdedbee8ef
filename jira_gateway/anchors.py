"""Reads what issues hold of the ledger: written at each decision, out of the database's reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from jira_gateway.client import JiraClients
from jira_gateway.search import next_place, search_page
from models.events import LedgerAnchor
from models.names import ITEM_LABEL, ITEM_PROPERTY, LEDGER_MEMBER


def ledger_anchors(clients: JiraClients) -> Iterator[tuple[str, LedgerAnchor]]:
    """Key and anchor of every issue that has one. Raises `ApplicationError` of `models.failures`.

    A credential that has lost its worth would find nothing, so that is asked first.
    """
    clients.myself(fresh=True)
    place: str | int | None = None
    while True:
        with clients.counter.operation("anchors"):
            answer = search_page(
                clients, f'labels = "{ITEM_LABEL}" ORDER BY key', ("updated",),
                properties=ITEM_PROPERTY, place=place,
            )  # fmt: skip
        for issue in answer.get("issues") or ():
            anchor = _anchor_of(issue)
            if anchor is not None:
                yield str(issue["key"]), anchor
        place = next_place(clients, answer, place)
        if place is None:
            return


def _anchor_of(issue: Mapping[str, Any]) -> LedgerAnchor | None:
    """Anybody may edit a property in Jira; one that is no anchor is none."""
    stored = (issue.get("properties") or {}).get(ITEM_PROPERTY) or {}
    try:
        return LedgerAnchor.model_validate(stored.get(LEDGER_MEMBER))
    except (ValidationError, AttributeError):
        return None
