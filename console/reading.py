"""Commands that only look: queue, show, explain, settings."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from console import options
from console.context import connected, find, recall, run
from console.render import (
    NOTHING_WAITS,
    exceptions_table,
    item_page,
    queue_table,
    request_page,
    settings_table,
    timeline_table,
)
from console.surface import answers, print_json, say, tell
from desk.answers import NotFollowed
from desk.listing import WAITS_FOR_PEOPLE, ItemList
from desk.questions import (
    ask_clocks,
    ask_item_and_voters,
    ask_request,
    ask_timeline,
    list_exceptions,
    list_items,
)
from models.approval import ActionStatus
from models.base import Frozen
from models.explanation import Explanation
from models.lifecycle import Awaiting
from models.messages import ItemStatus, Timeline
from policies.clock_record import explain_recalled
from policies.explanation import explain
from policies.explanation_lines import both_verdicts
from runtime.settings import load_settings

MOST_REQUESTS = 10


class ShownItem(Frozen):
    """What `show --json` prints: `requests` are the newest ten, the oldest of them first.

    `status` is null for an item that only the ledger remembers. `verdicts` are the lines of every
    clock on which two versions of the policy have a verdict: the item was moved to another.
    """

    status: ItemStatus | None
    timeline: Timeline
    requests: tuple[ActionStatus, ...] = ()
    verdicts: tuple[str, ...] = ()


def queue(
    everything: Annotated[
        bool, typer.Option("--all", help="Every running item, whoever it waits for.")
    ] = False,
    awaiting: Annotated[
        list[Awaiting] | None, typer.Option("--awaiting", help="Only these; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: options.Json = False,
) -> None:
    """List what waits, and for whom: first what stands still, then what has an owner.

    Each of them soonest due first.

    Example: followthrough queue --awaiting approval
    """
    settings = load_settings()
    wanted = () if everything else tuple(awaiting or WAITS_FOR_PEOPLE)

    async def work() -> ItemList:
        client = await connected(settings)
        listed, in_force = await asyncio.gather(
            list_items(client, awaiting=wanted, offset=offset, limit=limit),
            list_exceptions(client),
        )
        return listed.model_copy(update={"exceptions": in_force})

    empty = NOTHING_WAITS
    if wanted != WAITS_FOR_PEOPLE:
        empty = "Nothing that was asked for waits." if wanted else "No item runs."
    listed = run(work())
    if as_json:
        print_json(listed)
        return
    answers().print(queue_table(listed, now=datetime.now(UTC), empty=empty))
    if listed.exceptions:
        answers().print(exceptions_table(listed.exceptions))
    if any(item.problem for item in listed.items):
        tell("Some items did not answer; `followthrough doctor` looks for a worker.")


def show(key: options.Key, as_json: options.Json = False) -> None:
    """Show one item: how it stands, its clocks, its requests, what happened.

    Example: followthrough show FT-12
    """
    settings, now = load_settings(), datetime.now(UTC)
    item = find(settings, key)

    async def work() -> ShownItem:
        client = await connected(settings)
        status, timeline = await asyncio.gather(
            ask_item_and_voters(client, item.workflow_id), ask_timeline(client, item.workflow_id)
        )
        newest = [one.request_id for one in status.actions][-MOST_REQUESTS:]
        requests = await asyncio.gather(*(ask_request(client, one) for one in newest))
        return ShownItem(
            status=status,
            timeline=timeline,
            requests=tuple(requests),
            verdicts=both_verdicts(explain(await ask_clocks(client, item.workflow_id), now)),
        )

    try:
        shown = run(work())
    except NotFollowed:
        recalled = recall(settings, item)
        if recalled is None:
            raise
        tell("Temporal no longer holds this item. The ledger remembers what happened.")
        verdicts = both_verdicts(explain_recalled(recalled, now))
        shown = ShownItem(status=None, timeline=recalled, verdicts=verdicts)
    if as_json:
        print_json(shown)
        return
    screen = answers()
    screen.print(
        item_page(shown.status, shown.timeline, now=now)
        if shown.status
        else timeline_table(shown.timeline)
    )
    if shown.verdicts:
        screen.print()
        say("\n".join(shown.verdicts))
    for request in shown.requests:
        screen.print()
        screen.print(request_page(request))


def explain_command(key: options.Key, as_json: options.Json = False) -> None:
    """Explain every clock of an item: each interval, counted or not, and why.

    Example: followthrough explain FT-12
    """
    settings, now = load_settings(), datetime.now(UTC)
    item = find(settings, key)

    async def work() -> Explanation:
        client = await connected(settings)
        return explain(await ask_clocks(client, item.workflow_id), now)

    try:
        explained = run(work())
    except NotFollowed:
        recalled = recall(settings, item)
        if recalled is None:
            raise
        tell("Temporal no longer holds this item. The ledger remembers what its clocks counted.")
        explained = explain_recalled(recalled, now)
    if as_json:
        print_json(explained)
        return
    if not explained.clocks:
        say("No clock has run on this item.")
    for clock in explained.clocks:
        say("\n".join(clock.lines))
        say("")


def settings_command(as_json: options.Json = False) -> None:
    """Print the settings in force and where each came from; secrets stay hidden.

    Example: followthrough settings
    """
    from runtime.settings_report import settings_report  # noqa: PLC0415 - loads the database package for one address, which other commands need not

    report = settings_report(load_settings())
    if as_json:
        print_json(report)
        return
    answers().print(settings_table(report))
    for notice in report.notices:
        tell(notice)


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(rich_help_panel="Look")(queue)
    app.command(rich_help_panel="Look")(show)
    app.command(name="explain", rich_help_panel="Look")(explain_command)
    app.command(name="settings", rich_help_panel="Installation")(settings_command)
