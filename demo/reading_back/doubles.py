"""What stands twice although it may stand once: each as a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

from demo.reading_back.evidence import Evidence, ReadIssue
from models.events import EventKind

Thing = TypeVar("Thing", bound=Hashable)
DECISION = "*Decided:"
TAKEN_IN = (EventKind.CUSTOMER_WROTE, EventKind.ANSWERED)


def find_doubles(evidence: Evidence) -> list[str]:
    """Every double in Jira, in Temporal and at the effects endpoint."""
    return [
        *_submissions(evidence),
        *_workflows(evidence),
        *_effects(evidence),
        *(
            sentence
            for issue in evidence.issues.values()
            for sentence in (
                *_comments(issue, evidence),
                *_links(issue),
                *_decisions(issue, evidence),
                *_taken_in(issue, evidence),
            )
        ),
    ]


def _twice(things: Iterable[Thing]) -> list[Thing]:
    return [thing for thing, count in Counter(things).items() if count > 1]


def _submissions(evidence: Evidence) -> list[str]:
    known = [issue.submission for issue in evidence.issues.values() if issue.submission]
    return [f"{source} {number} became two issues" for source, number in _twice(known)]


def _workflows(evidence: Evidence) -> list[str]:
    runs = [(item.workflow_id, item.runs) for item in evidence.items.values()]
    runs += [(request.workflow_id, request.runs) for request in evidence.requests.values()]
    return [f"{name} was started {count} times" for name, count in runs if count > 1]


def _effects(evidence: Evidence) -> list[str]:
    told = [f"{evidence.doubled_effects} effects were done twice"]
    keys = _twice(str(effect["key"]) for effect in evidence.effects)
    return [*(told if evidence.doubled_effects else []), *(f"effect {key} twice" for key in keys)]


def _comments(issue: ReadIssue, evidence: Evidence) -> list[str]:
    ours = [comment for comment in issue.comments if comment.author == evidence.own_account]
    operations = _twice(comment.operation for comment in ours if comment.operation)
    return [f"{issue.key} has two comments of operation {operation}" for operation in operations]


def _links(issue: ReadIssue) -> list[str]:
    return [f"{issue.key} is linked twice to {other}" for _, _, other in _twice(issue.links)]


def _decisions(issue: ReadIssue, evidence: Evidence) -> list[str]:
    item = evidence.items.get(issue.id)
    if item is None:
        return []
    told = sum(
        comment.author == evidence.own_account and comment.body.startswith(DECISION)
        for comment in issue.comments
    )
    decided = len(item.all_of(EventKind.DECIDED))
    if told <= decided:
        return []
    return [f"{issue.key} was decided {decided} times and tells of {told} decisions"]


def _taken_in(issue: ReadIssue, evidence: Evidence) -> list[str]:
    item = evidence.items.get(issue.id)
    events = item.events if item else ()
    seen = [event.facts.get("comment") for event in events if event.kind in TAKEN_IN]
    return [f"{issue.key}: comment {number} was taken in twice" for number in _twice(seen)]
