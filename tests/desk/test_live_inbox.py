"""The inbox is told of changes while somebody looks, and nobody is asked while nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from browsing import Stage

from desk.app import create_app
from desk.inbox_watch import InboxWatch
from runtime.problems import Unreachable
from runtime.settings import load_settings
from tests.browser import Browser, served

PATIENCE_SECONDS = 30


class Listing:
    """What a look answers, counted; an exception in it is raised."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.looks = 0

    async def look(self) -> str:
        self.looks += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def news_for(browser: Browser, path: str = "/live") -> AsyncIterator[AsyncIterator[str]]:
    """The lines that the desk sends to this browser."""
    async with browser.http.stream("GET", path, timeout=PATIENCE_SECONDS) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        yield stream.aiter_lines()


async def news(lines: AsyncIterator[str]) -> str:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await anext(line async for line in lines if line.startswith("event:"))


async def test_an_item_that_begins_to_wait_is_told_to_whoever_looks(stage: Stage) -> None:
    browser = await stage.signed_in("ada")
    async with news_for(browser, "/live?view=everything") as lines:
        telling = asyncio.create_task(news(lines))
        while not telling.done():  # more than one, since the first may be seen with the first look
            await stage.item()
            await asyncio.wait([telling], timeout=2)
        assert telling.result() == "event: changed"


async def test_nothing_is_told_to_somebody_who_is_not_signed_in(stage: Stage) -> None:
    page = await stage.browser().get("/live")
    assert page.url.path == "/sign-in"
    assert "event:" not in page.text


async def test_a_desk_that_is_about_to_stop_ends_what_streams(stage: Stage) -> None:
    app = create_app(load_settings())
    async with served(app) as address:
        stage.address = address
        async with news_for(await stage.signed_in("ada")) as lines:
            app.state.site.closing = lambda: True
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert [line async for line in lines if line.startswith("event:")] == []


async def test_every_listener_hears_of_a_change_that_one_look_found() -> None:
    listing = Listing("one", "other")
    watch = InboxWatch(listing.look, every_seconds=0.01)
    async with watch.listening() as first, watch.listening() as second:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await first.wait()
            await second.wait()


async def test_looks_go_on_after_temporal_was_silent() -> None:
    listing = Listing("one", Unreachable("Temporal is silent."), "other")
    watch = InboxWatch(listing.look, every_seconds=0.01)
    async with watch.listening() as changed, asyncio.timeout(PATIENCE_SECONDS):
        await changed.wait()


async def test_what_did_not_change_is_not_told_and_nobody_looks_once_nobody_listens() -> None:
    listing = Listing("one")
    watch = InboxWatch(listing.look, every_seconds=0.001)
    async with watch.listening() as changed:
        while listing.looks < 5:  # noqa: ASYNC110 - the looks have no event of their own
            await asyncio.sleep(0.001)
        assert not changed.is_set()
    looks = listing.looks
    await asyncio.sleep(0.05)
    assert listing.looks == looks
