"""One input and one result object per activity."""

from __future__ import annotations

from models.addresses import Addresses
from models.approval import ActionProposal, ActionResult, ItemFacts
from models.base import Frozen, Moment
from models.calendar import CalendarDefinition
from models.events import LedgerAnchor, LedgerEntry
from models.item import FeedbackItem, TriageResult
from models.jira_view import Cursor, ObservedIssue
from models.notice import Notice
from models.policy import PolicySnapshot


class ReceiveInput(Frozen):
    """Read the issue, pin customer facts and policy, triage it."""

    issue_id: str
    workflow_id: str
    now: Moment


class Received(Frozen):
    """Everything pinned at intake. `again`: the issue came back after an earlier life had ended."""

    item: FeedbackItem
    triage: TriageResult
    snapshot: PolicySnapshot
    observed: ObservedIssue
    again: bool = False
    addresses: Addresses = Addresses()


class PinInput(Frozen):
    """Pin the policy in force anew for this item, whose facts stay as they were pinned."""

    item: FeedbackItem
    category: str
    owner: str | None
    scale: float
    now: Moment


class ReadInput(Frozen):
    """Read the issue and what people did since the cursor. The key tells which project it is in."""

    issue_id: str
    cursor: Cursor
    issue_key: str = ""


class AppendInput(Frozen):
    """Entries to stand in the ledger, each exactly once."""

    entries: tuple[LedgerEntry, ...]


class AppendResult(Frozen):
    """`appended` counts new rows; `head` is the sequence of the newest row of all.

    `digest` is that row's, and covers every row before it; empty for a ledger without rows.
    """

    appended: int
    head: int
    digest: str = ""


class PlanInput(Frozen):
    """Who must agree to this proposal under the item's pinned rules?"""

    proposal: ActionProposal
    item: ItemFacts
    snapshot: PolicySnapshot
    now: Moment


class StageInput(Frozen):
    """When does a stage of this rule that is asked now remind, ask its deputies, and expire?"""

    rule: str
    snapshot: PolicySnapshot
    now: Moment


class ReportInput(Frozen):
    """How did this request end, by its own word?"""

    request_id: str
    now: Moment


class ReportAnswer(Frozen):
    """`result` None: the request still runs, or there is none."""

    result: ActionResult | None = None


class ExtendCalendarInput(Frozen):
    """Expand the pinned calendar further into the future; a scaled one is always open."""

    definition: CalendarDefinition
    covers_from: Moment
    scaled: bool
    now: Moment


class LookUpInput(Frozen):
    """Who is on this level of a ladder now? `written` is as the pinned ladder names them."""

    level: int
    written: tuple[str, ...]
    owner: str | None
    now: Moment


class NoticeInput(Frozen):
    """Tell these people, each by the first channel that works."""

    notice: Notice


class SweepInput(Frozen):
    """Find issues changed since `since` on Jira's clock; `overlap` is in seconds.

    Atlassian says that a search lags by seconds to minutes, and longer after changes in bulk. What
    the overlap finds again is known by its mark and costs no call.
    """

    since: Moment | None
    overlap: int = 1800


class SweepResult(Frozen):
    """What one sweep found and told. `until`, on Jira's clock, is where the next one begins."""

    until: Moment
    looked_at: int
    told: int
    already_known: int


class ReconcileResult(Frozen):
    """How many items ran, and how many were told: their issue is gone, archived, or restored."""

    running: int
    told: int


class ArchiveInput(Frozen):
    """Archive the runs that closed since then; None: all that Temporal still holds."""

    since: Moment | None


class ArchiveResult(Frozen):
    """How many closed runs were looked at and archived. `until` is where the next look begins.

    `ledger` is how far the ledger went then.
    """

    until: Moment | None
    looked_at: int
    archived: int
    ledger: LedgerAnchor | None = None
