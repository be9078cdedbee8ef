"""Reviews in one line each."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from models.names import REVIEW_WORKFLOW
from models.review import ReviewStart, ReviewStatus
from tests.workflows import sheet_deeds as sheets
from tests.workflows.office import Issue, Office

ReviewHandle = sheets.Handle


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
    return await sheets.until(review, ReviewStatus, condition, say)


async def reply(
    office: Office, review: ReviewHandle, who: str, question: str, choice: str, why: str = ""
) -> str:
    """Somebody replies in the terminal."""
    return await sheets.reply(office, review, who, question, choice, why)


def issue_of(office: Office, found: ReviewStatus) -> Issue:
    with office.jira.client(office.jira.admin_auth) as http:
        raw = http.get(f"/rest/api/2/issue/{found.issue_key}").json()
    return Issue(id=raw["id"], key=raw["key"])
