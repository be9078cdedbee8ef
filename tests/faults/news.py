"""Kinds of news in Jira, and what an item has heard when it has heard each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from models.approval import ActionKind
from models.events import EventKind
from models.lifecycle import Stage
from models.names import ITEM_LABEL
from tests.faults.post_office import PostOffice
from tests.workflows.deeds import REFUND, propose
from tests.workflows.office import Issue

VOTE = "vote"
TWO_MUST_AGREE = 9900
WORTH_A_LOOK = frozenset(
    {
        EventKind.RECEIVED,
        EventKind.CUSTOMER_WROTE,
        EventKind.EDITED_IN_JIRA,
        EventKind.OVERRIDDEN,
        EventKind.ACT_REFUSED,
        EventKind.ISSUE_GONE,
        EventKind.PARKED,
        EventKind.PROBLEM,
        EventKind.CLOSED,
    }
)
"""Kinds of events that tell of people's doings, or that something is wrong. Clocks are neither."""

Heard = Counter[tuple[str, str]]
"""How often something was heard: what, and which comment, field or voter."""


@dataclass(frozen=True)
class Told:
    """An item with its issue, the request that waits for votes, and its timeline's length so far."""

    issue: Issue
    request: str
    run_id: str
    earlier: int


@dataclass(frozen=True)
class News:
    """Something that a person does; `happen` answers what the item must hear of it.

    After news that `ends` the item nothing else of the issue need be heard.
    """

    name: str
    happen: Callable[[PostOffice, Told], Awaitable[Heard]]
    ends: bool = False


async def open_item(post: PostOffice) -> Told:
    """An item at rest whose refund waits for two votes."""
    office = post.office
    issue = await office.report(REFUND[:100], REFUND)
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    request = await propose(office, issue, ActionKind.REFUND, TWO_MUST_AGREE)
    await office.until(issue, lambda s: s.stage is Stage.APPROVE, say="votes are awaited")
    await office.settled(
        lambda: ITEM_LABEL in office.fields(issue)["labels"], say="the issue shows its item"
    )
    await post.at_rest(issue)
    run_id = (await office.handle(issue).describe()).run_id
    assert run_id is not None
    return Told(issue, request, run_id, len(await post.timeline(issue)))


async def heard(post: PostOffice, told: Told) -> Heard:
    """Everything that the item and its request made of people's doings since then."""
    found: Heard = Counter()
    for event in (await post.timeline(told.issue))[told.earlier :]:
        if event.kind in WORTH_A_LOOK:
            which = event.facts.get("comment") or event.facts.get("field") or ""
            found[event.kind.value, str(which)] += 1
    request = await post.office.request(told.request)
    found.update((VOTE, vote.person) for vote in request.votes)
    found.update((VOTE, "refused") for _ in request.refused)
    return found


async def a_word_of_the_customers(post: PostOffice, told: Told) -> Heard:
    await post.office.comment(told.issue, "cora", "Still charged twice", tell=False)
    written = post.office.comments(told.issue)[-1]["id"]
    return Counter({("customer_wrote", str(written)): 1})


async def a_vote_by_a_comment(post: PostOffice, told: Told) -> Heard:
    vote = f"/approve {told.request} The books agree."
    await post.office.comment(told.issue, "fay", vote, internal=True, tell=False)
    return Counter({(VOTE, "fay"): 1})


async def an_edit(post: PostOffice, told: Told) -> Heard:
    await post.office.edit(told.issue, "ada", priority={"name": "Highest"}, tell=False)
    return Counter({("edited_in_jira", "priority"): 1, ("overridden", ""): 1})


async def a_move(post: PostOffice, told: Told) -> Heard:
    await post.office.move(told.issue, "ada", "Ask the customer", tell=False)
    return Counter({("edited_in_jira", "status"): 1})


async def a_deletion(post: PostOffice, told: Told) -> Heard:
    await post.office.delete(told.issue, tell=False)
    return Counter({("issue_gone", ""): 1, ("closed", ""): 1})


async def leaving_the_project(post: PostOffice, told: Told) -> Heard:
    """The other project has other types of issues, so that changes too."""
    await post.office.leave(told.issue, "PROD")
    return Counter({("edited_in_jira", "project"): 1, ("edited_in_jira", "issuetype"): 1})


async def another_type(post: PostOffice, told: Told) -> Heard:
    """Support finds out that it is a task rather than feedback."""
    await post.office.edit(told.issue, "ada", issuetype={"name": "Task"}, tell=False)
    return Counter({("edited_in_jira", "issuetype"): 1})


async def a_subtask_and_back(post: PostOffice, told: Told) -> Heard:
    """The issue becomes a part of another one, and is taken out of it again.

    Of both the type tells; what an issue is a part of is not among the fields that items follow.
    """
    office = post.office
    parent = await office.create("The whole of it")
    kinds: tuple[dict[str, Any], ...] = (
        {"issuetype": {"name": "Sub-task"}, "parent": {"key": parent.key}},
        {"issuetype": {"name": "Feedback"}, "parent": None},
    )
    for fields in kinds:
        await office.edit(told.issue, "ada", tell=False, **fields)
    return Counter({("edited_in_jira", "issuetype"): 2})


ALL_NEWS = (
    News("a word of the customer's", a_word_of_the_customers),
    News("a vote by a comment", a_vote_by_a_comment),
    News("an edit", an_edit),
    News("a move", a_move),
    News("a deletion", a_deletion, ends=True),
    News("leaving the project", leaving_the_project),
    News("another type", another_type),
    News("a sub-task and back", a_subtask_and_back),
)
