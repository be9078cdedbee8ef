"""`doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import typer

from console import options
from console.context import run
from console.render import examination_table
from console.surface import answers, print_json
from desk.examining.everything import examine
from runtime.settings import load_settings


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


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel="Installation")(doctor)
