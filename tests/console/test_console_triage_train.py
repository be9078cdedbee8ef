from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import cli
from ledger.records import IndexedItem
from ledger.store import open_ledger
from local_jira.testing import RunningLocalJira
from models.events import Event, EventKind, LedgerEntry
from runtime.problems import Problem, WrongSettings
from tests.jira_gateway.jira_people import Desk

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAYINGS = {
    "refund": ("refund my order", "please refund the lamp", "a refund, please", "refund it"),
    "bug": ("the app crashes", "it crashes at start", "crashes on save", "the app crashes daily"),
}


def triage(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["triage", *arguments])


def a_file(directory: Path, times: int = 3) -> str:
    rows = [
        {"text": f"{said} {number}", "label": label}
        for label, sayings in SAYINGS.items()
        for said in sayings
        for number in range(times)
    ]
    file = directory / "labelled.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


def corrected(directory: Path, issue: tuple[str, str], category: str) -> None:
    """The ledger says that a person corrected the item's category."""
    ledger = open_ledger(f"sqlite:///{directory / 'ledger.db'}")
    issue_id, key = issue
    event = Event(
        operation_id=f"{issue_id}:1",
        sequence=1,
        kind=EventKind.OVERRIDDEN,
        at=AT,
        summary="Corrected.",
        facts={"category_before": "other", "category_after": category},
    )
    named = {"issue_id": issue_id, "issue_key": key, "workflow_id": f"feedback-{issue_id}"}
    ledger.index_item(IndexedItem(**named, created_at=AT))
    ledger.append((LedgerEntry(**named, event=event),))
    ledger.close()


def test_a_model_is_kept_and_suggests_only_when_told_to(settings: Path) -> None:
    trained = json.loads(triage("train", "--file", a_file(settings), "--json").stdout)
    (listed,) = json.loads(triage("list", "--json").stdout)
    assert (listed["id"], listed["in_use"]) == (trained["id"], False)
    assert triage("use", trained["id"]).exit_code == 0
    (listed,) = json.loads(triage("list", "--json").stdout)
    assert listed["in_use"]


def test_corrections_are_learnt_with_the_text_as_jira_has_it(
    settings: Path, jira: RunningLocalJira
) -> None:
    for label, sayings in SAYINGS.items():
        for said in sayings * 3:
            corrected(settings, Desk(jira, "cora").create(said), label)
    trained = json.loads(triage("train", "--json").stdout)
    assert trained["labels"] == {"bug": 12, "refund": 12}


def test_too_few_examples_are_said_with_what_to_do(settings: Path) -> None:
    problem = triage("train").exception
    assert isinstance(problem, Problem)
    assert "there are 0 examples" in str(problem)


def test_a_label_that_the_policy_has_not_is_left_out_and_told(settings: Path) -> None:
    file = Path(a_file(settings))
    with file.open("a") as rows:
        rows.write('{"text": "a strange thing", "label": "strange"}\n')
    result = triage("train", "--file", str(file), "--json")
    assert json.loads(result.stdout)["left_out"] == {"strange": 1}
    assert "Left out 1 examples of strange" in result.stderr


def test_nothing_else_can_be_learnt(settings: Path) -> None:
    assert isinstance(triage("train", "--task", "owner").exception, WrongSettings)
