from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stage import TASK_QUEUE, client_of
from tiny_workflows import TinyItem
from typer.testing import CliRunner

import cli
from desk.examining.parked import MOST_NAMED, ParkedItem, grouped
from models.failures import Scope
from models.messages import ItemStart
from models.names import feedback_workflow_id
from runtime.problems import Problem


@pytest.fixture(autouse=True)
def _look_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.resume.SETTLE_SECONDS", 0.3)


@pytest.fixture
def started(served_address: str) -> Iterator[list[str]]:
    """Issue ids of items that end with the test, so that no other test finds them parked."""
    ids: list[str] = []
    yield ids

    async def end() -> None:
        client = await client_of(served_address)
        for one in ids:
            await client.get_workflow_handle(feedback_workflow_id(one)).terminate()

    asyncio.run(end())


def park(address: str, started: list[str], *projects: str) -> list[str]:
    """Items of these projects, parked one after the other; waits until visibility knows them."""
    ids = [str(uuid.uuid4().int % 10**12) for _ in projects]

    async def start() -> None:
        client = await client_of(address)
        for issue_id, project in zip(ids, projects, strict=True):
            handle = await client.start_workflow(
                TinyItem.run,
                ItemStart(issue_id=issue_id, issue_key=f"{project}-{issue_id}"),
                id=feedback_workflow_id(issue_id),
                task_queue=TASK_QUEUE,
            )
            started.append(issue_id)
            await handle.query("was_resumed")  # its first step is done: it is parked by now
        for _ in range(200):
            query = "FtAwaiting = 'operator' AND ExecutionStatus = 'Running'"
            found = {one.id async for one in client.list_workflows(query)}
            if found >= {feedback_workflow_id(one) for one in ids}:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("visibility did not show the parked items within 10 s")

    asyncio.run(start())
    return ids


def resumed_at(address: str, issue_id: str) -> datetime | None:
    async def ask() -> datetime | None:
        client = await client_of(address)
        handle = client.get_workflow_handle(feedback_workflow_id(issue_id))
        return await handle.query("when_resumed", result_type=datetime | None)  # type: ignore[arg-type]

    return asyncio.run(ask())


def resume(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["resume", *arguments, "--as", "lena"])


def test_all_go_on_in_the_order_in_which_they_stopped(
    installation: Path, served_address: str, started: list[str]
) -> None:
    ids = park(served_address, started, "PARKI", "PARKC", "PARKP")

    result = resume("--all", "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert [one["workflow_id"] for one in told["results"]] == [
        feedback_workflow_id(one) for one in ids
    ]
    assert all(one["resumed"] for one in told["results"])
    # They were told one after the other; when each got to it depends on the worker's load.
    assert all(resumed_at(served_address, one) is not None for one in ids)
    assert told["message"] == "3 of 3 go on."


def test_only_the_items_of_a_project_go_on(
    installation: Path, served_address: str, started: list[str]
) -> None:
    mine, other = park(served_address, started, "PARKP", "PARKI")

    result = resume("--project", "parkp")

    assert result.exit_code == 0, result.output
    assert f"PARKP-{mine}" in result.stdout
    assert resumed_at(served_address, other) is None


def test_several_are_named_and_one_that_stops_again_is_told(
    installation: Path, served_address: str, started: list[str]
) -> None:
    fine, again = park(served_address, started, "PARKI", "PARKAGAIN")

    result = resume(fine, again, "no key", "--json")

    told = json.loads(result.stdout)
    by_id = {one["workflow_id"]: one for one in told["results"]}
    assert result.exit_code == 1
    assert by_id[feedback_workflow_id(fine)]["resumed"]
    stopped = by_id[feedback_workflow_id(again)]
    assert not stopped["resumed"]
    assert stopped["failure"] == "JiraRefused"
    assert "stopped again" in stopped["message"]
    assert not by_id[""]["resumed"], "a name that is no key must not keep the others from going on"
    assert told["message"] == "1 of 3 go on."


def test_nothing_parked_is_no_fault(installation: Path) -> None:
    result = resume("--project", "NONE")

    assert (result.exit_code, result.stdout) == (0, "Nothing is parked there.\n")


@pytest.mark.parametrize("arguments", [(), ("--all", "--project", "FT"), ("12", "--all")])
def test_what_to_resume_is_said_in_one_way(installation: Path, arguments: tuple[str, ...]) -> None:
    problem = resume(*arguments).exception

    assert isinstance(problem, Problem)
    assert problem.exit_code == 2


def test_doctor_groups_what_is_parked_and_names_the_command(
    installation: Path, served_address: str, started: list[str]
) -> None:
    refused, also, *_ = park(served_address, started, "PARKI", "PARKI", "PARKP", "PARKC")

    result = CliRunner().invoke(cli.app, ["doctor", "--json"])

    lines = [
        line for line in json.loads(result.stdout)["findings"] if line["part"] == "parked items"
    ]
    told = {line["what"].rpartition(": ")[2]: line for line in lines}
    assert set(told) == {"JiraAuthentication.", "JiraPermission.", "JiraRefused."}
    assert lines[0] is told["JiraAuthentication."], "what stops everything comes first"
    assert "resume --all" in told["JiraAuthentication."]["remedy"]
    assert "resume --project PARKP" in told["JiraPermission."]["remedy"]
    assert f"resume PARKI-{refused} PARKI-{also}" in told["JiraRefused."]["remedy"]


def test_many_items_of_one_failure_are_resumed_by_their_project() -> None:
    begin = datetime(2026, 1, 5, tzinfo=UTC)
    items = [
        ParkedItem(
            workflow_id=f"feedback-{number}",
            issue_key=f"FT-{number}",
            failure="JiraRefused",
            since=begin + timedelta(minutes=number),
        )
        for number in range(MOST_NAMED + 1)
    ]

    (group,) = grouped(items)

    assert group.scope is Scope.ISSUE
    assert group.command == "followthrough resume --project FT --as PERSON"
