"""Feedback on its way in from a file, and what became of it."""

from __future__ import annotations

from models.base import Frozen, Moment


class IntakeRow(Frozen):
    """One piece of feedback as a source delivered it, before it is a Jira issue.

    `(source, submission_id)` is its identity: sending it again updates the issue and never makes a
    second one. `customer` is the source's own id of the customer, not yet a pseudonym.
    `country` is an ISO 3166 code and only a hint. `labels` are for a new issue, beside our own.
    """

    source: str
    submission_id: str
    summary: str
    description: str
    customer: str | None = None
    reporter_account_id: str | None = None
    issue_type: str = "Feedback"
    release: str | None = None
    created_at: Moment | None = None
    country: str | None = None
    labels: tuple[str, ...] = ()


class IntakeOutcome(Frozen):
    """Which issue a row became, and whether it was made or brought up to date just now."""

    issue_id: str
    issue_key: str
    created: bool
    updated: bool
