"""How a request stands, in the words that an approver needs."""

from __future__ import annotations

from models.approval import ActionStatus, Choice
from models.failures import FAILURES_BY_TYPE


def missing(status: ActionStatus) -> str:
    """What is missing for a yes; empty when the request has ended or is not planned yet."""
    if status.outcome is not None or status.plan is None:
        return ""
    voted = {vote.human for vote in status.votes}
    approvals = sum(vote.choice is Choice.APPROVE for vote in status.votes)
    lacking = max(status.plan.quorum - approvals, 0)
    if lacking == 0:
        return ""
    free = [person.name for person in status.plan.eligible if person.human not in voted]
    count = "one more yes" if lacking == 1 else f"{lacking} more yes"
    return f"{count}, from {', '.join(free) or 'nobody who is left'}"


def remedy_of(status: ActionStatus) -> str:
    """What to do about an effect that stands still or failed; empty when there is nothing."""
    known = FAILURES_BY_TYPE.get(status.stuck or status.parked or "")
    return known.remedy if known else ""


def open_to(status: ActionStatus) -> tuple[str, ...]:
    """The ids of those whose vote could count now, in the order of the plan."""
    if status.plan is None:
        return ()
    return tuple(one.id for one in status.plan.eligible if may_vote(status, one.id))


def may_vote(status: ActionStatus, person: str) -> bool:
    """Whether a vote of this person could count now; the workflow judges in the end."""
    if status.outcome is not None or status.plan is None:
        return False
    voter = next((one for one in status.plan.eligible if one.id == person), None)
    return voter is not None and voter.human not in {vote.human for vote in status.votes}


def why_not(status: ActionStatus, person: str) -> str:
    """Why this person's vote would not count; empty when it could."""
    if status.plan is None:
        return "The request is being planned; look again in a moment."
    if status.outcome is not None or may_vote(status, person):
        return ""
    excluded = next((one for one in status.plan.excluded if one.person == person), None)
    if excluded is not None:
        return f"You may not vote: {excluded.why}."
    if any(vote.person == person for vote in status.votes):
        return "You have voted. Votes are final."
    return "You are not among those who may vote on this."
