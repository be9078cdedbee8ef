"""What happened to an item, in order. Events are what the ledger keeps and the timeline shows."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen, Moment
from models.people import Channel

Fact = str | int | float | bool | None


class EventKind(StrEnum):
    """Every kind of event there is."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    OVERRIDDEN = "overridden"
    POLICY_MIGRATED = "policy_migrated"
    CLOCK_STARTED = "clock_started"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_RESUMED = "clock_resumed"
    CLOCK_MET = "clock_met"
    CLOCK_CANCELLED = "clock_cancelled"
    CLOCK_RETARGETED = "clock_retargeted"
    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    ANSWERED = "answered"
    CUSTOMER_WROTE = "customer_wrote"
    EDITED_IN_JIRA = "edited_in_jira"
    CLIMBED = "climbed"
    RUNG_SKIPPED = "rung_skipped"
    RUNG_QUEUED = "rung_queued"
    LADDER_REPEATED = "ladder_repeated"
    LEVEL_LOOKED_UP = "level_looked_up"
    CLIMB_REQUESTED = "climb_requested"
    CLIMB_REFUSED = "climb_refused"
    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGEMENT_LAPSED = "acknowledgement_lapsed"
    HANDED_OVER = "handed_over"
    NOTICED = "noticed"
    NOTICE_FAILED = "notice_failed"
    ACTION_PROPOSED = "action_proposed"
    ACTION_REMINDED = "action_reminded"
    ACTION_ENDED = "action_ended"
    ACTION_STUCK = "action_stuck"
    EFFECT_STEP = "effect_step"
    EXCEPTION_CHANGED = "exception_changed"
    EXCEPTION_ENDED = "exception_ended"
    ACTION_PLANNED = "action_planned"
    ACTION_AMENDED = "action_amended"
    ACTION_STEP = "action_step"
    VOTED = "voted"
    BALLOT_REFUSED = "ballot_refused"
    ACT_REFUSED = "act_refused"
    DECIDED = "decided"
    RECONTACTED = "recontacted"
    REOPENED = "reopened"
    ISSUE_GONE = "issue_gone"
    PARKED = "parked"
    RESUMED = "resumed"
    PROBLEM = "problem"
    CLOSED = "closed"
    SHEET_OPENED = "sheet_opened"
    QUESTION_ASKED = "question_asked"
    QUESTION_MOVED = "question_moved"
    QUESTION_LATE = "question_late"
    QUESTION_WITHDRAWN = "question_withdrawn"
    REPLIED = "replied"
    ROLLOUT_BEGAN = "rollout_began"
    VERSION_CHANGED = "version_changed"
    ROLLOUT_JUDGED = "rollout_judged"
    ROLLOUT_SILENT = "rollout_silent"
    ROLLOUT_DECIDED = "rollout_decided"
    ROLLOUT_ENDED = "rollout_ended"
    REVIEW_HELD = "review_held"
    REVIEW_ENDED = "review_ended"
    THEME_FOUND = "theme_found"
    THEME_COUNTED = "theme_counted"
    THEME_DECIDED = "theme_decided"
    THEME_DELIVERED = "theme_delivered"
    THEME_REOPENED = "theme_reopened"
    THEME_REGROUPED = "theme_regrouped"
    LOOP_CLOSED = "loop_closed"
    RUN_ARCHIVED = "run_archived"
    PERSONAL_TEXT_ERASED = "personal_text_erased"
    LEDGER_KEY_CHANGED = "ledger_key_changed"
    TAKEN_IN = "taken_in"


class Event(Frozen):
    """One thing that happened.

    `operation_id` is unique for ever and makes appending idempotent. `summary` is one plain
    sentence without the customer's words; `facts` are the values behind it.
    """

    operation_id: str
    sequence: int
    kind: EventKind
    at: Moment
    person: str | None = None
    channel: Channel | None = None
    summary: str
    facts: dict[str, Fact] = {}


class LedgerEntry(Frozen):
    """An event on its way into the ledger, with the item that it belongs to."""

    issue_id: str
    issue_key: str
    workflow_id: str
    customer: str | None = None
    category: str | None = None
    policy_version: str | None = None
    event: Event


class LedgerAnchor(Frozen):
    """A row of the ledger, written down where the ledger's owner does not reach.

    `digest` covers the row and all before it, so none of them can change without contradicting it.
    """

    row: int
    digest: str
