"""What is pinned to a rollout when it begins: rollout.yaml as it is then."""

from __future__ import annotations

from models.rollout import (
    ChecklistRule,
    RolloutRules,
    SentimentRule,
    SilenceRule,
    WatchRules,
)
from policies.directory import Directory
from policies.documents.rollout import RolloutDocument
from policies.durations import WALL_DAY, seconds_in
from policies.sheets import pinning
from policies.sheets.pinning import Installation


def pin(
    document: RolloutDocument, directory: Directory, version: str, installation: Installation
) -> RolloutRules:
    """The rules of one rollout; `version` is the content hash of the policy directory."""
    after = document.after_release
    asked = {after.decides, *after.deputies}
    for entry in document.checklist:
        asked |= {entry.owner, *entry.deputies}
    return RolloutRules(
        opens_before=document.opens_weeks_before * 7 * WALL_DAY,
        sheet=pinning.pin(
            directory,
            version,
            issue_type=document.issue_type,
            asked=asked,
            remind_before=document.remind_before,
            late=document.late,
            installation=installation,
        ),
        checklist=tuple(
            ChecklistRule(
                name=entry.name,
                words=entry.words,
                owner=entry.owner,
                deputies=entry.deputies,
                due_before=seconds_in(entry.due_before),
            )
            for entry in document.checklist
        ),
        watch=_watch(document),
    )


def _watch(document: RolloutDocument) -> WatchRules:
    after = document.after_release
    sentiment, silence = after.sentiment, after.silence
    return WatchRules(
        lasts=seconds_in(after.lasts),
        coverage_goal=after.coverage_goal_percent / 100,
        response_goal=after.response_goal_percent / 100,
        sentiment=SentimentRule(
            fine_at=sentiment.fine_at_percent / 100,
            bad_at=sentiment.bad_at_percent / 100,
            false_alarm=sentiment.false_alarm_percent / 100,
            miss=sentiment.miss_percent / 100,
        ),
        silence=SilenceRule(
            per_exposed_a_day=silence.feedback_a_day / silence.of_exposed,
            false_alarm=silence.false_alarm_percent / 100,
        ),
        decides=after.decides,
        deputies=after.deputies,
        answers_within=seconds_in(after.answers_within),
    )
