"""`triage`: how good are suggestions, and what do they learn from?"""

from __future__ import annotations

import typer

from console.plain_words import PlainGroup
from console.triage_eval import evaluate

triage = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See how good suggestions are, and let them learn from the team's corrections.",
)


def add_to(app: typer.Typer) -> None:
    """Hang the group under the `followthrough` command."""
    triage.command("eval")(evaluate)
    app.add_typer(triage, name="triage")
