"""What people do about a theme, and what it says, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from activities.start_item import start_item
from models.messages import JiraChanged
from models.names import SIGNAL_JIRA_CHANGED, SOURCE_PROPERTY, THEME_SWEEP_WORKFLOW
from models.people import Act, Channel
from models.theme import ThemeStatus
from models.theme_messages import Regroup, ThemeSweepResult
from policies.proof_content import of_message
from tests.workflows import sheet_deeds as sheets
from tests.workflows.office import Issue, Office, by
from tests.workflows.rollout_deeds import jira

EXPORTS = (
    "The export to a spreadsheet stops halfway through and the file stays empty",
    "Export to spreadsheet stops halfway, the file is empty every time",
    "My spreadsheet export stops halfway and leaves an empty file",
    "Spreadsheet export broken: it stops halfway and the file stays empty",
    "Since Monday the export to a spreadsheet stops halfway, empty file",
    "Again an empty file: the spreadsheet export stops halfway through",
    "The spreadsheet export stops halfway for our whole team, empty file",
)
"""One problem in the words of several customers."""
OTHERS = (
    "Please add a dark mode for reading in the evening",
    "How do I invite a colleague from another department",
)


async def look(office: Office) -> ThemeSweepResult:
    """One look for themes."""
    return await sheets.run_once(office, THEME_SWEEP_WORKFLOW, ThemeSweepResult)


async def reported(office: Office, *texts: str, customer: str | None = None) -> list[Issue]:
    """Each text becomes an item, of a customer of its own unless one is named, and is triaged."""
    issues = []
    for text in texts:
        issue = await _intake(office, text, customer or f"customer-{uuid4()}")
        await start_item(
            office.client, office.settings.task_queue, issue.id, issue.key, "test", "created",
            created=True,
        )  # fmt: skip
        issues.append(issue)
    for issue in issues:
        await office.until(issue, lambda s: s.category, say="it was triaged")
    return issues


async def _intake(office: Office, text: str, customer: str) -> Issue:
    """An issue as intake writes it, which says whose words these are."""
    await office.now()
    source = {"source": "test", "submission_id": str(uuid4()), "customer": customer}
    body = {
        "fields": {
            "project": {"key": "FT"},
            "issuetype": {"name": "Feedback"},
            "summary": text,
            "description": text,
        },
        "properties": [{"key": SOURCE_PROPERTY, "value": source}],
    }
    made = jira(office, "POST", "issue", body)
    return Issue(id=made["id"], key=made["key"])


def theme(office: Office, theme_id: str) -> sheets.Handle:
    return office.client.get_workflow_handle(theme_id)


async def status(office: Office, theme_id: str) -> ThemeStatus:
    found: ThemeStatus = await theme(office, theme_id).query("status", result_type=ThemeStatus)
    return found


async def until(
    office: Office, theme_id: str, condition: Callable[[ThemeStatus], object], *, say: str
) -> ThemeStatus:
    """Wait until the theme's status fulfils the condition."""
    return await sheets.until(theme(office, theme_id), ThemeStatus, condition, say)


async def reply(
    office: Office, theme_id: str, who: str, question: str, choice: str, why: str = "I looked."
) -> str:
    """Somebody replies in the terminal."""
    return await sheets.reply(office, theme(office, theme_id), who, question, choice, why)


async def regroup(office: Office, theme_id: str, who: str, **how: Any) -> str:
    """Somebody names, merges or splits the theme in the terminal."""
    bare = Regroup(actor=by(who), reason="I looked.", **how)
    actor = await office.actor(who, Act.REPLY, theme_id, Channel.CLI, of_message(bare))
    signed = bare.model_copy(update={"actor": actor})
    return await sheets.send(theme(office, theme_id), signed, "regroup")


async def hear(office: Office, theme_id: str) -> None:
    """Something about the delivery issue changed."""
    news = JiraChanged(delivery=str(uuid4()))
    await theme(office, theme_id).signal(SIGNAL_JIRA_CHANGED, news)
