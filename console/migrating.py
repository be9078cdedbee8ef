"""`policy migrate`: move running items to the policy now in force, one by one and signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from console import options
from console.context import find, run, sender
from console.surface import print_json, say
from desk.acts import ActRefused, ActSender
from models.base import Frozen
from runtime.problems import ExitCode, Problem
from runtime.settings import Settings, load_settings

Keys = Annotated[
    list[str], typer.Argument(metavar="KEY...", help="Issue keys such as FT-12, or ids.")
]


class Migrated(Frozen):
    """What became of one item. `failure` is a type of the failure table where the item refused."""

    issue_key: str
    workflow_id: str = ""
    migrated: bool
    message: str
    failure: str | None = None


class Told(Frozen):
    """What `policy migrate --json` prints: one result a key, in the order given."""

    results: tuple[Migrated, ...]


def migrate(
    keys: Keys,
    *,
    person: options.As,
    reason: options.Reason = "",
    as_json: options.Json = False,
) -> None:
    """Move running items to the policy now in force. Verdicts so far stand; a second is shown.

    Exit code: 0 all were moved, 1 one was not.

    Example: followthrough policy migrate FT-12 FT-15 --as lena --reason "New contract"
    """
    settings = load_settings()

    async def work() -> list[Migrated]:
        acts = await sender(settings)
        return [await _one(settings, acts, key, person, reason) for key in keys]

    results = run(work())
    _print(results, as_json)
    raise typer.Exit(
        ExitCode.DONE if all(one.migrated for one in results) else ExitCode.ANSWER_IS_NO
    )


async def _one(settings: Settings, acts: ActSender, key: str, person: str, reason: str) -> Migrated:
    """Move one item; what hinders it does not hinder the others."""
    workflow_id = ""
    try:
        item = find(settings, key)
        workflow_id = item.workflow_id
        answer = await acts.migrate_policy(workflow_id, person, reason)
    except Problem as problem:
        return Migrated(
            issue_key=key,
            workflow_id=workflow_id,
            migrated=False,
            message=" ".join(filter(None, (problem.what, problem.remedy))),
            failure=(problem.failure or None) if isinstance(problem, ActRefused) else None,
        )
    return Migrated(
        issue_key=item.issue_key or key,
        workflow_id=workflow_id,
        migrated=True,
        message=answer.message,
    )


def _print(results: Sequence[Migrated], as_json: bool) -> None:
    if as_json:
        print_json(Told(results=tuple(results)))
        return
    for one in results:
        say(f"{one.issue_key}: {one.message}")
