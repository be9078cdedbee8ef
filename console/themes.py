"""Commands about themes: how they stand, naming, merging and splitting them."""

from __future__ import annotations

from typing import Annotated

import typer

from console import options
from console.acts import in_words, print_answer
from console.context import connected, run, sender
from console.sheet_render import theme_page, themes_table
from console.surface import answers, print_json
from desk.sheets import find_theme, list_themes
from models.people import Actor, Channel
from models.sheet import Replied
from models.theme_messages import Regroup
from runtime.problems import WrongSettings
from runtime.settings import load_settings

Theme = Annotated[
    str, typer.Argument(metavar="THEME", help="Its id, its name, or its delivery issue's key.")
]


def themes(as_json: options.Json = False) -> None:
    """List the problems that several customers tell of, the most costly first.

    Example: followthrough themes
    """
    settings = load_settings()

    async def work() -> None:
        found = await list_themes(await connected(settings))
        if as_json:
            print_json(found)
        else:
            answers().print(themes_table(found))

    run(work())


def theme(named: Theme, as_json: options.Json = False) -> None:
    """Show one theme: whom it hits, what that costs, what is asked about it.

    Example: followthrough theme theme-10001
    """
    settings = load_settings()

    async def work() -> None:
        found = await find_theme(await connected(settings), named)
        if as_json:
            print_json(found)
        else:
            answers().print(theme_page(found))

    run(work())


def regroup(
    named: Theme,
    *,
    person: options.As,
    name: Annotated[str | None, typer.Option("--name", help="Call it so.")] = None,
    into: Annotated[str | None, typer.Option("--into", help="Merge it into this theme.")] = None,
    items: Annotated[
        list[str] | None,
        typer.Option("--split", metavar="KEY", help="Split this item off; may be repeated."),
    ] = None,
    reason: options.Reason = "",
    as_json: options.Json = False,
) -> None:
    """Name a theme, merge it into another, or split items off; only those who decide about it may.

    Example: followthrough regroup theme-10001 --name "Exports break off" --as petra --reason "Clearer"
    """
    if sum((name is not None, into is not None, bool(items))) != 1:
        raise WrongSettings("Give exactly one of --name, --into and --split.")
    if not reason.strip():
        raise WrongSettings("Say why, with --reason: it is recorded.")
    settings = load_settings()

    async def work() -> Replied:
        client = await connected(settings)
        theme_id = (await find_theme(client, named)).theme_id
        other = (await find_theme(client, into)).theme_id if into else None
        message = Regroup(
            actor=Actor(person=person, channel=Channel.CLI),
            name=name,
            into=other,
            items=tuple(items or ()),
            reason=reason,
        )
        return await (await sender(settings)).regroup(theme_id, message)

    print_answer(in_words(work), as_json)


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for look in (themes, theme):
        app.command(rich_help_panel="Look")(look)
    app.command(rich_help_panel="Decide")(regroup)
