"""How a rollout stands, for people and programs that ask."""

from __future__ import annotations

from datetime import datetime

from models.rollout import RolloutState, RolloutStatus
from policies.sheets import questions


def status_of(state: RolloutState, now: datetime) -> RolloutStatus:
    """The rollout as it is shown."""
    version, sheet = state.version, state.sheet
    return RolloutStatus(
        version_id=state.version_id,
        version=version.name if version else state.version_id,
        workflow_id=sheet.workflow_id,
        phase=state.phase,
        release_date=version.release_date if version else None,
        released_at=state.released_at,
        issue_key=sheet.issue_key,
        questions=questions.status_of(sheet, now),
        verdict=state.verdict,
        decided=state.decided,
        coverage_goal=state.rules.watch.coverage_goal if state.rules else None,
        policy_version=sheet.rules.version if sheet.rules else None,
        problem=sheet.problem,
        ended_why=state.ended_why,
    )
