"""The files of one directory, as far as they could be read."""

from __future__ import annotations

from dataclasses import dataclass

from policies.documents.approval import ApprovalDocument
from policies.documents.calendars import CalendarsDocument
from policies.documents.escalation import EscalationDocument
from policies.documents.people import PeopleDocument
from policies.documents.review import ReviewDocument
from policies.documents.rollout import RolloutDocument
from policies.documents.sla import SlaDocument
from policies.documents.themes import ThemesDocument
from policies.documents.triage import TriageDocument
from policies.yaml_source import Source


@dataclass(frozen=True)
class Bundle:
    """Everything that could be read of a directory; None for a file that has problems itself."""

    sources: dict[str, Source]
    people: PeopleDocument | None
    triage: TriageDocument | None
    calendars: CalendarsDocument | None
    sla: SlaDocument | None
    escalation: EscalationDocument | None
    approval: ApprovalDocument | None
    rollout: RolloutDocument | None = None
    review: ReviewDocument | None = None
    themes: ThemesDocument | None = None
