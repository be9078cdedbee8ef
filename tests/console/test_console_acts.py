from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from stage import TASK_QUEUE, client_of
from tiny_workflows import TinyAction, TinyItem
from typer.testing import CliRunner

import cli
from console.render import queue_table
from desk.listing import ItemList
from ledger.store import open_ledger
from models.events import Event, EventKind, LedgerEntry
from models.messages import ItemStart
from models.names import action_workflow_id, feedback_workflow_id
from runtime.problems import Problem


def fresh_id() -> str:
    return str(uuid.uuid4().int % 10**12)


def an_item(address: str, task_queue: str = TASK_QUEUE, project: str = "FT") -> str:
    """A running item with one open request; its issue id."""
    issue_id = fresh_id()

    async def start() -> None:
        client = await client_of(address)
        await client.start_workflow(
            TinyItem.run,
            ItemStart(issue_id=issue_id, issue_key=f"{project}-{issue_id}"),
            id=feedback_workflow_id(issue_id),
            task_queue=task_queue,
        )
        await client.start_workflow(
            TinyAction.run,
            issue_id,
            id=action_workflow_id(f"r-{issue_id}"),
            task_queue=task_queue,
        )

    asyncio.run(start())
    return issue_id


def command(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def refusal(*arguments: str) -> Problem:
    result = command(*arguments)
    assert isinstance(result.exception, Problem), (result.output, result.exception)
    return result.exception


def test_ack_prints_the_items_answer(installation: Path, served_address: str) -> None:
    result = command("ack", an_item(served_address), "--as", "ada")

    assert (result.exit_code, result.stdout) == (0, "ada has taken this on.\n")


def test_the_answer_is_one_json_document_on_request(
    installation: Path, served_address: str
) -> None:
    result = command("ack", an_item(served_address), "--as", "ada", "--json")

    assert json.loads(result.stdout) == {
        "message": "ada has taken this on.",
        "stage": "escalate",
        "request_id": None,
    }


def test_a_person_who_may_not_is_told_why_and_who_may(
    installation: Path, served_address: str
) -> None:
    problem = refusal("ack", an_item(served_address), "--as", "eve")

    assert problem.exit_code == 1
    assert problem.what == "eve is not on this rung; ada is."
    assert problem.remedy is not None


def test_two_people_approve_and_a_later_vote_is_told_that_it_is_too_late(
    installation: Path, served_address: str
) -> None:
    issue_id = an_item(served_address)

    first = command("approve", issue_id, "--as", "ada", "--reason", "billed twice")
    again = refusal("approve", issue_id, "--as", "ada", "--reason", "once more")
    second = command("approve", issue_id, "--as", "fay", "--reason", "seen it")
    late = refusal("reject", issue_id, "--as", "fay", "--reason", "changed my mind")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert again.what == "ada has voted."
    assert late.what == "The request was approved before."
    assert "Open the item" in (late.remedy or "")


def test_an_approver_who_does_not_exist_is_refused_before_anything_is_sent(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")

    for act in (("approve", "12"), ("resolve", "12", "fixed"), ("ack", "12")):
        problem = refusal(*act, "--as", "nobody-of-that-name")

        assert problem.exit_code == 2
        assert problem.what.startswith("nobody-of-that-name is not in people.yaml; it lists ada, ")


@pytest.mark.parametrize("reason", [(), ("--reason", ""), ("--reason", "  ")])
def test_a_reason_is_needed_before_anything_is_sent(
    installation: Path, monkeypatch: pytest.MonkeyPatch, reason: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")

    for act in (("approve", "12"), ("reject", "12"), ("resolve", "12", "fixed")):
        problem = refusal(*act, "--as", "ada", *reason)

        assert (problem.exit_code, problem.what) == (2, "Give a reason: it is recorded.")


def test_an_override_needs_something_to_correct(installation: Path) -> None:
    problem = refusal("override", "12", "--as", "ada", "--reason", "wrong")

    assert problem.exit_code == 2
    assert "--severity" in (problem.remedy or "")


def test_override_propose_and_resolve_reach_the_item(
    installation: Path, served_address: str
) -> None:
    issue_id = an_item(served_address)
    reason = ("--as", "ada", "--reason", "all are down")
    asked = ("--as", "ada", "--summary", "Billed twice", "--amount", "129.00 EUR")

    override = command("override", issue_id, "--severity", "S1", *reason)
    propose = command("propose", issue_id, "refund", *asked, "--json")
    resolve = command("resolve", issue_id, "fixed", *reason)
    closed = refusal("ack", issue_id, "--as", "ada")

    assert override.stdout == "Severity is now S1.\n"
    assert json.loads(propose.stdout)["request_id"] == "r-new"
    assert resolve.stdout == "Decided: fixed.\n"
    assert "has ended" in closed.what


def test_resume_is_signed(installation: Path, served_address: str) -> None:
    issue_id = an_item(served_address)

    result = command("resume", issue_id, "--as", "ada")

    async def was_resumed() -> bool:
        client = await client_of(served_address)
        handle = client.get_workflow_handle(feedback_workflow_id(issue_id))
        return bool(await handle.query("was_resumed"))

    assert result.exit_code == 0, result.output
    assert asyncio.run(was_resumed())


def test_an_amount_that_is_none_is_refused_before_anything_is_sent(installation: Path) -> None:
    problem = refusal(
        "propose", "12", "refund", "--as", "ada", "--summary", "x", "--amount", "12,5 euros"
    )

    assert problem.exit_code == 2


def test_an_unknown_item_is_one_sentence(installation: Path) -> None:
    problem = refusal("ack", fresh_id(), "--as", "ada")

    assert (problem.exit_code, problem.what) == (1, "No such item is followed.")


def test_a_key_that_is_none_is_wrong_use(installation: Path) -> None:
    assert refusal("ack", "not a key", "--as", "ada").exit_code == 2


def test_while_jira_does_not_answer_a_key_is_looked_up_in_the_ledger_then_reported(
    installation: Path,
) -> None:
    problem = refusal("ack", "FT-99", "--as", "ada")

    assert problem.exit_code == 3
    assert "Jira" in problem.what
    assert "doctor" in (problem.remedy or "")


def test_without_a_signing_key_nobody_can_act_and_is_told_what_to_do(
    installation: Path, served_address: str
) -> None:
    (installation / "signing-key.pem").unlink()

    problem = refusal("ack", an_item(served_address), "--as", "ada")

    assert "no signing key" in problem.what
    assert not (installation / "signing-key.pem").exists(), "the terminal must not make a key"


def test_while_temporal_does_not_answer_the_exit_code_is_3(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")

    problem = refusal("ack", "12", "--as", "ada")

    assert problem.exit_code == 3
    assert "followthrough up" in (problem.remedy or "")


def test_queue_and_show_print_tables_and_stable_json(
    installation: Path, served_address: str
) -> None:
    issue_id = an_item(served_address)

    queue = command("queue", "--all", "--limit", "200")
    listed = json.loads(command("queue", "--all", "--limit", "200", "--json").stdout)
    page = command("show", issue_id)
    shown = json.loads(command("show", issue_id, "--json").stdout)

    assert queue.exit_code == 0, queue.output
    assert issue_id in {item["workflow_id"].removeprefix("feedback-") for item in listed["items"]}
    assert f"FT-{issue_id}" in page.stdout
    assert "Climbed to rung 1 <owner>." in page.stdout
    assert "one more yes" not in page.stdout, "two are needed"
    assert "2 more yes, from Ada Agent, Fay Finance" in page.stdout
    assert set(shown) == {"status", "timeline", "requests", "verdicts"}
    assert shown["status"]["clocks"][0]["due_at"].endswith("Z")


def test_explain_prints_every_interval_and_the_verdict_as_text_and_as_json(
    installation: Path, served_address: str
) -> None:
    issue_id = an_item(served_address)

    page = command("explain", issue_id)
    explained = json.loads(command("explain", issue_id, "--json").stdout)

    assert page.exit_code == 0, page.output
    (clock,) = explained["clocks"]
    assert clock["verdict"] == "met"
    assert [one["kind"] for one in clock["intervals"]] == ["counted"]
    assert all(line in page.stdout for line in clock["lines"])
    assert "Mon 23 Nov 09:00 – 10:00 counts: 1 h 00 min." in page.stdout


def test_while_no_worker_runs_acts_and_questions_say_so(
    installation: Path, served_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.acts.NO_WORKER_SECONDS", 1.0)
    monkeypatch.setattr("desk.questions.NO_WORKER_SECONDS", 1.0)
    issue_id = an_item(served_address, task_queue="nobody-serves-this")

    acting = refusal("ack", issue_id, "--as", "ada")
    asking = refusal("show", issue_id)

    for problem in (acting, asking):
        assert problem.exit_code == 3
        assert problem.what == "No worker answered; is one running?"
        assert "followthrough worker" in (problem.remedy or "")


def test_an_item_that_temporal_forgot_is_shown_from_the_ledger(installation: Path) -> None:
    issue_id = fresh_id()
    event = Event(
        operation_id=f"{issue_id}:1",
        sequence=1,
        kind=EventKind.DECIDED,
        at=datetime(2026, 1, 5, tzinfo=UTC),
        summary="Decided: fixed.",
    )
    entry = LedgerEntry(
        issue_id=issue_id,
        issue_key=f"FT-{issue_id}",
        workflow_id=feedback_workflow_id(issue_id),
        event=event,
    )
    ledger = open_ledger(f"sqlite:///{installation / 'ledger.db'}")
    ledger.append((entry,))
    ledger.close()

    by_id = command("show", issue_id)
    explained = command("explain", issue_id)
    by_key = json.loads(command("show", f"FT-{issue_id}", "--json").stdout)

    assert by_id.exit_code == 0, by_id.output
    assert "Decided: fixed." in by_id.stdout
    assert "No clock has run on this item." in explained.stdout
    assert by_key["status"] is None
    assert by_key["timeline"]["issue_key"] == f"FT-{issue_id}"


def test_a_run_that_fails_in_its_worker_is_not_taken_for_a_missing_worker(
    installation: Path, served_address: str
) -> None:
    problem = refusal("show", an_item(served_address, project="BROKEN"))

    assert problem.exit_code == 3
    assert problem.what.startswith("This one cannot answer")
    assert "Temporal UI" in (problem.remedy or "")


def test_whoever_may_still_vote_is_named_as_awaited(
    installation: Path, served_address: str
) -> None:
    issue_id = an_item(served_address, project="VOTE")

    before = json.loads(command("show", issue_id, "--json").stdout)
    command("approve", issue_id, "--as", "ada", "--reason", "billed twice")
    after = json.loads(command("show", issue_id, "--json").stdout)
    page = command("show", issue_id)

    assert before["status"]["awaited"] == ["ada", "fay"]
    assert after["status"]["awaited"] == ["fay"]
    assert "approval: fay" in page.stdout


def test_an_offset_beyond_the_end_says_so(installation: Path, served_address: str) -> None:
    an_item(served_address)
    for _ in range(40):  # the list is told by Temporal's visibility, which is seconds behind
        page = command("queue", "--all", "--offset", "100000")
        if "ends at" in page.stdout:
            break

    assert "The list ends at" in page.stdout
    assert "smaller --offset" in page.stdout


def test_an_empty_queue_says_that_nothing_waits_for_anybody() -> None:
    told = queue_table(ItemList(total=0, capped=False, items=()), now=datetime.now(UTC))

    assert str(told) == "Nothing waits for anybody."
