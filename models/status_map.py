"""How stages and outcomes meet the names that a Jira site uses, and who wins a conflict."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen
from models.lifecycle import Outcome, Severity, StatusCategory


class Conflict(StrEnum):
    """Who is right when a person sets in Jira what the item wants otherwise."""

    JIRA_WINS = "jira_wins"
    WORKFLOW_WINS = "workflow_wins"
    ASK = "ask"


class FieldConflicts(Frozen):
    """For each field that we set, who wins a conflict."""

    priority: Conflict = Conflict.JIRA_WINS
    assignee: Conflict = Conflict.JIRA_WINS
    due_date: Conflict = Conflict.JIRA_WINS
    status: Conflict = Conflict.JIRA_WINS


class StatusMap(Frozen):
    """How stages meet Jira: by status category, with the inverse written down.

    `preferred` lists, for a category, status names in order of preference when several transitions
    lead there. `priorities` and `severities` are each other's written inverse. `pause_when` lists status names in which the clocks stand still. Moving
    the issue into one of `approve_when` or `reject_when` is a vote on the request that waits.
    `resolutions` maps
    our outcome to Jira's resolution name; `outcomes` is its explicit inverse.
    """

    preferred: dict[StatusCategory, tuple[str, ...]] = {}
    pause_when: tuple[str, ...] = ()
    approve_when: tuple[str, ...] = ()
    reject_when: tuple[str, ...] = ()
    priorities: dict[Severity, str] = {
        Severity.S1: "Highest",
        Severity.S2: "High",
        Severity.S3: "Medium",
        Severity.S4: "Low",
    }
    severities: dict[str, Severity] = {
        "Highest": Severity.S1,
        "High": Severity.S2,
        "Medium": Severity.S3,
        "Low": Severity.S4,
        "Lowest": Severity.S4,
    }
    resolutions: dict[Outcome, str] = {}
    outcomes: dict[str, Outcome] = {}
    conflicts: FieldConflicts = FieldConflicts()
