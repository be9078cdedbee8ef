"""Who may do what. Staff and apps work on every issue; customers only see their own requests."""

from local_jira.calls import Call
from local_jira.failures import (
    ISSUE_MISSING,
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
)
from local_jira.store.accounts import Account
from local_jira.store.issues import IssueRecord


def may_see(account: Account, issue: IssueRecord) -> bool:
    """Whether an account sees an issue at all: customers as its reporter, participant, approver."""
    if not account.is_customer or issue.fields.get("reporter") == account.account_id:
        return True
    invited = [*(issue.fields.get("participants") or ()), *(issue.fields.get("approvers") or ())]
    return account.account_id in invited


def require_visible(call: Call, issue: IssueRecord | None) -> IssueRecord:
    """The issue, if it exists and the caller may see it; raises NotFoundError otherwise."""
    if issue is None or not may_see(call.actor, issue):
        raise NotFoundError(ISSUE_MISSING)
    return issue


def require_staff(call: Call, doing: str) -> None:
    """Raise BadRequestError when a customer tries what only staff may do."""
    if call.actor.is_customer:
        raise BadRequestError(f"You do not have permission to {doing}.")


def require_admin(call: Call) -> None:
    """Raise ForbiddenError unless the caller administers the site."""
    if call.account is None:
        raise UnauthenticatedError
    if not call.account.is_admin:
        raise ForbiddenError("You do not have administrator permission to do this.")
