"""Every kind of news under every fault of webhooks and of the search: each is heard exactly once.

First a word of the customer's and then the news, on an issue of its own for each kind. Both reach the
desk as the fault has it, and after that come a sweep and a look for lost issues. In the end Jira sends every webhook again, as an
administrator may ask it to, and nothing may be heard a second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus

from local_jira.webhooks.signing import signature
from tests.faults.news import ALL_NEWS, Heard, News, Told, a_word_of_the_customers, heard, open_item
from tests.faults.post_office import SECRET, Delivery, PostOffice, open_post_office
from tests.workflows.office import Office
from tests.workflows.opening import real_office

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("webhook-matrix")]

ALWAYS = 1000
TEN_MINUTES = 600
IDENTIFIER = "X-Atlassian-Webhook-Identifier"
THEIRS = "the secret of somebody else's Jira"


@dataclass(frozen=True)
class Fate:
    """What becomes of the webhooks of some news.

    `rule` is the local Jira's own fault, and `answers` is what the desk says to all that comes. With
    `told_elsewhere` another Jira, which signs with that secret, tells in place of ours. `stale` lets
    the first sweep see the search as it was ten minutes ago.
    """

    name: str
    rule: dict[str, Any] = field(default_factory=dict)
    answers: frozenset[int] = frozenset({200})
    told_elsewhere: str | None = None
    stale: bool = False


LOST = {"action": "webhook_drop", "times": ALWAYS}
FATES = (
    Fate("all arrive"),
    Fate("lost", LOST, answers=frozenset()),
    Fate("doubled", {"action": "webhook_duplicate", "times": ALWAYS}),
    Fate(
        "reordered",
        {"action": "webhook_reorder", "event": "comment_created", "times": len(ALL_NEWS)},
    ),
    Fate(
        "badly signed",
        {"action": "webhook_bad_signature", "times": ALWAYS},
        answers=frozenset({401}),
    ),
    Fate("told by somebody else's Jira", answers=frozenset({401}), told_elsewhere=THEIRS),
    Fate("told by a copy of our Jira", told_elsewhere=SECRET.get_secret_value()),
    Fate("lost, and the search is stale", LOST, answers=frozenset(), stale=True),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def post(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostOffice]:
    directory = tmp_path_factory.mktemp("post")
    async with real_office(directory, kind=Office) as office, open_post_office(office) as opened:
        yield opened


@dataclass(frozen=True)
class Ending:
    """What an item had to hear, had heard after the sweep, and had heard in the end."""

    expected: Heard
    heard: Heard
    in_the_end: Heard
    same_run: bool
    ended: bool


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=FATES, ids=lambda fate: fate.name
)
async def endings(post: PostOffice, request: pytest.FixtureRequest) -> dict[str, Ending]:
    """All news under one fate, side by side: how each item ended."""
    fate: Fate = request.param
    items = await asyncio.gather(*(open_item(post) for _ in ALL_NEWS))
    last, place = await post.sweep(), post.position()
    await post.arrived(place)
    happened = await _happens(post, list(zip(ALL_NEWS, items, strict=True)), fate)
    await _brought(post, fate, place)
    if fate.stale:
        _search_is_behind(post)
        last = await post.next_sweep(last)
        assert last.looked_at == 0, "this sweep must see the search as it was"
        post.office.jira.clear_faults()
    last = await post.next_sweep(last)
    first = [await _until_heard(post, *one) for one in happened]
    for delivery in await _sent_again(post, place):
        assert (await post.deliver(delivery)).status_code == 200
    await post.next_sweep(last)
    return {
        news.name: await _ending(post, news, told, expected, soon)
        for (news, told, expected), soon in zip(happened, first, strict=True)
    }


@pytest.mark.parametrize("news", ALL_NEWS, ids=lambda news: news.name)
async def test_every_piece_of_news_is_heard_exactly_once(
    news: News, endings: dict[str, Ending]
) -> None:
    ending = endings[news.name]
    assert ending.heard == ending.expected


@pytest.mark.parametrize("news", ALL_NEWS, ids=lambda news: news.name)
async def test_what_is_told_again_is_not_heard_again(
    news: News, endings: dict[str, Ending]
) -> None:
    ending = endings[news.name]
    assert ending.in_the_end == ending.heard
    assert ending.same_run, "nothing of this may begin a new life"
    assert ending.ended is news.ends


async def _happens(
    post: PostOffice, items: list[tuple[News, Told]], fate: Fate
) -> list[tuple[News, Told, Heard]]:
    """A word on every issue, then the news of each; answers what their items must hear."""
    if fate.rule:
        post.office.jira.add_fault(**fate.rule)
    words = [await a_word_of_the_customers(post, told) for _, told in items]
    return [
        (news, told, await news.happen(post, told) + (Heard() if news.ends else word))
        for (news, told), word in zip(items, words, strict=True)
    ]


async def _brought(post: PostOffice, fate: Fate, place: int) -> None:
    """What Jira sent comes to the desk, as the fate has it."""
    sent = await post.arrived(place)
    post.office.jira.clear_faults()
    _struck(fate, [one["identifier"] for one in post.office.jira.deliveries(place)], sent)
    if fate.told_elsewhere is not None:
        sent = [_elsewhere(one, fate.told_elsewhere) for one in sent]
    assert {(await post.deliver(one)).status_code for one in sent} == fate.answers


def _struck(fate: Fate, booked: list[str], sent: list[Delivery]) -> None:
    """The fault has to have happened, or the test shows nothing."""
    came = [headers[IDENTIFIER] for headers, _ in sent]
    match fate.rule.get("action"):
        case "webhook_drop":
            assert came == []
        case "webhook_duplicate":
            assert sorted(came) == sorted(booked * 2)
        case "webhook_reorder":
            assert came != booked
            assert sorted(came) == sorted(booked)
        case _:
            assert sorted(came) == sorted(booked) != []


def _elsewhere(delivery: Delivery, secret: str) -> Delivery:
    """What a Jira elsewhere, which has an issue of the same id and key, would send."""
    headers, body = delivery
    body = body.replace(b"127.0.0.1", b"jira.elsewhere.example")
    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    changed = {IDENTIFIER: f"elsewhere-{headers[IDENTIFIER]}"}
    return {**kept, **changed, "X-Hub-Signature": signature(secret, body)}, body


def _search_is_behind(post: PostOffice) -> None:
    post.office.jira.add_fault(
        action="stale_search", path_pattern="*/search/jql", delay_seconds=TEN_MINUTES, times=ALWAYS
    )


async def _until_heard(post: PostOffice, news: News, told: Told, expected: Heard) -> Heard:
    """What the item has heard when that is what is expected, or when patience is over."""
    found = Heard()

    async def all_of_it() -> bool:
        nonlocal found
        if news.ends:
            # No search shows what was deleted, and visibility takes some moments to list an item.
            await post.reconcile()
        found = await _heard(post, news, told)
        return found == expected

    with suppress(AssertionError):  # the test shows the difference better
        await post.patiently(all_of_it, say="everything is heard")
    return found


async def _heard(post: PostOffice, news: News, told: Told) -> Heard:
    """Whether a word was still read before its issue was gone is left to chance."""
    found = await heard(post, told)
    ignored = {"customer_wrote"} if news.ends else set()
    return Heard({key: count for key, count in found.items() if key[0] not in ignored})


async def _ending(
    post: PostOffice, news: News, told: Told, expected: Heard, first: Heard
) -> Ending:
    await post.at_rest(told.issue)
    described = await post.office.handle(told.issue).describe()
    return Ending(
        expected=expected,
        heard=first,
        in_the_end=await _heard(post, news, told),
        same_run=described.run_id == told.run_id,
        ended=described.status is WorkflowExecutionStatus.COMPLETED,
    )


async def _sent_again(post: PostOffice, place: int) -> list[Delivery]:
    """Everything once more, as an administrator has it sent from Jira's page of deliveries."""
    for delivery in post.office.jira.deliveries(place):
        post.office.jira.send_again(delivery["id"])
    return await post.arrived(place)
