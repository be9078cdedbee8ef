"""Every failure the product can meet: its type, whether a retry can help, and who acts.

Activities raise `temporalio.exceptions.ApplicationError(type=failure.type, …)` from this table;
workflows branch on `.type`, never on a message text.
"""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen


class WhoActs(StrEnum):
    """Who has to do something before the work can go on."""

    NOBODY = "nobody"
    OPERATOR = "operator"
    JIRA_ADMIN = "jira_admin"
    OWNER = "owner"
    SENDER = "sender"


class Scope(StrEnum):
    """How far a failure reaches: what mends it mends all of that."""

    EVERYTHING = "everything"
    PROJECT = "project"
    ISSUE = "issue"


class Failure(Frozen):
    """One row of the table.

    `type` travels in `ApplicationError.type`; `remedy` is the sentence shown to `who`.
    """

    type: str
    retryable: bool
    who: WhoActs
    remedy: str
    scope: Scope = Scope.ISSUE


JIRA_RATE_LIMITED = Failure(
    type="JiraRateLimited",
    retryable=True,
    who=WhoActs.NOBODY,
    remedy="Jira asked us to slow down; the call is repeated when Jira said it may be.",
)
JIRA_UNAVAILABLE = Failure(
    type="JiraUnavailable",
    retryable=True,
    who=WhoActs.NOBODY,
    remedy="Jira did not answer; the call is repeated until it does.",
)
JIRA_CONFLICT = Failure(
    type="JiraConflict",
    retryable=True,
    who=WhoActs.NOBODY,
    remedy="Somebody edited the issue at the same moment; it is read again and repeated.",
)
JIRA_AUTHENTICATION = Failure(
    type="JiraAuthentication",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="Jira refused our credential, so everything that needs Jira waits. Renew JIRA_USER and "
    "JIRA_TOKEN, restart the worker, then resume the parked items.",
    scope=Scope.EVERYTHING,
)
JIRA_PERMISSION = Failure(
    type="JiraPermission",
    retryable=False,
    who=WhoActs.JIRA_ADMIN,
    remedy="Our account lacks a permission in the project, so its items wait. Grant what "
    "`followthrough jira-setup` names, then resume.",
    scope=Scope.PROJECT,
)
JIRA_ISSUE_PERMISSION = Failure(
    type="JiraIssuePermission",
    retryable=False,
    who=WhoActs.JIRA_ADMIN,
    remedy="Our account may do this in the project, but not on this issue. Look at the issue's "
    "security level and at the properties of its workflow status, then resume.",
)
JIRA_HELD = Failure(
    type="JiraHeld",
    retryable=True,
    who=WhoActs.OPERATOR,
    remedy="Jira has just refused us, so this waits and is tried again by itself. "
    "`followthrough doctor` says what was refused.",
)
JIRA_REFUSED = Failure(
    type="JiraRefused",
    retryable=False,
    who=WhoActs.JIRA_ADMIN,
    remedy="Jira refused the request as invalid. Look at the fields named, mend the project's "
    "screens or the policy, then resume.",
)
ISSUE_GONE = Failure(
    type="IssueGone",
    retryable=False,
    who=WhoActs.NOBODY,
    remedy="The issue was deleted, or hidden from our account. The item ends with that reason.",
)
ISSUE_ARCHIVED = Failure(
    type="IssueArchived",
    retryable=False,
    who=WhoActs.JIRA_ADMIN,
    remedy="The issue is archived, so nothing can be written to it and its item waits. Restore it "
    "in Jira and the item goes on by itself, or delete it and the item ends.",
)
STATUS_UNREACHABLE = Failure(
    type="StatusUnreachable",
    retryable=False,
    who=WhoActs.JIRA_ADMIN,
    remedy="The issue's Jira workflow offers no transition into the wanted status category. "
    "Add one, or move the issue by hand; the item goes on either way.",
)
POLICY_INVALID = Failure(
    type="PolicyInvalid",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="The policy files do not load. Run `followthrough doctor`, mend the lines it "
    "names, then resume.",
    scope=Scope.EVERYTHING,
)
LEDGER_UNAVAILABLE = Failure(
    type="LedgerUnavailable",
    retryable=True,
    who=WhoActs.OPERATOR,
    remedy="The ledger cannot be written. Look at its disk and its connection; decisions wait.",
    scope=Scope.EVERYTHING,
)
EFFECT_UNAVAILABLE = Failure(
    type="EffectUnavailable",
    retryable=True,
    who=WhoActs.NOBODY,
    remedy="The system that carries out the action did not answer; the call is repeated.",
)
EFFECT_REFUSED = Failure(
    type="EffectRefused",
    retryable=False,
    who=WhoActs.OWNER,
    remedy="The system that carries out the action refused it. Propose it anew with other values.",
)
EFFECT_UNVERIFIED = Failure(
    type="EffectUnverified",
    retryable=True,
    who=WhoActs.OPERATOR,
    remedy="The action was sent but cannot be seen there. Look in that system before repeating.",
)
NOTICE_UNAVAILABLE = Failure(
    type="NoticeUnavailable",
    retryable=True,
    who=WhoActs.OPERATOR,
    remedy="The mail server or the webhook did not answer. Run `followthrough doctor`; the next "
    "channel is tried, and then all once more.",
)
NOTICE_REFUSED = Failure(
    type="NoticeRefused",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="The mail server or the webhook refused the notice. Look at the address in people.yaml "
    "and at the FOLLOWTHROUGH_SMTP_* and FOLLOWTHROUGH_NOTICE_* settings.",
)
NOTICE_CHANNEL_MISSING = Failure(
    type="NoticeChannelMissing",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="people.yaml names a channel that this worker or this person does not have. Set it up, "
    "or name another one under the person's notify.",
)
EFFECT_NOT_PERMITTED = Failure(
    type="EffectNotPermitted",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="What was handed over as the approval does not allow this action, so nothing was sent. "
    "Look who started that workflow; then propose the action on its item.",
)
EFFECT_IRREVERSIBLE = Failure(
    type="EffectIrreversible",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="This kind of action cannot be undone. Look in that system how far it came, then let "
    "it be tried again.",
)
EFFECT_IN_DOUBT = Failure(
    type="EffectInDoubt",
    retryable=False,
    who=WhoActs.OPERATOR,
    remedy="The system that carries out the action did not answer for so long that nobody knows "
    "whether it was done, and undoing it did not succeed. Look there, then let it be tried again; "
    "trying again never does it twice.",
)
PARAMETERS_WRONG = Failure(
    type="ParametersWrong",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="The action needs to know more, or was told what it does not need. Say which feature, "
    "which field and value, or until when.",
)
NOT_ENTITLED = Failure(
    type="NotEntitled",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="You may not do this. Ask one of the people named.",
)
UNPROVEN = Failure(
    type="Unproven",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="The act carried no valid proof of who you are. Use the desk, Jira, the command line, "
    "or the proof text that the desk gives you for the Temporal UI.",
)
TOO_LATE = Failure(
    type="TooLate",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="This was decided before. Open the item to see by whom and why.",
)
NOTHING_TO_ACT_ON = Failure(
    type="NothingToActOn",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="Nothing of that kind waits on this item now. Open it to see what does.",
)
APPROVAL_WAITS = Failure(
    type="ApprovalWaits",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="A policy action of this item still waits for approval. Decide that first, then "
    "resolve the item.",
)
UNKNOWN_VALUE = Failure(
    type="UnknownValue",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="That category or owner is not one of those in the item's policy. Take a category of "
    "triage.yaml and a person of people.yaml.",
)
REASON_MISSING = Failure(
    type="ReasonMissing",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="Say why, in a few words: the reason is recorded with your vote.",
)
AMOUNT_MISSING = Failure(
    type="AmountMissing",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="A refund or a credit needs an amount above zero, such as 49.00 EUR.",
)
DUPLICATE_OF_ITSELF = Failure(
    type="DuplicateOfItself",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="An issue is no duplicate of itself. Name the other issue.",
)
MALFORMED = Failure(
    type="Malformed",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="The message could not be understood. Copy the text that the desk offers and try again.",
)
ALREADY_IN_FORCE = Failure(
    type="AlreadyInForce",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="The item is under the policy now in force already. Nothing was changed.",
)
ALREADY_VOTED = Failure(
    type="AlreadyVoted",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="You have voted on this request. Votes are final.",
)
STALE = Failure(
    type="Stale",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="The request is no longer the one that you looked at. Open it, look again, and vote on "
    "what it says now.",
)
UNDER_VOTE = Failure(
    type="UnderVote",
    retryable=False,
    who=WhoActs.SENDER,
    remedy="Somebody has voted on this request, so it cannot be changed any more. Let it end and "
    "propose it anew.",
)
STALE_UNDER_WAY = Failure(
    type="StaleUnderWay",
    retryable=False,
    who=WhoActs.NOBODY,
    remedy="What was approved changed while it was being carried out, so it is undone and asked "
    "anew.",
)

ALL_FAILURES: tuple[Failure, ...] = (
    JIRA_RATE_LIMITED,
    JIRA_UNAVAILABLE,
    JIRA_CONFLICT,
    JIRA_AUTHENTICATION,
    JIRA_PERMISSION,
    JIRA_ISSUE_PERMISSION,
    JIRA_HELD,
    JIRA_REFUSED,
    ISSUE_GONE,
    ISSUE_ARCHIVED,
    STATUS_UNREACHABLE,
    POLICY_INVALID,
    LEDGER_UNAVAILABLE,
    EFFECT_UNAVAILABLE,
    EFFECT_REFUSED,
    EFFECT_UNVERIFIED,
    NOTICE_UNAVAILABLE,
    NOTICE_REFUSED,
    NOTICE_CHANNEL_MISSING,
    EFFECT_NOT_PERMITTED,
    EFFECT_IRREVERSIBLE,
    EFFECT_IN_DOUBT,
    PARAMETERS_WRONG,
    NOT_ENTITLED,
    UNPROVEN,
    TOO_LATE,
    NOTHING_TO_ACT_ON,
    APPROVAL_WAITS,
    UNKNOWN_VALUE,
    REASON_MISSING,
    AMOUNT_MISSING,
    DUPLICATE_OF_ITSELF,
    MALFORMED,
    ALREADY_IN_FORCE,
    ALREADY_VOTED,
    STALE,
    UNDER_VOTE,
    STALE_UNDER_WAY,
)
FAILURES_BY_TYPE: dict[str, Failure] = {failure.type: failure for failure in ALL_FAILURES}
