"""All policy files, loaded and checked."""

from __future__ import annotations

from dataclasses import dataclass

from models.taxonomy import Taxonomy
from policies.directory import Directory
from policies.documents import (
    ApprovalDocument,
    CalendarsDocument,
    EscalationDocument,
    SlaDocument,
    TriageDocument,
)


@dataclass(frozen=True)
class PolicySet:
    """The rules of one directory. `version` is the SHA-256 (hex) of its file names and texts."""

    where: str
    version: str
    directory: Directory
    taxonomy: Taxonomy
    triage: TriageDocument
    calendars: CalendarsDocument
    sla: SlaDocument
    escalation: EscalationDocument
    approval: ApprovalDocument
