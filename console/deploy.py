"""`deploy`: which build of the worker is given new items, and which old ones can go."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table
from temporalio.client import Client
from temporalio.service import RPCError

from activities.start_item import wake
from console import options
from console.plain_words import PlainGroup
from console.surface import answers, print_json, say, tell
from models.base import Frozen
from models.names import FEEDBACK_ITEM_WORKFLOW
from runtime.connection import connect
from runtime.deployment import (
    ALL,
    Deployment,
    Version,
    VersionStatus,
    deployment_of,
    is_served,
    promote,
    running_on,
)
from runtime.problems import ExitCode, Problem, Unreachable
from runtime.settings import load_settings

ASK_EVERY_SECONDS = 2.0
EVENT = "deploy"
Build = Annotated[str, typer.Argument(metavar="BUILD", help="As `deploy status` shows it.")]

deploy = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Choose the build of the worker that is given new items, and see which old ones can go.",
)


class Drained(Frozen):
    """What `deploy drain --json` prints: whether the build can be stopped, and what it holds."""

    build_id: str
    drained: bool
    running: int
    woken: int = 0


def status(as_json: options.Json = False) -> None:
    """Show every build that Temporal knows, and how many runs are pinned to it.

    Example: followthrough deploy status
    """
    found = asyncio.run(_status())
    if as_json:
        print_json(found)
        return
    answers().print(_table(found))
    tell(_advice(found))


def promote_build(
    build: Build,
    percent: Annotated[
        float, typer.Option(min=0, max=100, help="Give it only so many percent of the new items.")
    ] = ALL,
    as_json: options.Json = False,
) -> None:
    """Give new items to this build. What runs stays on the build that began it.

    A worker of the build has to run. Promote the former build to go back.

    Example: followthrough deploy promote 3f9c2ab01d77 --percent 10
    """
    found = asyncio.run(_promoted(build, percent))
    if as_json:
        print_json(found)
    elif percent >= ALL:
        say(f"New items go to {build} from now on.")
        tell("Leave the workers of the other builds running; see `followthrough deploy drain`.")
    else:
        say(f"{percent:g} % of the new items go to {build} from now on.")


def drain(
    build: Build,
    wake_items: Annotated[
        bool,
        typer.Option(
            "--wake", help="Have each of its items look again, which moves it to the current build."
        ),
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait until it can be stopped.")] = False,
    as_json: options.Json = False,
) -> None:
    """Say whether the workers of a build can be stopped: no run is pinned to it any more.

    An item moves to the current build when it next has something to do. Exit code: 0 when the
    build can be stopped, 1 when it cannot yet.

    Example: followthrough deploy drain 8d2e11c07a45 --wake --wait
    """
    found = asyncio.run(_drained(build, wake_items=wake_items, wait=wait))
    if as_json:
        print_json(found)
    elif found.drained:
        say(f"Nothing runs on {build} any more: its workers can be stopped.")
    else:
        runs = "run is" if found.running == 1 else "runs are"
        say(f"{found.running} {runs} pinned to {build}: leave its workers running.")
        tell(f"`followthrough deploy drain {build} --wake --wait` moves them, and waits.")
    raise typer.Exit(ExitCode.DONE if found.drained else ExitCode.ANSWER_IS_NO)


async def _status() -> Deployment:
    return await deployment_of(await connect(load_settings()))


async def _promoted(build: str, percent: float) -> Deployment:
    settings = load_settings()
    client = await connect(settings)
    (await deployment_of(client)).version(build)
    if not await is_served(client, settings.task_queue, build):
        raise Problem(
            f"no worker of {build} asked for work on the queue {settings.task_queue} lately: new "
            "items would wait.",
            remedy="Start one, and promote its build then.",
        )
    await promote(client, build, percent)
    return await deployment_of(client)


async def _drained(build: str, *, wake_items: bool, wait: bool) -> Drained:
    client = await connect(load_settings())
    found = await deployment_of(client)
    version = found.version(build)
    if version.status in (VersionStatus.CURRENT, VersionStatus.RAMPING):
        raise Problem(
            f"{build} is given new items, so it never comes to rest.",
            remedy="Promote another build first: followthrough deploy promote BUILD.",
        )
    woken = await _woken(client, build) if wake_items else 0
    while wait and version.running:
        await asyncio.sleep(ASK_EVERY_SECONDS)
        version = (await deployment_of(client)).version(build)
    return Drained(
        build_id=build, drained=version.running == 0, running=version.running, woken=woken
    )


async def _woken(client: Client, build: str) -> int:
    """Have every item of a build look at its issue again."""
    items = f"WorkflowType = '{FEEDBACK_ITEM_WORKFLOW}' AND {running_on(build)}"
    woken = 0
    try:
        async for one in client.list_workflows(items, rpc_timeout=timedelta(seconds=30)):
            woken += await wake(client, one.id, f"{EVENT}-{build}", EVENT)
    except RPCError as error:
        raise Unreachable("Temporal stopped to answer; some items may be woken.") from error
    return woken


def _table(found: Deployment) -> Table:
    table = Table()
    for name in ("build", "is", "pinned runs"):
        table.add_column(name, justify="right" if name == "pinned runs" else "left")
    for one in found.versions:
        table.add_row(one.build_id, _told(one), f"{one.running:,}")
    return table


def _told(version: Version) -> str:
    if version.status is VersionStatus.RAMPING:
        return f"ramping, {version.percent:g} % of the new items"
    return version.status.value


def _advice(found: Deployment) -> str:
    if found.current is None and found.versions:
        newest = found.versions[0].build_id
        return f"No build is given new items: they wait. `followthrough deploy promote {newest}`"
    done = [
        one.build_id
        for one in found.versions
        if one.running == 0 and one.status in (VersionStatus.DRAINED, VersionStatus.DRAINING)
    ]
    if done:
        return f"Nothing runs on {', '.join(done)}: their workers can be stopped."
    return (
        "`followthrough deploy drain BUILD` tells when the workers of an old build can be stopped."
    )


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    deploy.command("status")(status)
    deploy.command("promote")(promote_build)
    deploy.command("drain")(drain)
    app.add_typer(deploy, name="deploy", rich_help_panel="Installation")
