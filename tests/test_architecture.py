"""The shape of the project: which room may know which, and what no file may do."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
INNER_ROOMS = (
    "models",
    "policies",
    "workflows",
    "activities",
    "jira_gateway",
    "ledger",
    "insight",
    "local_jira",
)
OUTER_ROOMS = ("runtime", "desk", "console", "demo", "bench")
ROOMS = (*INNER_ROOMS, *OUTER_ROOMS)
OUTERMOST_MODULES = ("cli", "worker")
LONGEST_FILE = 400

MAY_IMPORT: dict[str, frozenset[str]] = {
    "models": frozenset(),
    "policies": frozenset({"models"}),
    "workflows": frozenset({"models", "policies", "activities"}),
    "activities": frozenset({"models", "policies", "jira_gateway", "ledger", "insight"}),
    "jira_gateway": frozenset({"models"}),
    "ledger": frozenset({"models"}),
    "insight": frozenset({"models"}),
    "local_jira": frozenset(),
}
"""Room → the rooms it may import besides itself. The outer rooms may import all of the inner."""

NOT_IN_WORKFLOWS = frozenset({"structlog", "requests", "httpx", "jira", "sqlalchemy", "random"})
NOT_IN_RULES = frozenset({"structlog", "random", "time", "socket", "subprocess"})
CLOCKS = frozenset({"now", "utcnow", "today"})


def files_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def source_files() -> list[Path]:
    modules = [ROOT / f"{name}.py" for name in OUTERMOST_MODULES if (ROOT / f"{name}.py").exists()]
    return [*(file for room in ROOMS for file in files_of(room)), *modules]


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), filename=str(file))


def imported_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported module's top-level name with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno


def place(file: Path, line: int) -> str:
    return f"{file.relative_to(ROOT)}:{line}"


@pytest.mark.parametrize("room", INNER_ROOMS)
def test_imports_go_one_way(room):
    allowed = MAY_IMPORT[room] | {room}
    ours = {*ROOMS, *OUTERMOST_MODULES}
    wrong = [
        f"{place(file, line)} imports {name}; {room} may import {sorted(MAY_IMPORT[room])}"
        for file in files_of(room)
        for name, line in imported_names(tree_of(file))
        if name in ours and name not in allowed
    ]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("room", ["runtime", "desk"])
def test_runtime_and_desk_do_not_know_the_processes_that_use_them(room):
    wrong = [
        f"{place(file, line)} imports {name}"
        for file in files_of(room)
        for name, line in imported_names(tree_of(file))
        if name in {"cli", "console", "worker", "demo", "bench", "tests"}
    ]
    assert wrong == [], "\n".join(wrong)


def test_nothing_within_knows_that_the_local_jira_is_not_a_real_one():
    wrong = [
        f"{place(file, line)}: speak to it over HTTP, as to a real Jira"
        for room in ("runtime", "desk", *INNER_ROOMS[:-1])
        for file in files_of(room)
        for name, line in imported_names(tree_of(file))
        if name == "local_jira"
    ]
    assert wrong == [], "\n".join(wrong)


def test_only_the_gateway_knows_the_jira_package():
    wrong = [
        f"{place(file, line)}: go through jira_gateway"
        for file in source_files()
        if file.relative_to(ROOT).parts[0] != "jira_gateway"
        for name, line in imported_names(tree_of(file))
        if name == "jira"
    ]
    assert wrong == [], "\n".join(wrong)


def test_package_init_files_are_empty():
    full = [
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("__init__.py")
        if file.read_text().strip()
    ]
    assert full == [], "a package's __init__ runs inside the sandbox of every workflow; empty it"


def test_no_top_level_name_hides_the_standard_library():
    names = {*ROOMS, *(file.stem for file in ROOT.glob("*.py"))}
    assert sorted(names & sys.stdlib_module_names) == [], "rename it"


def test_files_are_short_enough_to_read():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    long = [
        f"{file.relative_to(ROOT)}: {lines} lines"
        for file in (*source_files(), *tests)
        if (lines := len(file.read_text().splitlines())) > LONGEST_FILE
    ]
    assert long == [], f"one idea a module, at most {LONGEST_FILE} lines; split: {long}"


@pytest.mark.parametrize(
    ("room", "forbidden"), [("workflows", NOT_IN_WORKFLOWS), ("policies", NOT_IN_RULES)]
)
def test_workflows_and_rules_import_nothing_that_acts_or_is_chance(room, forbidden):
    wrong = [
        f"{place(file, line)} imports {name}"
        for file in files_of(room)
        for name, line in imported_names(tree_of(file))
        if name in forbidden
    ]
    assert wrong == [], "\n".join(wrong)


def test_workflows_do_not_import_the_clock_module():
    wrong = [
        f"{place(file, line)}: use workflow.now() and workflow.sleep()"
        for file in files_of("workflows")
        for name, line in imported_names(tree_of(file))
        if name == "time"
    ]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("room", ["workflows", "policies"])
def test_time_comes_from_the_workflow_or_as_an_argument(room):
    wrong = [
        f"{place(file, node.lineno)} asks {ast.unparse(node.func)}(); take the moment as an "
        "argument, in workflows from workflow.now()"
        for file in files_of(room)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func.value) != "workflow"
    ]
    assert wrong == [], "\n".join(wrong)


def test_servers_bind_to_this_machine_only():
    wrong = [
        f"{place(file, node.lineno)}: bind to 127.0.0.1"
        for file in source_files()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Constant) and node.value in ("0.0.0.0", "::")
    ]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_when_to_touch_it(room):
    assert (ROOT / room / "README.md").is_file(), (
        f"write {room}/README.md: when to touch it, what it must not do"
    )


def test_no_room_of_the_product_writes_csv():
    """A cell that begins with = is a formula to a spreadsheet; who needs CSV has to think of it."""
    wrong = [
        f"{place(file, node.lineno)} writes CSV; see docs/security.md about formulas first"
        for file in source_files()
        if file.relative_to(ROOT).parts[0] not in {"demo", "bench"}  # they write their own inputs
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter", "to_csv"}
    ]
    assert wrong == []
