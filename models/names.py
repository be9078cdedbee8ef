"""Names that cross a process boundary: workflows, handlers, queues, properties, labels.

Activities start workflows by these constants, so that `activities` never imports `workflows`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

FEEDBACK_ITEM_WORKFLOW: Final = "FeedbackItemWorkflow"
POLICY_ACTION_WORKFLOW: Final = "PolicyActionWorkflow"
POLICY_EXCEPTION_WORKFLOW: Final = "PolicyExceptionWorkflow"
INTAKE_SWEEP_WORKFLOW: Final = "IntakeSweepWorkflow"
INTAKE_SWEEP_SCHEDULE: Final = "followthrough-intake-sweep"
RECONCILE_WORKFLOW: Final = "ReconcileWorkflow"
ROLLOUT_WORKFLOW: Final = "RolloutWorkflow"
ROLLOUT_SWEEP_WORKFLOW: Final = "RolloutSweepWorkflow"
ROLLOUT_SWEEP_SCHEDULE: Final = "followthrough-rollout-sweep"
REVIEW_WORKFLOW: Final = "ReviewWorkflow"
REVIEW_SCHEDULE: Final = "followthrough-review"
REVIEW_PREFIX: Final = "review"
"""How the ids of reviews begin; the schedule adds the moment at which one was due."""
THEME_WORKFLOW: Final = "ThemeWorkflow"
THEME_SWEEP_WORKFLOW: Final = "ThemeSweepWorkflow"
THEME_SWEEP_SCHEDULE: Final = "followthrough-theme-sweep"
THEME_PREFIX: Final = "theme"
"""How the ids of themes begin."""
RECONCILE_SCHEDULE: Final = "followthrough-reconcile"
ARCHIVE_WORKFLOW: Final = "ArchiveWorkflow"
ARCHIVE_SCHEDULE: Final = "followthrough-archive"

DEFAULT_TASK_QUEUE: Final = "followthrough"

SIGNAL_JIRA_CHANGED: Final = "jira_changed"
SIGNAL_DECIDE: Final = "decide"
SIGNAL_RECONTACT: Final = "recontact"
SIGNAL_ACTION_REPORTED: Final = "action_reported"
SIGNAL_ACTION_REMINDER: Final = "action_reminder"
SIGNAL_ACTION_STUCK: Final = "action_stuck"
SIGNAL_EXCEPTION_CHANGED: Final = "exception_changed"
SIGNAL_EXCEPTION_TOLD: Final = "exception_told"
SIGNAL_REPORT_END: Final = "report_end"
SIGNAL_BALLOT_REFUSED: Final = "ballot_refused"
SIGNAL_ACTION_CHANGED: Final = "action_changed"
SIGNAL_DELEGATE: Final = "delegate"
SIGNAL_SUBJECT_CHANGED: Final = "subject_changed"
SIGNAL_RESUME: Final = "resume"
SIGNAL_WITHDRAW: Final = "withdraw"
SIGNAL_MEMBERS_CHANGED: Final = "members_changed"

UPDATE_DECIDE: Final = "decide"
UPDATE_AMEND: Final = "amend"
UPDATE_DELEGATE: Final = "delegate"
UPDATE_ACKNOWLEDGE: Final = "acknowledge"
UPDATE_OVERRIDE: Final = "override"
UPDATE_PROPOSE_ACTION: Final = "propose_action"
UPDATE_RESOLVE: Final = "resolve"
UPDATE_MIGRATE_POLICY: Final = "migrate_policy"
UPDATE_REPLY: Final = "reply"
UPDATE_REGROUP: Final = "regroup"

QUERY_STATUS: Final = "status"
QUERY_TIMELINE: Final = "timeline"
QUERY_CLOCKS: Final = "clocks"
QUERY_SUBJECT: Final = "subject"

EXECUTE_EFFECT: Final = "execute_effect"
"""The activity that carries an approved action out."""

SEARCH_ATTRIBUTES: Final[dict[str, str]] = {
    "FtStage": "Keyword",
    "FtSeverity": "Keyword",
    "FtCategory": "Keyword",
    "FtOwner": "Keyword",
    "FtDueAt": "Datetime",
    "FtBreached": "Bool",
    "FtAwaiting": "Keyword",
    "FtRelease": "Keyword",
    "FtGroups": "KeywordList",
}
"""Search attribute → Temporal type. None of them holds personal data."""

ITEM_PROPERTY: Final = "followthrough.item"
"""Issue property that holds what we know of the issue: stage, clocks, operation ids."""
LEDGER_MEMBER: Final = "ledger"
"""Member of that property, and of the archive's memo: how far the ledger went, and the digest there."""
SOURCE_PROPERTY: Final = "followthrough.source"
"""Issue property set at intake: `{source, submission_id, customer}`."""
OPERATION_PROPERTY: Final = "followthrough.op"
"""Comment property that names the operation which made the comment."""
LABEL_PREFIX: Final = "ft-"
"""Labels with this prefix are ours; all others belong to people."""
ITEM_LABEL: Final = "ft-item"
"""On every issue that has an item, so that one moved to another project is found again."""


SHEET_LABELS: Final = tuple(
    f"{LABEL_PREFIX}{kind}-" for kind in ("rollout", REVIEW_PREFIX, THEME_PREFIX)
)
"""Labels that begin so name the workflow whose own issue this is; it is no feedback."""


def sheet_workflow_of(labels: Iterable[str]) -> str | None:
    """The workflow that holds an issue with these labels as its sheet, if one does."""
    named = (label for label in labels if label.startswith(SHEET_LABELS))
    return next((label.removeprefix(LABEL_PREFIX) for label in named), None)


def rollout_workflow_id(version_id: str) -> str:
    """The workflow of one Jira version, from its immutable numeric id (never the name)."""
    return f"rollout-{version_id}"


def theme_id_of(issue_id: str, number: int = 1) -> str:
    """A theme's id, which is its workflow's too, from the immutable id of its oldest item.

    `number` tells several apart that began with the same item.
    """
    return f"{THEME_PREFIX}-{issue_id}" + (f"-{number}" if number > 1 else "")


def sheet_label(workflow_id: str) -> str:
    """The label of a sheet's issue."""
    return f"{LABEL_PREFIX}{workflow_id}"


def sheet_mark(issue_id: str) -> str:
    """Under which the ledger keeps which workflow holds this issue as its sheet."""
    return f"sheet-{issue_id}"


def issue_subject(issue_id: str) -> str:
    """What a reply given in a comment is proved about: the issue on which it was written."""
    return f"issue-{issue_id}"


def feedback_workflow_id(issue_id: str) -> str:
    """The workflow of one Jira issue, from its immutable numeric id (never the key)."""
    return f"feedback-{issue_id}"


def action_workflow_id(request_id: str) -> str:
    """The workflow of one policy action or rung approval."""
    return f"action-{request_id}"


def exception_workflow_id(request_id: str) -> str:
    """The workflow of the exception from a policy that this request began."""
    return f"exception-{request_id}"
