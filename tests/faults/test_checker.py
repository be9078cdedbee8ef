"""The checker of chaos runs finds nothing where nothing is wrong, and every fault that is put in."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.checker import KINDS, check
from tests.faults.evidence import Comment, Evidence, Issue
from tests.faults.sample_evidence import (
    ADA,
    BEGAN,
    BOT,
    CORA,
    DECIDED,
    ISSUE,
    MOVED,
    REQUEST,
    RULES,
    SAMPLE,
    STORY,
    WAITING,
    at,
    ballot,
    event,
    with_event,
    with_issue,
    with_item,
    with_request,
    with_story,
)
from tests.test_architecture import OUTERMOST_MODULES, ROOMS, imported_names

HERE = Path(__file__).parent
CHECKER = ("checker", "check_books", "check_clocks", "check_votes", "evidence")


def changed(**changes: object) -> Evidence:
    return dataclasses.replace(SAMPLE, **changes)  # type: ignore[arg-type]


def without(*people: str) -> Evidence:
    kept = tuple(b for b in SAMPLE.requests[REQUEST].ballots if b.person not in people)
    return with_request(ballots=kept)


def voted(*ballots: object) -> Evidence:
    return with_request(ballots=ballots)


SPOILED: dict[str, tuple[str, Callable[[], Evidence]]] = {
    "an issue without a workflow": (
        "lost item",
        lambda: changed(issues={**SAMPLE.issues, "3": Issue("3", "FT-3", BEGAN, done=False)}),
    ),
    "an undecided item that waits for nobody": (
        "no reason",
        lambda: with_item("2", status={**WAITING.status, "awaiting": "nobody"}),
    ),
    "an undecided item whose workflow has ended": (
        "no reason",
        lambda: with_item("2", running=False),
    ),
    "a parked item without a remedy": (
        "no reason",
        lambda: with_item("2", status={**WAITING.status, "parked": "JiraRefused"}),
    ),
    "a deleted issue whose item waits on": (
        "unnoticed deletion",
        lambda: changed(issues={"1": ISSUE}),
    ),
    "an item that took its issue for gone": (
        "given up",
        lambda: with_item("2", timeline=(*WAITING.timeline, event(6, "issue_gone", 80))),
    ),
    "a workflow that does not answer": ("silent item", lambda: with_item("2", status=None)),
    "workflow code that failed": ("broken workflow", lambda: with_item(broken=3)),
    "workflow code of a request that failed": ("broken workflow", lambda: with_request(broken=1)),
    "an activity that never ends": ("unfinished work", lambda: with_item(idle=False)),
    "a decision that Jira does not show": ("decision not shown", lambda: with_issue(done=False)),
    "a decision without its comment": (
        "decision not told",
        lambda: with_issue(comments=ISSUE.comments[:-1]),
    ),
    "a decision made twice": (
        "doubled decision",
        lambda: with_story((*STORY, event(13, "decided", 140, person="ada", channel="jira"))),
    ),
    "a decision told twice under two operations": (
        "doubled decision",
        lambda: with_issue(
            comments=(
                *ISSUE.comments,
                Comment(15, BOT, at(132), "*Decided: answered* by ada", False, "o-3"),
            )
        ),
    ),
    "a decision by somebody who did nothing in Jira": (
        "unmade decision",
        lambda: with_event(11, person="fay"),
    ),
    "an operation commented twice": (
        "doubled comment",
        lambda: with_issue(
            comments=(*ISSUE.comments, Comment(15, BOT, at(3), "Triaged.", False, "o-1"))
        ),
    ),
    "a comment of ours without its mark": (
        "unmarked comment",
        lambda: with_issue(comments=(*ISSUE.comments, Comment(15, BOT, at(3), "Hm.", False))),
    ),
    "a person's comment heard twice": (
        "comment taken twice",
        lambda: with_story((*STORY, event(13, "answered", 80, comment=11))),
    ),
    "a customer's comment that nobody heard": (
        "unheard comment",
        lambda: with_issue(comments=(*ISSUE.comments, Comment(15, CORA, at(140), "Hm?", True))),
    ),
    "a comment that Jira committed twice": (
        "doubled write",
        lambda: changed(
            journal=(MOVED, *[{**MOVED, "path": "/rest/api/2/issue/1/comment"} for _ in range(2)])
        ),
    ),
    "a transition that was committed and is not seen": (
        "doubled transition",
        lambda: changed(journal=(MOVED, {**MOVED, "id": 6})),
    ),
    "a move into Done that was made twice": (
        "doubled transition",
        lambda: dataclasses.replace(
            with_issue(moves=ISSUE.moves * 2), journal=(MOVED, {**MOVED, "id": 6})
        ),
    ),
    "the same link twice": ("doubled link", lambda: with_issue(links=ISSUE.links * 2)),
    "money that moved twice": ("doubled effect", lambda: changed(doubles=1)),
    "an effect that stands twice": (
        "doubled effect",
        lambda: changed(effects=SAMPLE.effects * 2),
    ),
    "money for a refused request": (
        "effect without leave",
        lambda: with_request(outcome="rejected", effect=None),
    ),
    "money that nobody asked for": (
        "effect without leave",
        lambda: changed(effects=(*SAMPLE.effects, {"key": "1-abc-99"})),
    ),
    "an effect that was verified and is not there": ("missing effect", lambda: changed(effects=())),
    "a request that was started twice": ("doubled request", lambda: with_request(lives=2)),
    "one vote where two are needed": ("no quorum", lambda: without("finn")),
    "no votes at all": ("no quorum", lambda: without("fay", "finn")),
    "two votes of one human": (
        "no quorum",
        lambda: voted(ballot("fay", 100, "desk"), ballot("robot", 101)),
    ),
    "a vote by whoever asked": ("no quorum", lambda: with_request(proposer="finn")),
    "a vote by somebody of another group": (
        "no quorum",
        lambda: voted(ballot("finn", 100), ballot("ada", 101)),
    ),
    "a vote whose words were changed after it was signed": (
        "no quorum",
        lambda: voted(ballot("finn", 100), ballot("fay", 101, reason="Something else.")),
    ),
    "a vote with a forged signature": (
        "no quorum",
        lambda: voted(
            ballot("finn", 100),
            dataclasses.replace(
                ballot("fay", 101),
                proof={**(ballot("fay", 101).proof or {}), "signature": "00" * 64},
            ),
        ),
    ),
    "a vote whose proof had run out": (
        "no quorum",
        lambda: voted(ballot("finn", 100), ballot("fay", 101, at=at(5000))),
    ),
    "a vote without a proof": (
        "no quorum",
        lambda: voted(ballot("finn", 100), ballot("fay", 101, proof=None)),
    ),
    "a vote in Jira that does not stand there": (
        "no quorum",
        lambda: with_issue(comments=tuple(c for c in ISSUE.comments if c.id != 12)),
    ),
    "an approval after a refusal": (
        "no quorum",
        lambda: voted(ballot("fay", 100, says="reject"), ballot("finn", 110)),
    ),
    "a row that is not what was sealed": (
        "ledger does not verify",
        lambda: changed(bad_row="row 3: its seal does not fit its digest"),
    ),
    "a row twice": ("doubled row", lambda: changed(rows=(*SAMPLE.rows, SAMPLE.rows[0]))),
    "a decision that was not recorded": (
        "missing row",
        lambda: changed(rows=tuple(row for row in SAMPLE.rows if row.event.kind != "decided")),
    ),
    "a row that tells of somebody else": (
        "another story",
        lambda: dataclasses.replace(with_event(11, person="fay"), items=SAMPLE.items),
    ),
    "rows in another order": (
        "ledger out of order",
        lambda: changed(rows=(SAMPLE.rows[1], SAMPLE.rows[0], *SAMPLE.rows[2:])),
    ),
    "a warning one second late": ("wrong clock", lambda: with_event(5, at=at(76))),
    "a warning that forgets the closed minute": ("wrong clock", lambda: with_event(5, at=at(15))),
    "a clock that did not begin with the issue": ("wrong clock", lambda: with_event(3, at=at(1))),
    "another target than promised": ("wrong clock", lambda: with_event(4, facts={"target": 601})),
    "seconds that were not counted": (
        "wrong clock",
        lambda: with_event(7, facts={"business_seconds": 19}),
    ),
    "a wrong verdict": ("wrong clock", lambda: with_event(7, facts={"breached": True})),
    "an answer that was heard a second late": ("wrong clock", lambda: with_event(6, at=at(81))),
    "a due time one second off": (
        "wrong clock",
        lambda: with_item("2", due_shown=(WAITING.due_shown or BEGAN) + timedelta(seconds=1)),
    ),
    "a reading one second off": (
        "wrong clock",
        lambda: with_item(
            "2",
            due_shown=None,
            status={
                **(WAITING.status or {}),
                "clocks": [{"name": "first_response", "due_at": "2026-03-02T09:01:21Z"}],
            },
        ),
    ),
    "other hours than the policy has": (
        "wrong clock",
        lambda: with_event(2, facts={"calendar": '{"zone": "UTC", "windows": {"0": [[0, 1440]]}}'}),
    ),
    "a clock that stopped twice": (
        "wrong clock",
        lambda: with_story(
            (*STORY, dataclasses.replace(STORY[6], operation="feedback-1/abc/14", sequence=14))
        ),
    ),
    "a clock that paused and never was begun": (
        "wrong clock",
        lambda: with_story((*STORY, event(14, "clock_paused", 140, clocks="periodic_update"))),
    ),
}
"""What was spoiled → the kind of finding it must lead to, and how it is spoiled."""


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert check(SAMPLE, RULES) == []


@pytest.mark.parametrize("fault", SPOILED)
def test_the_checker_names(fault: str) -> None:
    kind, spoil = SPOILED[fault]
    found = check(spoil(), RULES)
    assert kind in {one.kind for one in found}, [str(one) for one in found]
    assert {one.kind for one in found} <= set(KINDS)


def test_every_kind_of_finding_is_shown_by_a_fault() -> None:
    assert {kind for kind, _ in SPOILED.values()} == set(KINDS)


def test_a_deleted_issue_whose_item_knows_of_it_is_accounted_for() -> None:
    gone = (*WAITING.timeline, event(6, "issue_gone", 80))
    evidence = with_item("2", timeline=gone, running=False, status={**DECIDED.status})
    assert check(dataclasses.replace(evidence, issues={"1": ISSUE}), RULES) == []


def test_an_item_that_a_person_reopened_after_the_decision_is_accounted_for() -> None:
    back = dataclasses.replace(ISSUE.moves[0], author=ADA, at=at(140), after="In Progress")
    assert check(with_issue(done=False, moves=(*ISSUE.moves, back)), RULES) == []


def test_the_checker_imports_nothing_of_the_product() -> None:
    for name in CHECKER:
        tree = ast.parse((HERE / f"{name}.py").read_text())
        imported = {module for module, _ in imported_names(tree)}
        assert not imported & {*ROOMS, *OUTERMOST_MODULES}, f"{name} asks what it checks"
