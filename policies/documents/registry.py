"""Every policy file with what it may hold.

Each class in this folder is one file or a part of one; the field descriptions are what an editor
shows. How the files relate to each other is looked at in `policies/checks/`.
"""

from __future__ import annotations

from policies.documents.approval import ApprovalDocument
from policies.documents.base import Document
from policies.documents.calendars import CalendarsDocument
from policies.documents.escalation import EscalationDocument
from policies.documents.people import PeopleDocument
from policies.documents.review import ReviewDocument
from policies.documents.rollout import RolloutDocument
from policies.documents.sla import SlaDocument
from policies.documents.themes import ThemesDocument
from policies.documents.triage import TriageDocument

DOCUMENTS: dict[str, type[Document]] = {
    "people": PeopleDocument,
    "triage": TriageDocument,
    "calendars": CalendarsDocument,
    "sla": SlaDocument,
    "escalation": EscalationDocument,
    "approval": ApprovalDocument,
    "rollout": RolloutDocument,
    "review": ReviewDocument,
    "themes": ThemesDocument,
}
"""Policy file (without `.yaml`) → what it may hold."""

OPTIONAL = frozenset({"rollout", "review", "themes"})
"""Files that may be missing: what they are about is then left alone."""
