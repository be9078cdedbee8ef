from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from typer.testing import CliRunner

import cli
from console.intake import RowMistakes, sent
from local_jira.testing import RunningLocalJira
from models.intake import IntakeOutcome, IntakeRow
from runtime.intake_files import BadRow, read_rows
from runtime.problems import Problem

ROWS = """submission_id,summary,description,customer
a1,Charged twice,Please refund my last invoice,cust-1
a2,,,
a3,It is down,Nothing works since this morning,cust-2
a4,"broken, row"
"""


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def a_file(directory: Path, text: str, name: str = "shop.csv") -> str:
    file = directory / name
    file.write_text(text)
    return str(file)


def test_good_rows_become_issues_and_bad_ones_are_told_by_line(settings: Path) -> None:
    result = command("intake", a_file(settings, ROWS), "--json")

    summary = json.loads(result.stdout)
    assert result.exit_code == 0, "the good rows were taken in"
    assert (summary["created"], summary["failed"]) == (2, [])
    assert [row["line"] for row in summary["bad"]] == [3, 5]
    assert "shop.csv:3: the row has no text." in result.stderr


def test_the_same_file_again_doubles_nothing(settings: Path, jira: RunningLocalJira) -> None:
    rows = "submission_id,summary\nb1,Slow since the update\nb2,No invoice came\n"
    first = json.loads(command("intake", a_file(settings, rows, "b.csv"), "--json").stdout)
    again = json.loads(command("intake", a_file(settings, rows, "b.csv"), "--json").stdout)

    assert (first["created"], again["created"]) == (2, 0)
    assert again["unchanged"] + again["updated"] == 2


def test_a_file_without_one_good_row_ends_with_1(settings: Path) -> None:
    result = command("intake", a_file(settings, "submission_id,summary\nc1,\n", "c.csv"))

    assert result.exit_code == 1
    assert result.stdout == "0 created, 0 updated, 0 unchanged, 1 bad.\n"


def test_a_file_that_is_not_there_is_wrong_use(settings: Path) -> None:
    problem = command("intake", str(settings / "none.csv")).exception

    assert isinstance(problem, Problem)
    assert problem.exit_code == 2


def test_a_refused_credential_ends_the_intake_with_the_remedy(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "not the token")

    problem = command("intake", a_file(settings, ROWS)).exception

    assert isinstance(problem, Problem)
    assert problem.exit_code == 1
    assert "JIRA_TOKEN" in (problem.remedy or "")


def test_a_silent_jira_ends_the_intake_with_3(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("console.intake.ATTEMPTS", 1)

    problem = command("intake", a_file(settings, ROWS)).exception

    assert isinstance(problem, Problem)
    assert problem.exit_code == 3
    assert "send the same file again" in (problem.remedy or "")


def test_intake_waits_as_long_as_jira_asks() -> None:
    waited: list[float] = []
    calls = iter([True, True, False])

    def busy_at_first(_row: IntakeRow) -> IntakeOutcome:
        if next(calls):
            raise ApplicationError(
                "slow down", type="JiraRateLimited", next_retry_delay=timedelta(seconds=7)
            )
        return IntakeOutcome(issue_id="1", issue_key="FT-1", created=True, updated=False)

    row = IntakeRow(source="s", submission_id="1", summary="x", description="")
    outcome = sent(busy_at_first, row, sleep=waited.append)

    assert outcome.created
    assert waited == [7.0, 7.0]


def test_a_key_leads_to_its_item_through_jira(settings: Path, jira: RunningLocalJira) -> None:
    made = command("intake", a_file(settings, "submission_id,summary\nd1,Hello you\n", "d.csv"))
    problem = command("show", "FT-424242").exception

    assert made.exit_code == 0
    assert isinstance(problem, Problem)
    assert problem.exit_code == 1
    assert problem.what.startswith("FT-424242 is not known")


def test_every_row_of_the_shipped_example_is_good() -> None:
    rows = list(read_rows(Path(__file__).parents[2] / "docs" / "examples" / "feedback.csv"))

    assert len(rows) == 5
    assert [row for row in rows if isinstance(row, BadRow)] == []


def test_the_same_mistake_on_many_rows_is_told_twenty_times_and_then_counted() -> None:
    told: list[str] = []
    mistakes = RowMistakes(Path("shop.csv"), told.append)

    for line in range(2, 52):
        mistakes.tell(BadRow(line=line, what="the row has no text", remedy="Give it one."))
    mistakes.tell(BadRow(line=52, what="the id comes twice", remedy="Look."))
    mistakes.tell_the_rest()

    assert len(told) == 22
    assert told[-1] == "shop.csv: 30 more rows: the row has no text."
