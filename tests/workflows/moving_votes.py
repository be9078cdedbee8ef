"""A Jira whose workflow has statuses that mean a vote, and policies that say so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import httpx

from local_jira.settings import DEFAULT_SEED
from models.approval import ActionStatus
from runtime.settings import SHIPPED_POLICIES
from tests.workflows.office import Issue, Office
from tests.workflows.opening import quick_policies

BOT = {
    "account_id": "acc-billing-bot",
    "email": "billing-bot@followthrough.example",
    "display_name": "Billing bot",
    "account_type": "app",
    "groups": ["integrations"],
    "tokens": ["billing-bot-token"],
}
STRANGER = {
    "account_id": "acc-new-colleague",
    "email": "new.colleague@followthrough.example",
    "display_name": "New Colleague",
    "groups": ["staff"],
    "tokens": ["new-colleague-token"],
}
VOTING = "  approve_when: [Approved]\n  reject_when: [Declined]\n"
BEHIND_THE_BOT = (
    "  - id: billing-bot\n    name: Billing bot\n    jira: acc-billing-bot\n    behind: fay\n"
)


def seed_with_votes(directory: Path) -> Path:
    """The shipped seed with the statuses Approved and Declined, which every status leads to."""
    seed: dict[str, Any] = json.loads(DEFAULT_SEED.read_text())
    seed["users"] += [BOT, STRANGER]
    seed["statuses"] += [
        {"id": "10006", "name": "Approved", "category": "indeterminate"},
        {"id": "10007", "name": "Declined", "category": "indeterminate"},
    ]
    seed["workflow"]["transitions"] += [
        {"id": "61", "name": "Approve", "source": "*", "target": "Approved"},
        {"id": "71", "name": "Decline", "source": "*", "target": "Declined"},
        {"id": "81", "name": "Back to work", "source": "*", "target": "In Progress"},
    ]
    file = directory / "seed.json"
    file.write_text(json.dumps(seed))
    return file


def say_that_moves_are_votes(policies: Path) -> Path:
    """Add the two lists to sla.yaml, and a bot that fay stands behind to people.yaml."""
    for name, before, added in (
        ("sla.yaml", "  pause_when: [Waiting for customer]\n", VOTING),
        ("people.yaml", "automation:\n", BEHIND_THE_BOT),
    ):
        file = policies / name
        text = file.read_text()
        assert before in text, f"{name} no longer says {before}; choose here where to add"
        file.write_text(text.replace(before, before + added))
    return policies


def shipped(directory: Path) -> Path:
    """The shipped policies, by which moves are votes."""
    policies = shutil.copytree(SHIPPED_POLICIES, directory / "voting-policies")
    return say_that_moves_are_votes(Path(policies))


def quick(directory: Path) -> Path:
    """The quick policies, by which moves are votes and a refund expires within seconds."""
    (directory / "quick").mkdir()
    policies = say_that_moves_are_votes(quick_policies(directory / "quick"))
    file = policies / "approval.yaml"
    text = file.read_text()
    larger = text[text.index("  - name: larger refunds") :]
    larger = larger[: larger.index("  - name: data deletion")]
    soon = (
        larger.replace("expires_after: 3d", "expires_after: 10m")
        .replace("    remind_after: 1d\n", "")
        .replace("    business: true\n", "")
    )
    assert soon != larger
    file.write_text(text.replace(larger, soon))
    return policies


async def move_as(office: Office, issue: Issue, account: dict[str, Any], step: str) -> None:
    """Move the issue by the REST interface, as an account that is nobody of the shipped people."""
    with office.jira.client((account["email"], account["tokens"][0])) as http:
        path = f"/rest/api/2/issue/{issue.key}/transitions"
        offered = http.get(path).raise_for_status().json()["transitions"]
        chosen = next(one["id"] for one in offered if one["name"] == step)
        http.post(path, json={"transition": {"id": chosen}}).raise_for_status()
    await office.tell(issue)


async def move_on_the_page(office: Office, issue: Issue, account_id: str, step: str) -> None:
    """Move the issue by the button on its page, as a person chosen there."""
    async with httpx.AsyncClient(
        base_url=office.jira.url, follow_redirects=True, trust_env=False
    ) as browser:
        await browser.post("/act-as", data={"account": account_id, "back": "/issues"})
        moved = await browser.post(f"/browse/{issue.key}/transition", data={"transition": step})
        moved.raise_for_status()
    await office.tell(issue)


async def refused(office: Office, request: str) -> tuple[str, str]:
    """Whose vote was refused, and by which failure, once the request has refused one."""
    status: ActionStatus = await office.until_request(
        request, lambda one: one.refused, say="a vote is refused"
    )
    return status.refused[0].person, status.refused[0].failure


async def told(office: Office, issue: Issue, words: str) -> None:
    """Wait until an internal comment says these words."""
    await office.settled(
        lambda: any(words in one["body"] for one in office.comments(issue)),
        say=f"a comment says {words!r}",
    )
