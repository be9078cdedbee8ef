"""What is wrong is told in a clear sentence, and everything else goes on. With every part real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from models.approval import ActionKind
from models.lifecycle import Awaiting, Stage
from runtime.ports import free_port
from tests.e2e.books import nothing_is_lost_or_doubled
from tests.e2e.house import House
from tests.e2e.stories import carried_out, decided
from tests.stored import stored
from tests.workflows.deeds import REFUND, propose, triaged
from tests.workflows.office import Issue

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("house")]

ROOT = Path(__file__).resolve().parents[2]
LONGEST_TEXT = 32_000
"""Jira takes 32,767 characters in one text."""


async def test_a_typo_in_the_policies_parks_new_items_and_they_go_on_when_it_is_mended(
    house: House,
) -> None:
    running = await triaged(house, REFUND)
    request = await propose(house, running, ActionKind.REFUND, 3000)
    file = house.settings.policies / "sla.yaml"
    right = file.read_text()
    file.write_text(right.replace("\ntargets:", "\ntragets:"))
    try:
        parked = await house.report(REFUND[:100], REFUND)
        status = await house.until(parked, lambda s: s.parked, say="it waits for an operator")
        assert status.parked == "PolicyInvalid"
        assert status.awaiting is Awaiting.OPERATOR
        assert "followthrough doctor" in str(status.remedy)
        examined = followthrough(house, "doctor")
        assert "sla.yaml:" in examined.stdout
        assert "tragets" in examined.stdout
        await house.vote(request, "lena")
        await carried_out(house, running)
        await decided(house, running)
    finally:
        file.write_text(right)

    assert followthrough(house, "resume", parked.key, "--as", "omar").returncode == 0
    await house.until(parked, lambda s: s.severity is not None, say="it is triaged")
    await decided(house, parked)
    for issue in (running, parked):
        await nothing_is_lost_or_doubled(house, issue)


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ("A very long story", "The app crashes when I save. "),
        ("請求が二重です。返金してください。", "二重に請求されました。返金してください。"),
    ],
    ids=["100 kB", "100 kB in Japanese"],
)
async def test_an_item_of_100_kb_is_handled_like_any_other(
    summary: str, text: str, house: House
) -> None:
    whole = (text * LONGEST_TEXT)[:LONGEST_TEXT]
    issue = await house.report(summary, whole)
    for part in range(3):
        await house.comment(issue, "cora", f"{part} {whole}")
    await corrected_if_unsure(house, issue)

    await decided(house, issue)

    await nothing_is_lost_or_doubled(house, issue)
    history = stored(await house.handle(issue).fetch_history())
    assert text.strip()[:12] not in history


async def test_feedback_of_an_unknown_customer_without_a_text_is_handled_like_any_other(
    house: House,
) -> None:
    somebody = ("somebody@nowhere.example", "local-somebody")
    with house.jira.client(house.jira.admin_auth) as http:
        account = {"emailAddress": somebody[0], "password": somebody[1], "products": []}
        http.post("/rest/api/3/user", json=account).raise_for_status()
    fields = {"project": {"key": "FT"}, "issuetype": {"name": "Feedback"}, "summary": "?"}
    with house.jira.client(somebody) as http:
        made = http.post("/rest/api/2/issue", json={"fields": fields}).raise_for_status().json()
    issue = Issue(id=made["id"], key=made["key"])

    await house.begun(issue)
    await corrected_if_unsure(house, issue)
    await decided(house, issue)

    await nothing_is_lost_or_doubled(house, issue)


async def test_broken_rows_of_a_file_are_told_by_line_and_the_others_become_items(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "portal.csv"
    file.write_text(
        "submission_id,summary,description\n"
        "b1,Charged twice,Please refund my last invoice.\n"
        "b2,,\n"
        'b3,"broken, row\n'
        "b4,,It has no summary but says that the export crashes.\n"
        "b5,請求が二重です,二重に請求されました。\n",
        encoding="utf-8",
    )

    before = every_issue(house)
    sent = followthrough(house, "intake", str(file), "--json")

    assert sent.returncode == 0, sent.stderr
    summary = json.loads(sent.stdout)
    assert summary["created"] == 3
    assert [row["line"] for row in summary["bad"]] == [3, 4]
    assert "portal.csv:3: " in sent.stderr
    issues = sorted(every_issue(house) - before, key=lambda issue: issue.id)
    assert len(issues) == 3
    for issue in issues:
        await house.begun(issue)
        await house.until(issue, lambda s: s.stage is not Stage.RECEIVE, say="it is triaged")


async def test_a_voter_who_does_not_exist_and_a_vote_too_late_are_told_so(house: House) -> None:
    issue = await triaged(house, REFUND)
    request = await propose(house, issue, ActionKind.REFUND, 3000)
    vote = ("approve", issue.key, "--request", request, "--reason", "Fine.", "--as")

    stranger = followthrough(house, *vote, "nobody-of-ours")
    lead = followthrough(house, *vote, "lena")
    await carried_out(house, issue)
    late = followthrough(house, *vote, "lena")

    assert [stranger.returncode, lead.returncode, late.returncode] == [2, 0, 1], lead.stderr
    assert "nobody-of-ours is not in people.yaml; it lists " in stranger.stderr
    assert "decided" in late.stderr
    await decided(house, issue)
    await nothing_is_lost_or_doubled(house, issue)


@pytest.mark.parametrize("part", ["worker", "desk"])
def test_a_part_with_a_wrong_setting_ends_with_a_sentence(part: str, tmp_path: Path) -> None:
    ended = run(part, tmp_path, {"FOLLOWTHROUGH_LEDGER_URL": "not an address"})

    assert ended.returncode == 2, ended.stderr
    assert "FOLLOWTHROUGH_LEDGER_URL" in ended.stderr


def test_a_worker_that_finds_no_temporal_says_where_it_looked_and_what_to_do(
    tmp_path: Path,
) -> None:
    address = f"127.0.0.1:{free_port(0)}"

    ended = run("worker", tmp_path, {"TEMPORAL_ADDRESS": address})

    assert ended.returncode == 3, ended.stderr
    assert f"{address}: Temporal does not answer" in ended.stderr
    assert "followthrough up" in ended.stderr


def test_a_worker_that_cannot_open_its_ledger_says_so(house_address: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("these are somebody's notes, not a ledger" * 50)

    ended = run("worker", tmp_path, {"TEMPORAL_ADDRESS": house_address})

    assert ended.returncode == 3, ended.stderr
    assert "not a ledger database" in ended.stderr


async def corrected_if_unsure(house: House, issue: Issue) -> None:
    """Wait for triage; a person corrects what it is unsure of."""
    status = await house.until(issue, lambda s: s.severity is not None, say="it is triaged")
    if status.triage_unsure:
        await house.comment(issue, "ada", "/override severity=S4 Read it.", internal=True)
        await house.until(issue, lambda s: not s.triage_unsure, say="it is corrected")


def every_issue(house: House) -> set[Issue]:
    """All issues of the project."""
    query = {"jql": "project = FT", "fields": "key", "maxResults": 1000}
    with house.jira.client(house.jira.admin_auth) as http:
        found = http.get("/rest/api/3/search/jql", params=query).raise_for_status().json()
    return {Issue(id=one["id"], key=one["key"]) for one in found["issues"]}


def followthrough(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it beside the stack; nobody ever sees a traceback."""
    return _seen([sys.executable, str(ROOT / "cli.py"), *arguments], house.stack.variables)


def run(
    part: str, directory: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """One part alone, until it ends by itself."""
    settings = {"FOLLOWTHROUGH_DATA_DIR": str(directory), "TEMPORAL_CONFIG_FILE": "/dev/null"}
    return _seen([sys.executable, "-P", "-m", part], {**settings, **variables})


def _seen(command: list[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    ours = ("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended
