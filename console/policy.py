"""`policy`: are these policy files sound, what may be written in them, and who moves to them?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console import migrating, options
from console.plain_words import PlainGroup
from console.policy_explain import explain
from console.rehearse import rehearse
from console.surface import print_json, say, tell
from models.base import Frozen
from runtime.problems import ExitCode, WrongSettings
from runtime.settings import load_settings

policy = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check policy files, see what they would decide, move running items to them.",
)

Directory = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", help="A directory of policy files; left out: the one in force."
    ),
]


class ToldProblem(Frozen):
    """One problem of a policy file, as `policy check --json` prints it."""

    file: str
    line: int
    column: int
    path: str
    what: str
    got: str | None
    remedy: str | None


class Checked(Frozen):
    """What `policy check --json` prints; `version` is the content's hash when it is sound."""

    directory: str
    sound: bool
    version: str | None
    problems: tuple[ToldProblem, ...] = ()


def check(directory: Directory = None, as_json: options.Json = False) -> None:
    """Say everything that is wrong with policy files, each with its file, line and column.

    Exit code: 0 sound, 1 not.

    Example: followthrough policy check my-policies
    """
    from policies.loader import load  # noqa: PLC0415 - loads the condition language, which other commands need not
    from policies.problems import PolicyError  # noqa: PLC0415 - as above

    where = directory or load_settings().policies
    try:
        version = load(where).version
    except PolicyError as error:
        checked = Checked(
            directory=str(where),
            sound=False,
            version=None,
            problems=tuple(ToldProblem.model_validate(asdict(one)) for one in error.problems),
        )
        _print(checked, [str(one) for one in error.problems], as_json)
        raise typer.Exit(ExitCode.ANSWER_IS_NO) from None
    sound = Checked(directory=str(where), sound=True, version=version)
    _print(sound, [f"{where} is sound. Version {version[:12]}."], as_json)


def schema(
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Write a NAME.schema.json for each file here."),
    ] = None,
) -> None:
    """Print the JSON Schemas of the policy files, or write them for an editor to use.

    Example: followthrough policy schema .schemas
    """
    from policies.schema import schemas  # noqa: PLC0415 - as in `check`

    if directory is None:
        print(json.dumps(schemas(), indent=2, ensure_ascii=False))  # noqa: T201 - JSON is the answer itself
        return
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, one in schemas().items():
            text = json.dumps(one, indent=2, ensure_ascii=False) + "\n"
            (directory / f"{name}.schema.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongSettings(
            f"The schemas cannot be written: {error.strerror}.",
            where=str(directory),
            remedy="Name a directory that you may write to.",
        ) from error
    say(f"{len(schemas())} schemas are in {directory}.")
    tell(
        "Write `# yaml-language-server: $schema=PATH` at the top of a policy file, and an editor "
        "with YAML support completes and checks it."
    )


def _print(checked: Checked, sentences: list[str], as_json: bool) -> None:
    if as_json:
        print_json(checked)
        return
    for sentence in sentences:
        say(sentence)
    if not checked.sound:
        many = len(checked.problems)
        tell(f"{many} problem{'s' if many > 1 else ''}. Items keep the policy they are pinned to.")


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    policy.command()(check)
    policy.command()(explain)
    policy.command()(schema)
    policy.command()(migrating.migrate)
    policy.command()(rehearse)
    app.add_typer(policy, name="policy", rich_help_panel="Policies")
