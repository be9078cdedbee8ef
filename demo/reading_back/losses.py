"""What should stand somewhere and does not: each as a sentence."""

from __future__ import annotations

from collections.abc import Collection

from demo.reading_back.doubles import DECISION
from demo.reading_back.evidence import Evidence, ReadIssue, ReadItem, ReadRequest
from models.approval import ActionKind
from models.events import EventKind
from models.lifecycle import Awaiting, Stage


def find_losses(evidence: Evidence, team: Collection[str], expected: int) -> list[str]:
    """Every loss. `team` are the account ids of the team; `expected` pieces of feedback were sent."""
    known = len(set(evidence.issues) | set(evidence.items))
    return [
        *([f"{expected} were sent and {known} are known"] if known < expected else []),
        *(
            sentence
            for issue in evidence.issues.values()
            for sentence in _of_issue(issue, evidence, team)
        ),
        *(
            f"{item.workflow_id} follows an issue that is not there"
            for issue_id, item in evidence.items.items()
            if issue_id not in evidence.issues and not item.all_of(EventKind.ISSUE_GONE)
        ),
        *(
            sentence
            for request_id, request in evidence.requests.items()
            for sentence in _of_request(request_id, request, evidence)
        ),
    ]


def _of_issue(issue: ReadIssue, evidence: Evidence, team: Collection[str]) -> list[str]:
    item = evidence.items.get(issue.id)
    if item is None:
        return [f"{issue.key} has no workflow"]
    if item.status is None:
        return [f"{issue.key}: its workflow {item.problem or 'did not answer'}"]
    losses = _of_decision(issue, item, evidence)
    if item.status.awaiting is Awaiting.OPERATOR:
        losses.append(f"{issue.key} stands still: {item.status.parked}")
    heard = {
        event.facts.get("comment")
        for event in item.events
        if event.kind in (EventKind.CUSTOMER_WROTE, EventKind.ANSWERED)
    }
    strangers = {*team, evidence.own_account}
    for comment in issue.comments:
        from_customer = comment.author not in strangers
        answer = comment.author in team and comment.public
        if (from_customer or answer) and comment.id not in heard:
            whose = "the customer's" if from_customer else "a public"
            losses.append(f"{issue.key}: {whose} comment {comment.id} is not in the timeline")
    return losses


def _of_decision(issue: ReadIssue, item: ReadItem, evidence: Evidence) -> list[str]:
    decided = item.all_of(EventKind.DECIDED)
    told = sum(
        comment.author == evidence.own_account and comment.body.startswith(DECISION)
        for comment in issue.comments
    )
    losses = []
    if told < len(decided):
        losses.append(f"{issue.key} was decided {len(decided)} times and tells of {told} decisions")
    status = item.status
    if status and status.stage in (Stage.WATCH, Stage.CLOSE) and status.outcome and not issue.done:
        losses.append(f"{issue.key} is decided and stands in {issue.status}")
    return losses


def _of_request(request_id: str, request: ReadRequest, evidence: Evidence) -> list[str]:
    status = request.status
    if status is None:
        return [f"{request.workflow_id} {request.problem or 'did not answer'}"]
    proposal = status.proposal
    done = [one for one in evidence.effects_of(request_id) if one["status"] == "executed"]
    granted = status.outcome is not None and status.outcome.granted
    if not granted or proposal.kind is ActionKind.CLIMB:
        return [f"{request_id} was not granted and was carried out"] if done else []
    if not done:
        return [f"{request_id} was granted and not carried out"]
    wanted = proposal.amount.minor if proposal.amount else None
    if any(one["request"].get("amount_minor") != wanted for one in done):
        return [f"{request_id} was carried out with another amount"]
    return []
