"""Whether every item is accounted for, and everything that may stand once stands once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from tests.faults.evidence import Evidence, Finding, Happened, Issue, Item, Json, Request, Rules

DECIDED = "*Decided:"
WRITES_ONCE = ("comment", "issueLink", "remotelink")
GRANTED = ("approved", "not_needed", "approved_by_expiry")
TAKEN_IN = ("answered", "customer_wrote")
UNDECIDED = ("owner", "customer", "triage", "acknowledgement", "approval", "operator")
Thing = TypeVar("Thing", bound=Hashable)
COMMAND = re.compile(r"/([a-z]+)")


def twice(things: Iterable[Thing]) -> list[Thing]:
    """Those that are there more than once."""
    return [thing for thing, count in Counter(things).items() if count > 1]


def decided_now(story: Iterable[Happened]) -> bool:
    """Whether the last word on the item is a decision."""
    words = [one.kind for one in story if one.kind in ("decided", "reopened")]
    return bool(words) and words[-1] == "decided"


def items_unaccounted(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Every issue has its item, and the item is decided, waits for a reason, or lost its issue."""
    for issue in evidence.issues.values():
        if issue.id not in evidence.items:
            yield Finding("lost item", issue.key, "no workflow ever took this issue in")
    for issue_id, item in evidence.items.items():
        yield from _unaccounted(issue_id, item, evidence, rules)


def _unaccounted(issue_id: str, item: Item, evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    story, issue = evidence.story(issue_id), evidence.issues.get(issue_id)
    about = issue.key if issue else item.workflow_id
    if item.broken:
        told = f"its workflow code failed {item.broken} tasks"
        yield Finding("broken workflow", about, told)
    if item.status is None:
        yield Finding("silent item", about, "its workflow does not answer")
        return
    if not item.idle:
        yield Finding("unfinished work", about, "something is still under way, after all had time")
    known_gone = any(one.kind == "issue_gone" for one in story)
    if issue is None and not known_gone:
        yield Finding("unnoticed deletion", about, "its issue is gone, and it does not know")
    if issue is None or known_gone:
        if issue is not None:
            yield Finding("given up", about, "it took its issue for gone, and it is there")
        return
    yield from _waiting_or_decided(issue, item, story, rules)


def _waiting_or_decided(
    issue: Issue, item: Item, story: tuple[Happened, ...], rules: Rules
) -> Iterator[Finding]:
    about, status = issue.key, item.status or {}
    if status.get("parked"):
        if not status.get("remedy"):
            yield Finding("no reason", about, "it is parked without a remedy")
    elif decided_now(story):
        if not issue.done and not _moved_by_a_person(issue, story, rules):
            yield Finding("decision not shown", about, "it is decided, and Jira does not show it")
    elif status.get("awaiting") not in UNDECIDED or not status.get("summary"):
        yield Finding(
            "no reason", about, "it is not decided, and says of nobody that they are next"
        )
    elif not item.running:
        yield Finding("no reason", about, "it is not decided, and its workflow has ended")


def _moved_by_a_person(issue: Issue, story: tuple[Happened, ...], rules: Rules) -> bool:
    """Somebody moved it in Jira after the decision, and theirs is the last word there."""
    decided = max(one.at for one in story if one.kind == "decided")
    last = issue.moves[-1] if issue.moves else None
    return last is not None and last.author != rules.own_account and last.at >= decided


def comments_lost_or_doubled(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """What people wrote is taken in once; what Followthrough writes stands once."""
    for issue in evidence.issues.values():
        story = evidence.story(issue.id)
        ours = [one for one in issue.comments if one.author == rules.own_account]
        for operation in twice(one.operation for one in ours if one.operation):
            yield Finding("doubled comment", issue.key, f"operation {operation} commented twice")
        for one in ours:
            if one.operation is None:
                yield Finding("unmarked comment", issue.key, f"comment {one.id} names no operation")
        taken = [one.facts.get("comment") for one in story if one.kind in TAKEN_IN]
        for number in twice(taken):
            yield Finding("comment taken twice", issue.key, f"comment {number}")
        yield from _unheard(issue, set(taken), rules)


def _unheard(issue: Issue, taken: set[object], rules: Rules) -> Iterator[Finding]:
    """Public words of customers and colleagues; a command is heard in another way."""
    for one in issue.comments:
        if one.author == rules.own_account or not one.public or COMMAND.match(one.body):
            continue
        if one.id not in taken:
            yield Finding("unheard comment", issue.key, f"comment {one.id} was never taken in")


def decisions_doubled(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """A decision is made once, by somebody, and told once."""
    for issue_id in evidence.items:
        issue = evidence.issues.get(issue_id)
        about = issue.key if issue else issue_id
        story, open_ = evidence.story(issue_id), True
        for event in story:
            if event.kind == "decided":
                if not open_:
                    yield Finding("doubled decision", about, f"{event.operation} decides it again")
                open_ = False
                if issue and not _made(event, issue, rules):
                    yield Finding(
                        "unmade decision", about, f"nobody gave {event.operation} in Jira"
                    )
            elif event.kind == "reopened":
                open_ = True
        if issue is not None:
            yield from _told(issue, sum(one.kind == "decided" for one in story), rules, evidence)


def _told(issue: Issue, decided: int, rules: Rules, evidence: Evidence) -> Iterator[Finding]:
    told = sum(
        one.author == rules.own_account and one.body.startswith(DECIDED) for one in issue.comments
    )
    status = evidence.items[issue.id].status or {}
    if told > decided:
        yield Finding("doubled decision", issue.key, f"decided {decided} times, told {told} times")
    if told < decided and not status.get("parked"):
        yield Finding("decision not told", issue.key, f"decided {decided} times, told {told} times")


def _made(event: Happened, issue: Issue, rules: Rules) -> bool:
    """A decision through Jira leaves a command or a move by that very person there."""
    if event.channel != "jira":
        return True
    account = rules.voters[event.person].account if event.person in rules.voters else None
    commands = (one.author for one in issue.comments if one.body.startswith("/resolve"))
    return account in {*commands, *(one.author for one in issue.moves)}


def writes_doubled(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Jira's journal: the same writing committed twice, and moves that nobody can see."""
    ours = [
        line
        for line in evidence.journal
        if line["committed"] and line["requestSource"] == "followthrough"
    ]
    once = [
        (line["path"], line["bodyHash"])
        for line in ours
        if line["method"] == "POST" and line["path"].rstrip("/").endswith(WRITES_ONCE)
    ]
    for path, _ in twice(once):
        yield Finding("doubled write", path, "Jira committed the same writing twice")
    for issue in evidence.issues.values():
        for kind, direction, other in set(issue.links):
            if issue.links.count((kind, direction, other)) > 1:
                yield Finding("doubled link", issue.key, f"{kind} ({direction}) {other}")
        yield from _moves(issue, ours, rules)


def _moves(issue: Issue, ours: list[Json], rules: Rules) -> Iterator[Finding]:
    made = [one for one in issue.moves if one.author == rules.own_account]
    paths = {f"issue/{issue.id}/transitions", f"issue/{issue.key}/transitions"}
    sent = [
        line
        for line in ours
        if line["method"] == "POST" and any(str(line["path"]).endswith(path) for path in paths)
    ]
    if len(sent) != len(made):
        yield Finding(
            "doubled transition", issue.key, f"{len(sent)} were committed, {len(made)} are seen"
        )
    for before, after in zip(issue.moves, issue.moves[1:], strict=False):
        if after.author == before.author == rules.own_account and before.after == after.after:
            yield Finding("doubled transition", issue.key, f"moved to {after.after} twice")


def effects_doubled(evidence: Evidence) -> Iterator[Finding]:
    """Money moves once for each request that was granted, and for no other."""
    if evidence.doubles:
        yield Finding("doubled effect", "effects", f"{evidence.doubles} were carried out twice")
    keys = [str(one["key"]) for one in evidence.effects]
    for key in twice(keys):
        yield Finding("doubled effect", key, "it stands twice in the outside system's book")
    for key in keys:
        request = evidence.requests.get(key)
        if request is None or request.outcome not in GRANTED:
            told = request.outcome if request else "never asked for"
            yield Finding("effect without leave", key, f"it was carried out; its request: {told}")
    for request in evidence.requests.values():
        yield from _carried_out(request, keys)


def _carried_out(request: Request, keys: list[str]) -> Iterator[Finding]:
    if request.lives > 1:
        yield Finding(
            "doubled request", request.request_id, f"it was started {request.lives} times"
        )
    if request.broken:
        told = f"its workflow code failed {request.broken} tasks"
        yield Finding("broken workflow", request.request_id, told)
    if request.effect == "verified" and request.request_id not in keys:
        yield Finding("missing effect", request.request_id, "it was verified, and is not there")


def ledger_wrong(evidence: Evidence) -> Iterator[Finding]:
    """The ledger verifies, holds everything once, and tells the same story as Temporal."""
    if evidence.bad_row is not None:
        yield Finding("ledger does not verify", "ledger", evidence.bad_row)
    for operation in twice(row.event.operation for row in evidence.rows):
        yield Finding("doubled row", operation, "it stands twice in the ledger")
    for issue_id, item in evidence.items.items():
        yield from _same_story(issue_id, item, evidence)


def _same_story(issue_id: str, item: Item, evidence: Evidence) -> Iterator[Finding]:
    rows = [row.event for row in evidence.rows if row.workflow_id == item.workflow_id]
    recorded = {event.operation: event for event in rows}
    numbers = [(one.operation.rpartition("/")[0], one.sequence) for one in rows]
    for life in dict.fromkeys(life for life, _ in numbers):
        ours = [number for one, number in numbers if one == life]
        if ours != sorted(ours):
            yield Finding("ledger out of order", issue_id, f"the rows of {life} are mixed up")
    for event in item.timeline:
        row = recorded.get(event.operation)
        if row is None and event.kind in ("decided", "action_ended", "reopened", "closed"):
            yield Finding(
                "missing row", issue_id, f"{event.kind} {event.operation} is not recorded"
            )
        elif row is not None and row != event:
            yield Finding("another story", issue_id, f"{event.operation} is recorded differently")
