"""The finite sets of an item's life: stages, severities, outcomes."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where an item stands (DESIGN section 3). Exactly one at a time."""

    RECEIVE = "receive"
    TRIAGE = "triage"
    CLOCKS = "clocks"
    ESCALATE = "escalate"
    APPROVE = "approve"
    DECIDE = "decide"
    WATCH = "watch"
    CLOSE = "close"


class Severity(StrEnum):
    """How bad it is for the customer. S1 is worst."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


PRIORITY_KEY: dict[Severity, int] = {
    Severity.S1: 1,
    Severity.S2: 2,
    Severity.S3: 3,
    Severity.S4: 4,
}
"""Severity → Temporal `Priority.priority_key`; lower runs first."""


class Outcome(StrEnum):
    """How an item ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    FIXED = "fixed"
    ANSWERED = "answered"
    NO_CHANGE = "no_change"


class StatusCategory(StrEnum):
    """Jira's own three status categories, by their keys."""

    TO_DO = "new"
    IN_PROGRESS = "indeterminate"
    DONE = "done"


class Awaiting(StrEnum):
    """Whose move it is; the search attribute `FtAwaiting` holds this."""

    OWNER = "owner"
    CUSTOMER = "customer"
    TRIAGE = "triage"
    ACKNOWLEDGEMENT = "acknowledgement"
    APPROVAL = "approval"
    OPERATOR = "operator"
    NOBODY = "nobody"
