"""`resume`: the cause is mended, so what was parked goes on: one item, a project's, or all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from temporalio.client import Client

from console import options
from console.context import connected, find, run, signing_key
from console.surface import print_json, say
from desk.acts import ActSender
from desk.examining.parked import ParkedItem, parked_items
from desk.questions import ask_item
from models.base import Frozen
from models.messages import ItemStatus
from models.people import Channel
from runtime.problems import ExitCode, Problem, WrongSettings
from runtime.settings import Settings, load_settings

SETTLE_SECONDS = 2.0
"""How long we look whether something that goes on stops again at once."""
LOOK_EVERY_SECONDS = 0.25

Keys = Annotated[
    list[str] | None, typer.Argument(metavar="[KEY]...", help="Issue keys such as FT-12, or ids.")
]


class Resumed(Frozen):
    """What became of one item. `failure` is what stopped it, or stopped it again.

    With `item_ended` it was not the item that was told, but what still stood still of it.
    """

    issue_key: str
    workflow_id: str
    resumed: bool
    message: str
    failure: str | None = None
    item_ended: bool = False


class Told(Frozen):
    """What `resume` prints with `--json`; `issue_key` is empty unless it was one item."""

    message: str
    issue_key: str
    results: tuple[Resumed, ...] = ()


def resume(
    keys: Keys = None,
    *,
    person: options.As,
    project: Annotated[
        str | None, typer.Option("--project", metavar="P", help="Every parked item of a project.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every parked item.")] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Undo the approved actions of these items that stand still."),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Tell parked items that their cause is mended, in the order in which they stopped.

    Exit code: 0 all go on, 1 one could not be told or stopped again at once.

    Example: followthrough resume FT-12 --as ada
    """
    if sum((bool(keys), project is not None, everything)) != 1:
        raise WrongSettings(
            "Say what to resume, in one way.",
            remedy="Give issue keys, or --project P, or --all.",
        )
    if undo and not keys:
        raise WrongSettings("Say which items' actions to undo.", remedy="Give issue keys.")
    settings = load_settings()
    key = signing_key(settings)
    results: list[Resumed] = []
    wanted = [] if keys is None else _named(settings, keys, results)

    async def work() -> None:
        client = await connected(settings)
        items = wanted if keys else await _parked_of(client, project)
        sender = ActSender(client, key, Channel.CLI)
        results.extend(
            [
                await _tell(sender, item, person, alone=len(keys or ()) == 1, undo=undo)
                for item in items
            ]
        )
        results[:] = await _looked_after(client, results)

    run(work())
    _print(results, as_json)
    raise typer.Exit(
        ExitCode.DONE if all(one.resumed for one in results) else ExitCode.ANSWER_IS_NO
    )


def _named(settings: Settings, keys: Sequence[str], results: list[Resumed]) -> list[ParkedItem]:
    """The items that were named. A single one that is not known is a refusal of the command."""
    found = []
    for key in keys:
        try:
            item = find(settings, key)
        except Problem as problem:
            if len(keys) == 1:
                raise
            results.append(
                Resumed(issue_key=key, workflow_id="", resumed=False, message=problem.what)
            )
        else:
            found.append(ParkedItem(workflow_id=item.workflow_id, issue_key=item.issue_key))
    return found


async def _parked_of(client: Client, project: str | None) -> list[ParkedItem]:
    items = await parked_items(client)
    wanted = project.strip().upper() if project else None
    return [item for item in items if wanted is None or item.project == wanted]


async def _tell(
    sender: ActSender, item: ParkedItem, person: str, *, alone: bool, undo: bool
) -> Resumed:
    shown = item.issue_key or item.workflow_id
    try:
        told = await sender.resume(item.workflow_id, person, undo=undo)
    except Problem as problem:
        if alone:
            raise
        return _result(item, resumed=False, message=problem.what)
    how = f"`followthrough show {shown}` tells if it does."
    if item.workflow_id not in told:
        message = f"{shown} has ended; what stood still of it was told to go on; {how}"
        ended = _result(item, resumed=True, message=message)
        return ended.model_copy(update={"item_ended": True})
    return _result(item, resumed=True, message=f"{shown} was told to go on; {how}")


def _result(item: ParkedItem, *, resumed: bool, message: str) -> Resumed:
    return Resumed(
        issue_key=item.issue_key or "",
        workflow_id=item.workflow_id,
        resumed=resumed,
        message=message,
        failure=item.failure,
    )


async def _looked_after(client: Client, results: Sequence[Resumed]) -> list[Resumed]:
    """The results with what stopped again at once; looks no longer than `SETTLE_SECONDS`."""
    looked = list(results)
    until = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while any(one.resumed for one in looked):
        looked = list(await asyncio.gather(*(_looked_at(client, one) for one in looked)))
        if asyncio.get_running_loop().time() >= until:
            break
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    return looked


async def _looked_at(client: Client, result: Resumed) -> Resumed:
    # An ended item shows for ever how it stood when it ended.
    if not result.resumed or result.item_ended:
        return result
    try:
        status: ItemStatus = await ask_item(client, result.workflow_id)
    except Problem:
        return result  # it was told; that it does not answer now is another matter
    if status.parked is None:
        return result
    return result.model_copy(
        update={
            "resumed": False,
            "failure": status.parked,
            "message": f"{status.issue_key} stopped again: {status.parked}. {status.remedy}",
        }
    )


def _print(results: Sequence[Resumed], as_json: bool) -> None:
    if not results:
        summary = "Nothing is parked there."
    elif len(results) == 1:
        summary = results[0].message
    else:
        summary = f"{sum(one.resumed for one in results)} of {len(results)} go on."
    if as_json:
        only = results[0].issue_key if len(results) == 1 else ""
        print_json(Told(message=summary, issue_key=only, results=tuple(results)))
        return
    if len(results) > 1:
        for one in results:
            say(one.message)
    say(summary)


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Decide")(resume)
