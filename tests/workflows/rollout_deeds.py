"""What a team does with a version in Jira, and what its rollout says, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle

from models.messages import JiraChanged
from models.names import ROLLOUT_WORKFLOW, SIGNAL_JIRA_CHANGED, rollout_workflow_id
from models.rollout import RolloutStart, RolloutStatus
from models.sheet import SIGNED, QuestionStatus, Reply
from tests.workflows import sheet_deeds as sheets
from tests.workflows.office import Issue, Office, by


def jira(office: Office, method: str, path: str, body: object = None) -> dict[str, Any]:
    """A call of an administrator."""
    with office.jira.client(office.jira.admin_auth) as http:
        answer = http.request(method, f"/rest/api/2/{path}", json=body)
    assert answer.is_success, f"{method} {path} was answered {answer.status_code}: {answer.text}"
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


async def planned(office: Office, *, in_days: int, name: str = "5.0") -> str:
    """A version that is to be released in so many days; answers its id."""
    day = (await office.now()).date() + timedelta(days=in_days)
    body = {"project": "FT", "name": name, "releaseDate": day.isoformat()}
    return str(jira(office, "POST", "version", body)["id"])


async def followed(office: Office, version_id: str) -> str:
    """The version's rollout, started as the look at the project starts it."""
    await office.client.start_workflow(
        ROLLOUT_WORKFLOW,
        RolloutStart(version_id=version_id),
        id=rollout_workflow_id(version_id),
        task_queue=office.settings.task_queue,
    )
    return version_id


def rollout(office: Office, version_id: str) -> WorkflowHandle[Any, Any]:
    return office.client.get_workflow_handle(rollout_workflow_id(version_id))


async def change(office: Office, version_id: str, **fields: Any) -> None:
    """Somebody changes the version, and its rollout hears of it."""
    jira(office, "PUT", f"version/{version_id}", fields)
    await hear(office, version_id)


async def hear(office: Office, version_id: str) -> None:
    """Something about the version or its issue changed."""
    news = JiraChanged(delivery=str(uuid4()), event="version")
    await rollout(office, version_id).signal(SIGNAL_JIRA_CHANGED, news)


async def moved_to(office: Office, version_id: str, day: date) -> None:
    await change(office, version_id, releaseDate=day.isoformat())


async def status(office: Office, version_id: str) -> RolloutStatus:
    found: RolloutStatus = await rollout(office, version_id).query(
        "status", result_type=RolloutStatus
    )
    return found


async def until(
    office: Office, version_id: str, condition: Callable[[RolloutStatus], object], *, say: str
) -> RolloutStatus:
    """Wait until the rollout's status fulfils the condition."""
    return await sheets.until(rollout(office, version_id), RolloutStatus, condition, say)


def line(found: RolloutStatus, name: str) -> QuestionStatus:
    return next(one for one in found.questions if one.id == name)


def issue_of(office: Office, found: RolloutStatus) -> Issue:
    raw = jira(office, "GET", f"issue/{found.issue_key}")
    return Issue(id=raw["id"], key=raw["key"])


async def write(office: Office, version_id: str, who: str, text: str) -> None:
    """Somebody comments on the checklist, and its rollout hears of it."""
    issue = issue_of(office, await status(office, version_id))
    await office.comment(issue, who, text, internal=True, tell=False)
    await hear(office, version_id)


async def reply(
    office: Office, version_id: str, who: str, question: str, choice: str = SIGNED, why: str = ""
) -> str:
    """Somebody replies in the terminal."""
    return await sheets.reply(office, rollout(office, version_id), who, question, choice, why)


async def reply_unproved(office: Office, version_id: str, who: str, question: str) -> str:
    bare = Reply(actor=by(who), question=question, choice=SIGNED)
    return await sheets.send(rollout(office, version_id), bare)


def said(office: Office, found: RolloutStatus) -> str:
    """All comments on the checklist."""
    return "\n".join(one["body"] for one in office.comments(issue_of(office, found)))
