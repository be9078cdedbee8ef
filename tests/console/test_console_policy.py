from __future__ import annotations

import asyncio
import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from stage import TASK_QUEUE, client_of
from tiny_workflows import TinyItem
from typer.testing import CliRunner

import cli
from models.messages import ItemStart
from models.names import feedback_workflow_id
from policies.loader import DEFAULT_DIRECTORY, load
from runtime.problems import WrongSettings


def policy(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["policy", *arguments])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the shipped policies, to be spoilt."""
    return shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "policies")


def started_item(address: str) -> str:
    """A running item's issue id."""
    issue_id = str(uuid.uuid4().int % 10**12)

    async def start() -> None:
        client = await client_of(address)
        await client.start_workflow(
            TinyItem.run,
            ItemStart(issue_id=issue_id, issue_key=f"FT-{issue_id}"),
            id=feedback_workflow_id(issue_id),
            task_queue=TASK_QUEUE,
        )

    asyncio.run(start())
    return issue_id


def spoil(directory: Path, file: str, written: str, instead: str) -> None:
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert written in text, f"{file} no longer says {written!r}"
    path.write_text(text.replace(written, instead, 1), encoding="utf-8")


def test_sound_policies_are_told_with_their_version(directory: Path) -> None:
    result = policy("check", str(directory), "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["sound"]
    assert told["version"] == load(directory).version


def test_without_a_directory_the_policies_in_force_are_checked(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_POLICIES", str(directory))
    assert str(directory) in policy("check").stdout


def test_every_problem_is_told_with_file_line_and_column(directory: Path) -> None:
    spoil(directory, "sla.yaml", "first_response: 15m", "first_respons: 15m")
    spoil(directory, "escalation.yaml", "role:lead", "role:laed")
    result = policy("check", str(directory))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert any(line.startswith(f"{directory}/sla.yaml:") for line in lines), result.stdout
    assert any("did you mean 'first_response'?" in line for line in lines), result.stdout
    assert any(line.startswith(f"{directory}/escalation.yaml:") for line in lines), result.stdout


def test_problems_come_as_json_for_other_programs(directory: Path) -> None:
    spoil(directory, "approval.yaml", "quorum: 2", "quorum: 19")
    result = policy("check", str(directory), "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem["file"] == f"{directory}/approval.yaml"
    assert problem["line"] > 1
    assert "can never be reached" in problem["what"]


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = policy("check", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "is not a directory" in result.stdout


def test_a_schema_is_written_for_every_policy_file(directory: Path, tmp_path: Path) -> None:
    result = policy("schema", str(tmp_path / "schemas"))
    assert result.exit_code == 0, result.output
    written = {path.name for path in (tmp_path / "schemas").iterdir()}
    assert written == {f"{path.stem}.schema.json" for path in directory.glob("*.yaml")}


def test_the_schemas_are_printed_as_one_document() -> None:
    assert set(json.loads(policy("schema").stdout)) >= {"sla", "escalation", "approval"}


def explained(*arguments: str) -> dict[str, dict[str, Any]]:
    """The traces by their question's file, the targets' under `targets`."""
    result = policy("explain", "--json", *arguments)
    assert result.exit_code == 0, result.output
    traces = json.loads(result.stdout)["traces"]
    return {f"{one['file']} {one['question']}": one for one in traces}


def test_the_rule_that_decides_is_told_with_why_those_above_it_do_not(directory: Path) -> None:
    told = explained("--policies", str(directory), "--severity", "S2", "--segment", "enterprise")
    targets = told["sla.yaml What is promised?"]
    assert [rule["applies"] for rule in targets["rules"]] == [False, False, True]
    assert targets["rules"][0]["why"] == "severity S2 is not among S1"
    assert "first response 1h" in targets["answer"]
    calendar = told["sla.yaml Which hours count?"]
    assert calendar["rules"][-1] == {
        "name": "support-24x7",
        "applies": True,
        "why": 'item.segment == "enterprise" || item.category in ["outage", "security"] is true',
    }


def test_an_action_is_traced_to_its_approval_rule_and_the_people_who_may_decide(
    directory: Path,
) -> None:
    asked = ("--policies", str(directory), "--action", "refund", "--requester", "fay")
    small = explained(*asked, "--amount", "49.00 EUR")
    large = explained(*asked, "--amount", "80 EUR")
    question = "approval.yaml Who must agree to a refund?"
    assert small[question]["rules"][-1]["name"] == "small refunds"
    assert [rule["name"] for rule in large[question]["rules"]] == [
        "small refunds",
        "very large refunds",
        "larger refunds",
    ]
    assert "Fay" not in large[question]["answer"], "whoever asks never decides"


def test_a_changed_policy_is_explained_before_it_is_switched_on(directory: Path) -> None:
    limit = "action.amount_minor <= 5000 && action.total_minor <= 5000"
    spoil(directory, "approval.yaml", limit, limit.replace("5000", "9000"))
    told = explained("--policies", str(directory), "--action", "refund", "--amount", "80 EUR")
    rules = told["approval.yaml Who must agree to a refund?"]["rules"]
    assert rules[-1]["name"] == "small refunds"


def test_an_unknown_category_is_wrong_use_and_names_those_there_are(directory: Path) -> None:
    problem = policy("explain", "--policies", str(directory), "--category", "nonsense").exception
    assert isinstance(problem, WrongSettings)
    assert "billing" in problem.remedy


def test_policies_that_do_not_load_are_not_explained(directory: Path) -> None:
    spoil(directory, "sla.yaml", "first_response: 15m", "first_respons: 15m")
    problem = policy("explain", "--policies", str(directory)).exception
    assert isinstance(problem, WrongSettings)
    assert "policy check" in problem.remedy


def test_an_items_own_facts_are_taken_and_options_change_them(
    installation: Path, served_address: str
) -> None:
    issue_id = started_item(served_address)
    as_it_is = explained(issue_id)["sla.yaml What is promised?"]
    changed = explained(issue_id, "--severity", "S4")["sla.yaml What is promised?"]
    assert as_it_is["answer"] != changed["answer"]
