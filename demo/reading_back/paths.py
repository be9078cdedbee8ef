"""By which paths items went, judged by what stands in Jira, Temporal and at the effects endpoint.

Each path has one recogniser: evidence and an issue id in, yes or no out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from demo.people import STAFF
from demo.reading_back.evidence import Evidence, ReadItem, ReadRequest
from models.approval import ActionKind, ApprovalOutcome, Choice
from models.decision import Confidence
from models.events import Event, EventKind
from models.failures import NOT_ENTITLED, TOO_LATE
from models.lifecycle import Awaiting, Outcome
from models.people import Act, Channel

Recogniser = Callable[[Evidence, str], bool]
ByItem = Callable[[ReadItem], bool]
PATHS: dict[str, Recogniser] = {}
"""Path → its recogniser. The paths of a scenario file are among these."""


def count_paths(evidence: Evidence) -> dict[str, int]:
    """How many items were seen on each path."""
    return {
        name: sum(recognise(evidence, issue_id) for issue_id in evidence.items)
        for name, recognise in PATHS.items()
    }


def seen_on(evidence: Evidence, issue_id: str, path: str) -> bool:
    """Whether this item was on this path."""
    return issue_id in evidence.items and PATHS[path](evidence, issue_id)


def worker_processes(evidence: Evidence) -> int:
    """How many worker processes took part; more than one says that items outlived a worker."""
    return len({worker for item in evidence.items.values() for worker in item.workers})


def _path(name: str) -> Callable[[Recogniser], Recogniser]:
    def register(recognise: Recogniser) -> Recogniser:
        PATHS[name] = recognise
        return recognise

    return register


def _by_item(name: str, recognise: ByItem) -> None:
    PATHS[name] = lambda evidence, issue_id: recognise(evidence.items[issue_id])


def _has(item: ReadItem, kind: EventKind, **facts: object) -> bool:
    return any(_fits(event, facts) for event in item.all_of(kind))


def _fits(event: Event, facts: dict[str, object]) -> bool:
    return all(event.facts.get(name) == value for name, value in facts.items())


def _requests(
    evidence: Evidence, issue_id: str, kind: ActionKind, outcome: ApprovalOutcome | None = None
) -> list[ReadRequest]:
    return [
        request
        for request in evidence.requests_of(issue_id)
        if request.status
        and request.status.proposal.kind is kind
        and (outcome is None or request.status.outcome is outcome)
    ]


def _approvers(request: ReadRequest) -> set[str]:
    votes = request.status.votes if request.status else ()
    return {vote.human for vote in votes if vote.choice is Choice.APPROVE}


def _carried_out(evidence: Evidence, requests: Iterable[ReadRequest]) -> bool:
    ids = [request.workflow_id.removeprefix("action-") for request in requests]
    return bool(ids) and all(len(evidence.effects_of(one)) == 1 for one in ids)


@_path("plain answer")
def _plain(evidence: Evidence, issue_id: str) -> bool:
    item = evidence.items[issue_id]
    return (
        _has(item, EventKind.ANSWERED)
        and _has(item, EventKind.DECIDED)
        and not _has(item, EventKind.CLIMBED)
        and not _has(item, EventKind.REOPENED)
        and not evidence.requests_of(issue_id)
    )


@_path("refund by two people")
def _refund_by_two(evidence: Evidence, issue_id: str) -> bool:
    granted = _requests(evidence, issue_id, ActionKind.REFUND, ApprovalOutcome.APPROVED)
    by_two = [request for request in granted if len(_approvers(request)) == 2]
    return _carried_out(evidence, by_two)


@_path("refund refused")
def _refund_refused(evidence: Evidence, issue_id: str) -> bool:
    return bool(_requests(evidence, issue_id, ActionKind.REFUND, ApprovalOutcome.REJECTED))


@_path("request expired")
def _expired(evidence: Evidence, issue_id: str) -> bool:
    return bool(_requests(evidence, issue_id, ActionKind.REFUND, ApprovalOutcome.EXPIRED))


@_path("small credit")
def _small_credit(evidence: Evidence, issue_id: str) -> bool:
    free = _requests(evidence, issue_id, ActionKind.CREDIT, ApprovalOutcome.NOT_NEEDED)
    return _carried_out(evidence, free)


@_path("credit by one person")
def _credit_by_one(evidence: Evidence, issue_id: str) -> bool:
    granted = _requests(evidence, issue_id, ActionKind.CREDIT, ApprovalOutcome.APPROVED)
    return _carried_out(evidence, [one for one in granted if len(_approvers(one)) == 1])


@_path("self-approval refused")
def _self_approval(evidence: Evidence, issue_id: str) -> bool:
    return any(
        ballot.failure == NOT_ENTITLED.type and ballot.person == status.proposal.proposed_by.person
        for request in evidence.requests_of(issue_id)
        if (status := request.status)
        for ballot in status.refused
    )


@_path("data deletion")
def _data_deletion(evidence: Evidence, issue_id: str) -> bool:
    granted = _requests(evidence, issue_id, ActionKind.DATA_DELETION, ApprovalOutcome.APPROVED)
    automatic = [
        request
        for request in granted
        if request.status
        and request.status.proposal.proposed_by.channel is Channel.AUTOMATION
        and _approvers(request) == {"sam"}
    ]
    return _carried_out(evidence, automatic)


@_path("late vote refused")
def _late_vote(evidence: Evidence, issue_id: str) -> bool:
    item = evidence.items[issue_id]
    kept = any(
        ballot.failure == TOO_LATE.type
        for request in evidence.requests_of(issue_id)
        if request.status
        for ballot in request.status.refused
    )
    return kept or _has(item, EventKind.ACT_REFUSED, act="approve", failure=TOO_LATE.type)


@_path("climb approved")
def _climb_approved(evidence: Evidence, issue_id: str) -> bool:
    granted = _requests(evidence, issue_id, ActionKind.CLIMB, ApprovalOutcome.APPROVED)
    return bool(granted) and _has(evidence.items[issue_id], EventKind.CLIMBED, level=3)


@_path("climb refused")
def _climb_refused(evidence: Evidence, issue_id: str) -> bool:
    refused = _requests(evidence, issue_id, ActionKind.CLIMB, ApprovalOutcome.REJECTED)
    item = evidence.items[issue_id]
    return (
        bool(refused)
        and _has(item, EventKind.CLIMB_REFUSED)
        and not _has(item, EventKind.CLIMBED, level=3)
    )


@_path("five reports of one bug")
def _five_reports(evidence: Evidence, issue_id: str) -> bool:
    """The first of them: four others are decided as its duplicates and linked to it."""
    issue = evidence.issues.get(issue_id)
    if issue is None:
        return False
    copies = [other for other in evidence.items if _is_duplicate_of(evidence, other, issue.key)]
    return len(copies) == 4


@_path("duplicate")
def _duplicate(evidence: Evidence, issue_id: str) -> bool:
    return any(
        _is_duplicate_of(evidence, issue_id, other.key) for other in evidence.issues.values()
    )


def _is_duplicate_of(evidence: Evidence, issue_id: str, key: str) -> bool:
    issue = evidence.issues.get(issue_id)
    decided = _has(
        evidence.items[issue_id], EventKind.DECIDED, outcome=Outcome.DUPLICATE, duplicate_of=key
    )
    linked = issue is not None and any(
        kind == "Duplicate" and other == key for kind, _, other in issue.links
    )
    hinted = issue is not None and any(f"Looks like {key} " in one.body for one in issue.comments)
    return decided and linked and hinted


@_path("empty description")
def _empty(evidence: Evidence, issue_id: str) -> bool:
    issue = evidence.issues.get(issue_id)
    decided = _has(evidence.items[issue_id], EventKind.DECIDED)
    return decided and issue is not None and not issue.description.strip()


@_path("edited by hand")
def _edited(evidence: Evidence, issue_id: str) -> bool:
    """Priority and assignee were edited, and what the person set stands in Jira."""
    item, issue = evidence.items[issue_id], evidence.issues.get(issue_id)
    edits = {
        str(event.facts.get("field")): event.facts.get("after")
        for event in item.all_of(EventKind.EDITED_IN_JIRA)
    }
    return (
        issue is not None
        and {"priority", "assignee"} <= edits.keys()
        and (issue.priority, issue.assignee) == (edits["priority"], edits["assignee"])
    )


@_path("not entitled")
def _not_entitled(evidence: Evidence, issue_id: str) -> bool:
    return any(
        event.facts.get("act") == Act.RESOLVE and event.facts.get("failure") == NOT_ENTITLED.type
        for event in evidence.items[issue_id].all_of(EventKind.ACT_REFUSED)
    )


@_path("second rung")
def _second_rung(evidence: Evidence, issue_id: str) -> bool:
    item = evidence.items[issue_id]
    climbed = _has(item, EventKind.CLIMBED, level=2)
    return climbed and any(
        int(str(event.facts.get("level") or 0)) >= 2
        for event in item.all_of(EventKind.ACKNOWLEDGED)
    )


def _overridden(item: ReadItem) -> bool:
    return any("reason" in event.facts for event in item.all_of(EventKind.OVERRIDDEN))


def _unsure(item: ReadItem) -> bool:
    return any(
        event.summary.startswith("Triage is unsure") for event in item.all_of(EventKind.TRIAGED)
    )


def _decided_by_moving(item: ReadItem) -> bool:
    return any(
        str(event.facts.get("reason") or "").startswith("Moved to ")
        for event in item.all_of(EventKind.DECIDED)
    )


def _decided_at_desk(item: ReadItem) -> bool:
    return any(
        event.channel is Channel.DESK and event.person in STAFF
        for event in item.all_of(EventKind.DECIDED)
    )


_by_item("breach", lambda item: _has(item, EventKind.CLOCK_BREACHED))
_by_item(
    "praise",
    lambda item: _has(item, EventKind.TRIAGED, category="praise") and _has(item, EventKind.DECIDED),
)
_by_item("corrected by a person", lambda item: _unsure(item) and _overridden(item))
_by_item("triage overridden", _overridden)
_by_item("Japanese", lambda item: _has(item, EventKind.TRIAGED, language="ja"))
_by_item("German", lambda item: _has(item, EventKind.TRIAGED, language="de"))
_by_item(
    "paused and resumed",
    lambda item: _has(item, EventKind.CLOCK_PAUSED) and _has(item, EventKind.CLOCK_RESUMED),
)
_by_item(
    "thanked",
    lambda item: item.status is not None and item.status.resolution is Confidence.CONFIRMED,
)
_by_item(
    "came back on the issue",
    lambda item: (
        _has(item, EventKind.RECONTACTED, same_issue=True)
        and len(item.all_of(EventKind.DECIDED)) == 2
    ),
)
_by_item(
    "came back with another issue",
    lambda item: _has(item, EventKind.RECONTACTED, same_issue=False),
)
_by_item("decided by moving it", _decided_by_moving)
_by_item("decided at the desk", _decided_at_desk)
_by_item("deleted", lambda item: _has(item, EventKind.ISSUE_GONE))
_by_item(
    "waits for a visitor",
    lambda item: item.status is not None and item.status.awaiting is Awaiting.APPROVAL,
)
