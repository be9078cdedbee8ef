"""`triage`: how good are suggestions, what do they learn from, and which model makes them?"""

from __future__ import annotations

import typer

from console import triage_train
from console.plain_words import PlainGroup
from console.triage_eval import evaluate

triage = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See how good suggestions are, and let them learn from the team's corrections.",
)


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    triage.command("eval")(evaluate)
    triage.command()(triage_train.train)
    triage.command("list")(triage_train.list_models)
    triage.command()(triage_train.use)
    app.add_typer(triage, name="triage")
