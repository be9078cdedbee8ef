"""`doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import typer

from console import options
from console.checks import (
    Examination,
    Finding,
    check_desk,
    check_effects,
    check_ledger,
    check_policies,
    check_settings,
    check_signing_key,
)
from console.checks_jira import check_jira
from console.checks_notices import check_notices
from console.checks_temporal import check_temporal
from console.context import run
from console.render import examination_table
from console.surface import answers, print_json
from runtime.settings import Settings, load_settings

Check = Callable[[Settings], Iterable[Finding]]
BLOCKING_CHECKS: tuple[Check, ...] = (
    check_settings,
    check_policies,
    check_signing_key,
    check_ledger,
    check_jira,
    check_desk,
    check_effects,
    check_notices,
)


def doctor(as_json: options.Json = False) -> None:
    """Check every part of this installation; each line is ok, or says how to mend it.

    Exit code: 0 all well, 1 something is wrong, 3 a part cannot be reached.

    Example: followthrough doctor
    """
    examination = run(examine(load_settings()))
    if as_json:
        print_json(examination)
    else:
        answers().print(examination_table(examination))
    raise typer.Exit(examination.exit_code)


async def examine(settings: Settings) -> Examination:
    """Do every check, all at once; the findings keep their order."""
    blocking = [asyncio.to_thread(_all_of, check, settings) for check in BLOCKING_CHECKS]
    *local, temporal = await asyncio.gather(*blocking, check_temporal(settings))
    return Examination(findings=tuple(finding for part in (*local, temporal) for finding in part))


def _all_of(check: Check, settings: Settings) -> list[Finding]:
    return list(check(settings))


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Installation")(doctor)
