"""What people do about a theme, and what it says, in one line each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle

from activities.start_item import start_item
from models.messages import JiraChanged
from models.names import SIGNAL_JIRA_CHANGED, SOURCE_PROPERTY, THEME_SWEEP_WORKFLOW
from models.people import Act, Channel
from models.sheet import Replied, Reply
from models.theme import ThemeStatus
from models.theme_messages import Regroup, ThemeSweepResult
from policies.proof_content import of_message, of_reply
from tests.workflows.office import PATIENCE_SECONDS, Issue, Office, by
from tests.workflows.rollout_deeds import jira

ThemeHandle = WorkflowHandle[Any, Any]

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
    """One look for themes, as the schedule begins it."""
    result: ThemeSweepResult = await office.client.execute_workflow(
        THEME_SWEEP_WORKFLOW,
        id=f"look-{uuid4()}",
        task_queue=office.settings.task_queue,
        result_type=ThemeSweepResult,
    )
    return result


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


def theme(office: Office, theme_id: str) -> ThemeHandle:
    return office.client.get_workflow_handle(theme_id)


async def status(office: Office, theme_id: str) -> ThemeStatus:
    found: ThemeStatus = await theme(office, theme_id).query("status", result_type=ThemeStatus)
    return found


async def until(
    office: Office, theme_id: str, condition: Callable[[ThemeStatus], object], *, say: str
) -> ThemeStatus:
    """Wait until the theme's status fulfils the condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await status(office, theme_id)
        if condition(found):
            return found
        assert time.monotonic() < deadline, f"waited in vain until {say}; it stands: {found}"
        await asyncio.sleep(0.05)


async def reply(
    office: Office, theme_id: str, who: str, question: str, choice: str, why: str = "I looked."
) -> str:
    """Somebody replies in the terminal."""
    content = of_reply(question, choice, why)
    actor = await office.actor(who, Act.REPLY, theme_id, Channel.CLI, content)
    message = Reply(actor=actor, question=question, choice=choice, reason=why)
    answer: Replied = await theme(office, theme_id).execute_update(
        "reply", message, id=str(uuid4()), result_type=Replied
    )
    return answer.message


async def regroup(office: Office, theme_id: str, who: str, **how: Any) -> str:
    """Somebody names, merges or splits the theme in the terminal."""
    bare = Regroup(actor=by(who), reason="I looked.", **how)
    actor = await office.actor(who, Act.REPLY, theme_id, Channel.CLI, of_message(bare))
    message = bare.model_copy(update={"actor": actor})
    answer: Replied = await theme(office, theme_id).execute_update(
        "regroup", message, id=str(uuid4()), result_type=Replied
    )
    return answer.message


async def hear(office: Office, theme_id: str) -> None:
    """Something about the delivery issue changed."""
    news = JiraChanged(delivery=str(uuid4()))
    await theme(office, theme_id).signal(SIGNAL_JIRA_CHANGED, news)
