from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from ledger.store import open_ledger
from models.events import Event, EventKind, Fact, LedgerEntry
from policies.loader import DEFAULT_DIRECTORY
from runtime.problems import ExitCode, Problem

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
HEADINGS = (
    "number,incident_state,sys_mod_count,made_sla,opened_at,sys_updated_at,priority,category,"
    "resolved_at,closed_at"
)


def rehearse(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["policy", "rehearse", *arguments])


def refused(result: Any) -> Problem:
    """What the entry would tell and leave with."""
    assert isinstance(result.exception, Problem)
    return result.exception


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FOLLOWTHROUGH_LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    return tmp_path


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The shipped policies with half of the ordinary time for a first answer."""
    directory = shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "stricter")
    text = (directory / "sla.yaml").read_text(encoding="utf-8")
    written = "first_response: 8h"
    assert written in text
    text = text.replace(written, "first_response: 4h")
    (directory / "sla.yaml").write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def past_item(data_dir: Path) -> None:
    """An ordinary item in the ledger, answered after five hours of Berlin's office and decided."""

    def entry(number: int, kind: EventKind, hours: float, **facts: Fact) -> LedgerEntry:
        at = MONDAY + timedelta(hours=hours)
        event = Event(
            operation_id=f"10001/{number}",
            sequence=number,
            kind=kind,
            at=at,
            summary="",
            facts=facts,
        )
        return LedgerEntry(
            issue_id="10001", issue_key="FT-1", workflow_id="feedback-10001", event=event
        )

    triage: dict[str, Fact] = {"severity": "S3", "category": "billing", "status": "To Do"}
    ledger = open_ledger(f"sqlite:///{data_dir / 'ledger.db'}")
    ledger.append(
        (
            entry(1, EventKind.RECEIVED, 0, segment="standard", customer_known=True),
            entry(2, EventKind.TRIAGED, 0, **triage),
            entry(3, EventKind.ANSWERED, 5),
            entry(4, EventKind.DECIDED, 5.5),
            entry(5, EventKind.CLOSED, 100),
        )
    )
    ledger.close()


@pytest.fixture
def history(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of another tool's changes."""

    def write(*rows: str, headings: str = HEADINGS) -> Path:
        path = tmp_path / "history.csv"
        path.write_text("\n".join((headings, *rows, "")), encoding="utf-8")
        return path

    return write


NEW = "INC1,New,0,true,2026-06-01T09:00,2026-06-01T09:10,3 - Moderate,C1,,"
RESOLVED = (
    "INC1,Resolved,1,true,2026-06-01T09:00,2026-06-01T12:00,3 - Moderate,C1,2026-06-01T12:00,"
)
CLOSED = (
    "INC1,Closed,2,false,2026-06-01T09:00,2026-06-15T12:00,3 - Moderate,C1,"
    "2026-06-01T12:00,2026-06-15T12:00"
)


@pytest.mark.usefixtures("past_item")
def test_an_item_that_the_changed_policy_makes_late_is_named(stricter: Path) -> None:
    result = rehearse(str(stricter), "--since", "2026-06-01", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    late = next(one for one in told["counts"] if one["what"] == "first response late")
    assert (late["in_force"], late["rehearsed"]) == ([], ["FT-1"])


@pytest.mark.usefixtures("past_item")
def test_the_page_shows_both_policies_and_the_keys_that_are_new(stricter: Path) -> None:
    result = rehearse(str(stricter), "--since", "2026-06-01")
    assert result.exit_code == 0, result.output
    (line,) = (one for one in result.stdout.splitlines() if one.startswith("first response late"))
    assert line.split()[-3:] == ["0", "1", "FT-1"]


@pytest.mark.usefixtures("past_item")
def test_facts_that_were_not_recorded_are_said(stricter: Path) -> None:
    result = rehearse(str(stricter), "--since", "2026-06-01")
    assert "Of 1 items it was not recorded" in result.stdout


@pytest.mark.usefixtures("past_item")
@pytest.mark.parametrize("dates", [("2026-06-02", "2026-07-01"), ("2026-05-01", "2026-06-01")])
def test_items_that_arrived_at_other_times_are_left_out(dates: tuple[str, str]) -> None:
    since, until = dates
    result = rehearse("--since", since, "--until", until, "--json")
    assert json.loads(result.stdout)["items"] == 0


def test_without_a_ledger_it_is_said_and_none_is_made(data_dir: Path) -> None:
    result = rehearse("--since", "2026-06-01")
    assert "there is no ledger here" in refused(result).what
    assert not (data_dir / "ledger.db").exists()


def test_either_a_date_or_a_file_is_needed() -> None:
    result = rehearse()
    assert result.exit_code == 2
    assert "--since" in result.stderr


def test_policies_that_do_not_load_are_told(data_dir: Path) -> None:
    result = rehearse(str(data_dir / "nowhere"), "--since", "2026-06-01")
    assert refused(result).exit_code is ExitCode.WRONG_USE
    assert "is not a directory" in refused(result).what


def test_a_history_is_compared_with_what_was_recorded(history: Callable[..., Path]) -> None:
    result = rehearse("--history", str(history(NEW, RESOLVED, CLOSED)), "--json")
    assert result.exit_code == 0, result.output
    agreement = json.loads(result.stdout)["agreement"]
    (severity, whole) = agreement["rows"]
    assert (severity["severity"], whole["severity"]) == ("S3", None)
    assert (whole["judged"], whole["recorded_in_time"], whole["ours_in_time"]) == (1, 0, 1)
    (disagreement,) = agreement["disagreements"]
    assert disagreement["reason"] == "agrees if judged by the closing, not by the resolution"
    assert disagreement["keys"] == ["INC1"]


def test_the_page_shows_the_rates_and_the_reasons(history: Callable[..., Path]) -> None:
    result = rehearse("--history", str(history(NEW, RESOLVED, CLOSED)))
    assert "1 (100.0 %)" in result.stdout
    assert "recorded late, ours in time" in result.stdout


def test_a_bad_row_is_told_by_its_line_beside_the_answer(history: Callable[..., Path]) -> None:
    result = rehearse("--history", str(history(NEW, "INC1,Active", CLOSED)))
    assert result.exit_code == 0, result.output
    assert "Left out: line 3" in result.stderr
    assert "1 items rehearsed" in result.stdout


def test_a_file_without_a_needed_column_is_refused(history: Callable[..., Path]) -> None:
    result = rehearse("--history", str(history(headings="number,state")))
    assert refused(result).exit_code is ExitCode.WRONG_USE
    assert "incident_state" in refused(result).what


def test_columns_with_other_names_are_read(history: Callable[..., Path], tmp_path: Path) -> None:
    file = history(NEW, RESOLVED, headings=HEADINGS.replace("incident_state", "state"))
    columns = tmp_path / "columns.yaml"
    columns.write_text("status: state\n", encoding="utf-8")
    result = rehearse("--history", str(file), "--columns", str(columns), "--json")
    assert json.loads(result.stdout)["items"] == 1


def test_columns_without_a_file_are_refused(tmp_path: Path) -> None:
    result = rehearse("--since", "2026-06-01", "--columns", str(tmp_path / "columns.yaml"))
    assert result.exit_code == 2


def test_a_mistake_in_the_columns_is_told_with_its_place(
    history: Callable[..., Path], tmp_path: Path
) -> None:
    columns = tmp_path / "columns.yaml"
    columns.write_text("statsu: state\n", encoding="utf-8")
    result = rehearse("--history", str(history(NEW)), "--columns", str(columns))
    assert refused(result).exit_code is ExitCode.WRONG_USE
    assert "columns.yaml:1:1" in refused(result).what
