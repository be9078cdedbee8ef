from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from ledger.store import open_ledger
from models.events import Event, EventKind, LedgerEntry
from runtime.problems import Problem

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
HEADINGS = "id,customer,category,opened_at,answered_at,resolved_at,score,kept,revenue_minor\n"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FOLLOWTHROUGH_LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    return tmp_path


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture
def counted_in(data_dir: Path) -> Path:
    """Forty contacts of June, and one of them with a name that is no good HTML."""
    rows = [
        f"c{n},p{n},{'<b>billing</b>' if n % 2 else 'login'},2026-06-{n % 28 + 1:02}T09:00,"
        f"2026-06-{n % 28 + 1:02}T10:00,,{5 if n % 4 else 1},{'yes' if n % 5 else 'no'},1000"
        for n in range(40)
    ]
    file = data_dir / "calls.csv"
    file.write_text(HEADINGS + "\n".join(rows) + "\nbroken\n", encoding="utf-8")
    result = command("import", str(file), "--shape", "generic", "--source", "hotline", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["created"] == 40
    return file


def test_importing_again_doubles_nothing(counted_in: Path) -> None:
    result = command(
        "import", str(counted_in), "--shape", "generic", "--source", "hotline", "--json"
    )
    told = json.loads(result.stdout)
    assert (told["created"], told["updated"], told["unchanged"]) == (0, 0, 40)


def test_a_bad_row_is_told_by_line(counted_in: Path) -> None:
    result = command("import", str(counted_in), "--shape", "generic")
    assert f"{counted_in}:42:" in result.stderr


def test_a_file_of_bad_rows_only_is_answered_with_no(data_dir: Path) -> None:
    file = data_dir / "bad.csv"
    file.write_text("id,created_at\n1,soon\n", encoding="utf-8")
    assert command("import", str(file), "--shape", "generic").exit_code == 1


@pytest.mark.usefixtures("counted_in")
def test_a_number_carries_its_definition_its_sample_and_its_bounds() -> None:
    result = command("report", "--period", "2026-06", "--json")
    assert result.exit_code == 0, result.output
    sections = json.loads(result.stdout)["sections"]
    numbers = {one["definition"]["id"]: one for part in sections for one in part["metrics"]}
    kept = numbers["promise_kept"]
    assert (kept["numerator"], kept["denominator"], kept["value"]) == (32, 40, 0.8)
    assert kept["low"] < 0.8 < kept["high"]
    assert kept["definition"]["words"]
    assert len(kept["items"]) == 32


@pytest.mark.usefixtures("counted_in")
def test_so_many_contacts_are_named_and_the_rest_is_counted() -> None:
    result = command("report", "--json", "--items", "3")
    sections = json.loads(result.stdout)["sections"]
    numbers = {one["definition"]["id"]: one for part in sections for one in part["metrics"]}
    assert len(numbers["promise_kept"]["items"]) == 3
    assert numbers["promise_kept"]["items_left_out"] == 29


@pytest.mark.usefixtures("counted_in")
def test_the_page_escapes_what_it_shows_and_needs_nothing_from_elsewhere() -> None:
    result = command("report", "--html")
    assert result.exit_code == 0, result.output
    assert "&lt;b&gt;billing&lt;/b&gt;" in result.stdout
    assert "<b>billing" not in result.stdout
    assert "<script" not in result.stdout
    assert "http://" not in result.stdout.replace("http://www.w3.org", "")


@pytest.mark.usefixtures("counted_in")
def test_markdown_escapes_what_it_shows() -> None:
    result = command("report", "--md")
    assert r"\<b\>billing\</b\>" in result.stdout


@pytest.mark.usefixtures("counted_in")
@pytest.mark.parametrize("form", ["--html", "--md"])
def test_themes_are_shown_with_the_sum_behind_their_rank(form: str) -> None:
    told = command("report", form).stdout.replace("\\", "")
    assert "Which themes cost most?" in told
    assert "20,000 × (1 + (0 came back + 0 escalated + 4 promises broken" in told


@pytest.mark.usefixtures("counted_in")
def test_a_period_without_contacts_says_so() -> None:
    result = command("report", "--period", "2026-07")
    assert "Contacts: none" in result.stdout


@pytest.mark.usefixtures("counted_in")
def test_too_few_to_say_is_said() -> None:
    result = command("report", "--period", "2026-06-01..2026-06-05", "--md")
    assert "too few to say" in result.stdout


def test_our_own_items_are_counted_beside_what_was_imported(
    counted_in: Path, data_dir: Path
) -> None:
    ledger = open_ledger(f"sqlite:///{data_dir / 'ledger.db'}")
    told = ((EventKind.RECEIVED, 0), (EventKind.TRIAGED, 0), (EventKind.ANSWERED, 3))
    try:
        ledger.append(tuple(own_event(number, *one) for number, one in enumerate(told)))
    finally:
        ledger.close()
    result = command("report", "--json")
    assert result.exit_code == 0, result.output
    sources = [(one["source"], one["contacts"]) for one in json.loads(result.stdout)["sources"]]
    assert sources == [("followthrough", 1), ("hotline", 40)]
    only = command("report", "--json", "--source", "followthrough")
    sections = json.loads(only.stdout)["sections"]
    numbers = {one["definition"]["id"]: one for part in sections for one in part["metrics"]}
    assert numbers["first_response_p50"]["value"] == 180.0
    assert numbers["first_response_p50"]["items"] == ["FT-1"]


def own_event(number: int, kind: EventKind, hours: float) -> LedgerEntry:
    event = Event(
        operation_id=f"10001/{number}",
        sequence=number,
        kind=kind,
        at=MONDAY + timedelta(hours=hours),
        summary="",
    )
    return LedgerEntry(
        issue_id="10001", issue_key="FT-1", workflow_id="feedback-10001", event=event
    )


def test_without_a_ledger_it_is_said_and_none_is_made(data_dir: Path) -> None:
    result = command("report")
    assert isinstance(result.exception, Problem)
    assert not (data_dir / "ledger.db").exists()


@pytest.mark.parametrize("wrong", [["--period", "soon"], ["--json", "--html"]])
def test_wrong_use_is_refused(wrong: list[str]) -> None:
    assert command("report", *wrong).exit_code == 2
