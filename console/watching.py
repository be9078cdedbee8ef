"""`watch`: the queue or one item, drawn anew as it changes; in a pipe, its events as they come."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text
from temporalio.client import Client

from console import options
from console.context import connected, find, run
from console.render import NOTHING_WAITS, item_page, queue_table
from console.surface import answers, print_text
from desk.questions import ask_item_and_voters, ask_timeline, list_items
from desk.wording import moment
from models.events import Event
from runtime.problems import Unreachable, WrongSettings
from runtime.settings import load_settings

Draw = Callable[[Client], Awaitable[RenderableType]]


def watch(
    key: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="One item; left out, what waits.")
    ] = None,
    every: Annotated[
        float, typer.Option("--every", min=0.5, max=3600, help="Seconds between two looks.")
    ] = 2.0,
    as_json: options.Json = False,
) -> None:
    """Watch what waits, or one item, until Ctrl-C.

    Where the output is no terminal, or with --json, an item's events are printed as they come, a
    line each (with --json a JSON object a line), and nothing is drawn.

    Example: followthrough watch FT-12
    """
    drawn = sys.stdout.isatty() and not as_json
    if key is None and not drawn:
        raise WrongSettings(
            "the queue is only watched on a terminal.",
            remedy="Ask for it now and then with `followthrough queue --json`, or name an item.",
        )
    settings = load_settings()
    workflow_id = find(settings, key).workflow_id if key is not None else None

    async def work() -> None:
        client = await connected(settings)
        if not drawn and workflow_id is not None:
            await _follow(client, workflow_id, every, as_json=as_json)
        else:
            await _redraw(client, _item(workflow_id) if workflow_id else _queue, every)

    with suppress(KeyboardInterrupt):
        run(work())


async def _redraw(client: Client, draw: Draw, every: float) -> None:
    shown = await draw(client)
    with Live(shown, console=answers(), screen=True, auto_refresh=False) as live:
        while True:
            live.update(shown, refresh=True)
            await asyncio.sleep(every)
            try:
                shown = await draw(client)
            except Unreachable as problem:
                # What was seen last stays: it comes back by itself.
                shown = Group(Text(f"{problem.what} Trying again…", style="bold red"), shown)


async def _queue(client: Client) -> RenderableType:
    listed = await list_items(client, limit=50)
    now = datetime.now(UTC)
    return Group(
        Text(f"{moment(now)} · Ctrl-C ends"), queue_table(listed, now=now, empty=NOTHING_WAITS)
    )


def _item(workflow_id: str) -> Draw:
    async def draw(client: Client) -> RenderableType:
        status, timeline = await asyncio.gather(
            ask_item_and_voters(client, workflow_id), ask_timeline(client, workflow_id)
        )
        now = datetime.now(UTC)
        return Group(Text(f"{moment(now)} · Ctrl-C ends"), item_page(status, timeline, now=now))

    return draw


async def _follow(client: Client, workflow_id: str, every: float, *, as_json: bool) -> None:
    told = 0
    while True:
        for event in (await ask_timeline(client, workflow_id)).events:
            if event.sequence > told:
                told = event.sequence
                print_text(event.model_dump_json() if as_json else _line(event))
                sys.stdout.flush()
        await asyncio.sleep(every)


def _line(event: Event) -> str:
    who = f" · {event.person}" if event.person else ""
    return f"{moment(event.at)}{who}  {event.summary}"


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Look")(watch)
