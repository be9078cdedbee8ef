"""Commands that run something: up, worker, desk, local-jira."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console import options
from console.surface import say, tell
from desk.passwords import create_missing_passwords, new_password
from policies.problems import PolicyError
from runtime.log import configure_logging
from runtime.ports import LOOPBACK
from runtime.problems import Problem, WrongSettings
from runtime.settings import Settings, load_settings
from runtime.stack import LocalStack
from runtime.stack_plan import StackPorts


class LocalJiraMode(StrEnum):
    """Which Jira the stand-in stands for."""

    CLOUD = "cloud"
    DATACENTER = "datacenter"


PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="An id in people.yaml.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")]


def up(
    data_dir: options.DataDir = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Port of the desk.")
    ] = None,
) -> None:
    """Run everything on this machine: Temporal, a local Jira, the worker and the desk.

    Stays up until Ctrl-C. Passwords for the desk are made the first time and shown once.

    Example: followthrough up --data-dir .followthrough
    """
    settings = _settings(data_dir)
    if not show_new_passwords(settings):
        tell("Everybody has a password; `followthrough password PERSON` makes a new one.")
    tell("Ctrl-C stops everything again.")
    ports = StackPorts(desk=port or settings.desk_port)
    LocalStack(settings, ports=ports, say=tell).run()


def password(person: PersonArgument, data_dir: options.DataDir = None) -> None:
    """Make a new desk password for a person and show it this once; the old one ends.

    Example: followthrough password ada
    """
    settings = _settings(data_dir)
    people = _who_may_sign_in(settings)
    if person not in people:
        raise WrongSettings(
            f"{person} may not sign in at the desk.",
            where=str(settings.policies / "people.yaml"),
            remedy=f"Those who may are {', '.join(people)}.",
        )
    say(
        f"{person}'s new password for the desk, shown this once: {new_password(settings.data_dir, person)}"
    )


def show_new_passwords(settings: Settings) -> bool:
    """Make a desk password for everybody who has none, and show the new ones this once.

    Answers whether there were any.
    """
    made = create_missing_passwords(settings.data_dir, _who_may_sign_in(settings))
    if made:
        width = max(len(person) for person in made)
        lines = "\n".join(f"  {person:<{width}}  {word}" for person, word in made.items())
        say(f"Passwords for the desk, shown this once:\n{lines}")
    return bool(made)


def _who_may_sign_in(settings: Settings) -> list[str]:
    from desk.people import People, wrong_policies  # noqa: PLC0415 - loads the policies, which not every command needs

    try:
        return [person.id for person in People(settings.policies).who_may_sign_in()]
    except PolicyError as error:
        raise wrong_policies(settings.policies, error) from error


def worker_command(data_dir: options.DataDir = None) -> None:
    """Run one worker until Ctrl-C; it finishes what it has begun.

    Example: followthrough worker
    """
    import worker  # noqa: PLC0415 - loads every workflow and activity; no other command needs them

    _settings(data_dir)
    raise typer.Exit(worker.main())


def desk_command(data_dir: options.DataDir = None, port: Port = None) -> None:
    """Run the desk until Ctrl-C: the web pages and Jira's webhook.

    Example: followthrough desk --port 8700
    """
    from desk.__main__ import serve  # noqa: PLC0415 - loads the web server; as above

    settings = _settings(data_dir)
    show_new_passwords(settings)
    configure_logging(settings.log_format)
    chosen = port or settings.desk_port
    tell(f"The desk is at http://{LOOPBACK}:{chosen}; Ctrl-C stops it.")
    serve(settings, chosen)


def local_jira_command(
    data_dir: options.DataDir = None,
    port: Port = None,
    seed: Annotated[
        Path | None, typer.Option(help="Projects, people and workflow to begin with (JSON).")
    ] = None,
    mode: Annotated[
        LocalJiraMode, typer.Option(help="Which Jira to stand for: cloud or datacenter.")
    ] = LocalJiraMode.CLOUD,
    context_path: Annotated[str, typer.Option(help="Serve below this path, such as /jira.")] = "",
) -> None:
    """Run the local stand-in for Jira until Ctrl-C.

    Example: followthrough local-jira --port 8701 --seed our-project.json
    """
    from local_jira.__main__ import main  # noqa: PLC0415 - loads the whole stand-in; as above

    settings = _settings(data_dir)
    chosen = settings.jira.url.rpartition(":")[2] if port is None else str(port)
    arguments = ["--port", chosen if chosen.isdigit() else "8701"]
    arguments += ["--data-dir", str(settings.data_dir / "jira"), "--context-path", context_path]
    arguments += ["--mode", mode.value]
    arguments += ["--seed", str(seed)] if seed else []
    raise typer.Exit(main(arguments))


def _settings(data_dir: options.DataDir) -> Settings:
    """Settings with the data directory that was asked for; parts started here inherit it."""
    if data_dir is not None:
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Problem(
                f"the data directory cannot be made: {error.strerror}.",
                where=str(data_dir),
                remedy="Choose one that you may write to.",
            ) from error
        os.environ["FOLLOWTHROUGH_DATA_DIR"] = str(data_dir.resolve())
    return load_settings()


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(rich_help_panel="Run")(up)
    app.command(rich_help_panel="Run")(password)
    app.command(name="worker", rich_help_panel="Run")(worker_command)
    app.command(name="desk", rich_help_panel="Run")(desk_command)
    app.command(name="local-jira", rich_help_panel="Run")(local_jira_command)
