"""All policy files, loaded and checked."""

from __future__ import annotations

from dataclasses import dataclass

from models.taxonomy import Taxonomy
from policies.directory import Directory
from policies.documents.approval import ApprovalDocument
from policies.documents.calendars import CalendarsDocument
from policies.documents.escalation import EscalationDocument
from policies.documents.review import ReviewDocument
from policies.documents.rollout import RolloutDocument
from policies.documents.sla import SlaDocument
from policies.documents.themes import ThemesDocument
from policies.documents.triage import TriageDocument


@dataclass(frozen=True)
class PolicySet:
    """The rules of one directory. `version` is the SHA-256 (hex) of its file names and texts.

    Without a `rollout` no rollouts are followed, without a `review` none is held, and without
    `themes` none are looked for.
    """

    where: str
    version: str
    directory: Directory
    taxonomy: Taxonomy
    triage: TriageDocument
    calendars: CalendarsDocument
    sla: SlaDocument
    escalation: EscalationDocument
    approval: ApprovalDocument
    rollout: RolloutDocument | None = None
    review: ReviewDocument | None = None
    themes: ThemesDocument | None = None
