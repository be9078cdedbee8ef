"""Reviews in one line each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle

from models.names import REVIEW_WORKFLOW
from models.people import Act, Channel
from models.review import ReviewStart, ReviewStatus
from models.sheet import Replied, Reply
from policies.proof_content import of_reply
from tests.workflows.office import PATIENCE_SECONDS, Issue, Office

ReviewHandle = WorkflowHandle[Any, Any]


async def held(office: Office) -> ReviewHandle:
    """A review, started as the schedule starts it."""
    return await office.client.start_workflow(
        REVIEW_WORKFLOW,
        ReviewStart(),
        id=f"review-{uuid4()}",
        task_queue=office.settings.task_queue,
    )


async def until(
    review: ReviewHandle, condition: Callable[[ReviewStatus], object], *, say: str
) -> ReviewStatus:
    """Wait until the review's status fulfils the condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found: ReviewStatus = await review.query("status", result_type=ReviewStatus)
        if condition(found):
            return found
        assert time.monotonic() < deadline, f"waited in vain until {say}; it stands: {found}"
        await asyncio.sleep(0.05)


async def reply(
    office: Office, review: ReviewHandle, who: str, question: str, choice: str, why: str = ""
) -> str:
    """Somebody replies in the terminal."""
    content = of_reply(question, choice, why)
    actor = await office.actor(who, Act.REPLY, review.id, Channel.CLI, content)
    message = Reply(actor=actor, question=question, choice=choice, reason=why)
    answer: Replied = await review.execute_update(
        "reply", message, id=str(uuid4()), result_type=Replied
    )
    return answer.message


def issue_of(office: Office, found: ReviewStatus) -> Issue:
    with office.jira.client(office.jira.admin_auth) as http:
        raw = http.get(f"/rest/api/2/issue/{found.issue_key}").json()
    return Issue(id=raw["id"], key=raw["key"])
