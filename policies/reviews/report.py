"""How a review stands, for people and programs that ask."""

from __future__ import annotations

from datetime import datetime

from models.review import ReviewState, ReviewStatus
from policies.reviews import digest_text
from policies.reviews.course import SIGN_OFF
from policies.sheets import questions


def status_of(state: ReviewState, now: datetime) -> ReviewStatus:
    """The review as it is shown."""
    sheet, digest = state.sheet, state.digest
    sign_off = questions.find(sheet, SIGN_OFF)
    given = sign_off.given if sign_off else None
    return ReviewStatus(
        workflow_id=sheet.workflow_id,
        held_at=state.held_at,
        issue_key=sheet.issue_key,
        questions=questions.status_of(sheet, now),
        digest=digest,
        markdown=digest_text.markdown(digest) if digest else "",
        html=digest_text.html(digest) if digest else "",
        signed_off_by=given.person if given else None,
        ended_at=state.ended_at,
        policy_version=sheet.rules.version if sheet.rules else None,
        problem=sheet.problem,
    )
