from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.api.common.v1 import Memo, Payload, Payloads
from temporalio.api.history.v1 import HistoryEvent, WorkflowExecutionStartedEventAttributes
from temporalio.client import WorkflowHistory
from typer.testing import CliRunner

import cli
from activities.customers import Customers
from ledger.records import ClosedRun, IndexedItem
from ledger.store import Ledger, open_ledger
from runtime.payload_codec import EncryptionCodec, PayloadKeyUnknown
from runtime.payload_keys import PayloadKeyRing, rotate_key
from runtime.pepper import load_or_create_pepper
from runtime.problems import ExitCode, Problem
from tests.ledger import tampering
from tests.ledger.conftest import MONDAY, make_entry

ROOT = Path(__file__).resolve().parents[2]
ROWS = 5


def ledger_command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["ledger", *arguments])


def problem_of(result: Any) -> Problem:
    """What the entry would tell and leave with."""
    assert isinstance(result.exception, Problem), result.output
    return result.exception


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    return tmp_path / "data"


@pytest.fixture
def book(data_dir: Path) -> Iterator[Ledger]:
    pseudonym = Customers(None, load_or_create_pepper(data_dir)).reference("cust-1")
    opened = open_ledger(f"sqlite:///{data_dir / 'ledger.db'}")
    opened.append(
        tuple(
            make_entry(number, reason="as agreed").model_copy(update={"customer": pseudonym})
            for number in range(1, ROWS + 1)
        )
    )
    opened.index_item(
        IndexedItem(
            issue_id="10001", issue_key="FB-1", workflow_id="feedback-10001", created_at=MONDAY
        )
    )
    yield opened
    opened.close()


def tamper(data_dir: Path, statement: str) -> None:
    engine = tampering.unguarded(f"sqlite:///{data_dir / 'ledger.db'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_whole_ledger_is_said_to_be_whole(book):
    result = ledger_command("verify", "--json")
    assert result.exit_code == ExitCode.DONE
    told = json.loads(result.stdout)
    assert (told["rows"], told["first_bad"]) == (ROWS, None)


def test_the_first_bad_row_is_named_and_the_exit_code_is_one(book, data_dir):
    tamper(data_dir, "UPDATE events SET person = 'mallory' WHERE sequence = 3")
    result = ledger_command("verify")
    assert result.exit_code == ExitCode.ANSWER_IS_NO
    assert "Row 3 is bad" in result.stdout


def test_a_checkpoint_shows_that_the_newest_rows_were_removed(book, data_dir, tmp_path):
    kept = tmp_path / "checkpoint.json"
    assert ledger_command("checkpoint", "--out", str(kept)).exit_code == ExitCode.DONE
    tamper(data_dir, "DELETE FROM personal_texts WHERE sequence > 4")
    tamper(data_dir, "DELETE FROM events WHERE sequence > 4")
    assert ledger_command("verify").exit_code == ExitCode.DONE
    result = ledger_command("verify", "--checkpoint", str(kept))
    assert result.exit_code == ExitCode.ANSWER_IS_NO
    assert "Row 5 is bad" in result.stdout


def test_a_checkpoint_that_somebody_edited_is_not_believed(book, tmp_path):
    kept = tmp_path / "checkpoint.json"
    ledger_command("checkpoint", "--out", str(kept))
    kept.write_text(kept.read_text().replace('"sequence": 5', '"sequence": 4'))
    problem = problem_of(ledger_command("verify", "--checkpoint", str(kept)))
    assert "not signed with a key that is trusted" in problem.sentence()


def test_an_export_verifies_on_another_machine_with_the_public_part_only(book, data_dir, tmp_path):
    result = ledger_command("export", "--out", str(tmp_path / "evidence"), "--json")
    assert result.exit_code == ExitCode.DONE
    public_key = shutil.copy(json.loads(result.stdout)["public_key"], tmp_path / "signer.pub")
    book.close()
    shutil.rmtree(data_dir)
    elsewhere = subprocess.run(
        [sys.executable, "-m", "cli", "ledger", "verify", "--export", str(tmp_path / "evidence"),
         "--public-key", str(public_key), "--json"],
        cwd=ROOT,
        env={"FOLLOWTHROUGH_DATA_DIR": str(tmp_path / "nothing"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert json.loads(elsewhere.stdout)["rows"] == ROWS
    assert not (tmp_path / "nothing").exists(), "verifying elsewhere needs and makes nothing there"


def test_a_changed_export_is_noticed(book, tmp_path):
    told = json.loads(ledger_command("export", "--out", str(tmp_path / "e"), "--json").stdout)
    events = tmp_path / "e" / "events.jsonl"
    events.write_text(events.read_text().replace("as agreed", "as bribed", 1))
    result = ledger_command(
        "verify", "--export", str(tmp_path / "e"), "--public-key", told["public_key"]
    )
    assert result.exit_code == ExitCode.ANSWER_IS_NO
    assert "Row 1 is bad: its personal text" in result.stdout


def test_an_export_needs_the_public_key(book, tmp_path):
    ledger_command("export", "--out", str(tmp_path / "e"))
    problem = problem_of(ledger_command("verify", "--export", str(tmp_path / "e")))
    assert problem.exit_code == ExitCode.WRONG_USE


def test_the_key_of_checkpoints_proves_nobodys_acts(book, data_dir):
    ledger_command("checkpoint", "--json")
    assert list((data_dir / "ledger-keys" / "trusted-keys").glob("*.pub"))
    assert not (data_dir / "trusted-keys").exists()


def test_a_rotated_key_seals_and_the_ledger_stays_whole(book):
    told = json.loads(ledger_command("rotate", "--json").stdout)
    assert told["sequence"] == ROWS + 1
    assert ledger_command("verify").exit_code == ExitCode.DONE


def test_a_customer_is_erased_by_the_id_that_the_source_knows(book):
    result = ledger_command("erase", "cust-1", "--reason", "Art. 17", "--as", "ada", "--json")
    assert result.exit_code == ExitCode.DONE, result.output
    assert json.loads(result.stdout)["texts"] == ROWS
    assert ledger_command("verify").exit_code == ExitCode.DONE
    assert book.events_of("10001")[-1].event.person == "ada"


def test_erasing_somebody_unknown_says_so(book):
    result = ledger_command("erase", "cust-9", "--reason", "Art. 17", "--as", "ada")
    assert problem_of(result).exit_code == ExitCode.ANSWER_IS_NO


def test_all_anonymous_feedback_is_not_erased_by_mistake(book):
    result = ledger_command("erase", "anonymous", "--reason", "Art. 17", "--as", "ada")
    assert problem_of(result).exit_code == ExitCode.WRONG_USE


def archived(book: Ledger, history: str) -> None:
    book.keep_history(
        ClosedRun(
            run_id="r1",
            workflow_id="feedback-10001",
            issue_id="10001",
            status="completed",
            closed_at=MONDAY,
            history=history,
        )
    )


def test_an_archived_history_is_given_back(book, tmp_path):
    archived(book, '{"events": []}')
    listed = json.loads(
        ledger_command("history", "10001", "--out", str(tmp_path / "h"), "--json").stdout
    )
    assert Path(listed["runs"][0]["file"]).read_text() == '{"events": []}'
    assert ledger_command("history", "10001", "--run", "r1").stdout == '{"events": []}\n'


def test_an_encrypted_history_is_given_back_readable_or_as_it_was_kept(book, tmp_path, monkeypatch):
    file = tmp_path / "payload-keys"
    rotate_key(file)
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"why"')
    [encrypted] = asyncio.run(EncryptionCodec(PayloadKeyRing(file)).encode([plain]))
    kept = WorkflowHistory("", [started_with(encrypted)]).to_json()
    archived(book, kept)

    without_keys = problem_of(ledger_command("history", "10001", "--run", "r1"))
    monkeypatch.setenv("FOLLOWTHROUGH_PAYLOAD_KEYS_FILE", str(file))
    readable = ledger_command("history", "10001", "--run", "r1").stdout
    as_kept = ledger_command("history", "10001", "--run", "r1", "--encrypted").stdout

    assert isinstance(without_keys, PayloadKeyUnknown)
    assert list(WorkflowHistory.from_json("", readable).events) == [started_with(plain)]
    assert as_kept == f"{kept}\n"


def started_with(argument: Payload) -> HistoryEvent:
    return HistoryEvent(
        event_id=1,
        workflow_execution_started_event_attributes=WorkflowExecutionStartedEventAttributes(
            input=Payloads(payloads=[argument]), memo=Memo(fields={"ledger": argument})
        ),
    )


def test_where_there_is_no_ledger_none_is_made(data_dir):
    problem = problem_of(ledger_command("verify"))
    assert problem.exit_code == ExitCode.UNREACHABLE
    assert not data_dir.exists()
