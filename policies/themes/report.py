"""How a theme stands, for people and programs that ask."""

from __future__ import annotations

from datetime import datetime

from models.theme import ThemeState, ThemeStatus
from policies.sheets import questions


def status_of(state: ThemeState, now: datetime) -> ThemeStatus:
    """The theme as it is shown."""
    sheet = state.sheet
    return ThemeStatus(
        theme_id=state.theme_id,
        name=state.name,
        phase=state.phase,
        figures=state.figures,
        issue_key=sheet.issue_key,
        delivery=state.delivery,
        linked=state.linked,
        told=state.told,
        into=state.into,
        deciders=state.rules.deciders if state.rules else (),
        questions=questions.status_of(sheet, now),
        policy_version=sheet.rules.version if sheet.rules else None,
        problem=sheet.problem,
    )
