"""`jira-setup`: is this Jira ready for us, and what must an administrator click if it is not?"""

from __future__ import annotations

import typer

from console import options
from console.render import examination_table
from console.surface import answers, print_json
from desk.examining.checks import Examination
from runtime.settings import load_settings


def jira_setup(as_json: options.Json = False) -> None:
    """Check the configured Jira; each line is ok, or says what an administrator must click.

    It only reads. Exit code: 0 all well, 1 something is wrong, 3 Jira cannot be reached.

    Example: followthrough jira-setup
    """
    from desk.examining.jira_setup import check_setup  # noqa: PLC0415 - loads the condition language and the Jira package, which other commands need not

    examination = Examination(findings=tuple(check_setup(load_settings())))
    if as_json:
        print_json(examination)
    else:
        answers().print(examination_table(examination))
    raise typer.Exit(examination.exit_code)


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Installation")(jira_setup)
