"""The words by which triage recognises things; written by the team in `triage.yaml`."""

from __future__ import annotations

from models.base import Frozen
from models.lifecycle import Severity


class CategoryEntry(Frozen):
    """One category. `phrases` are lower-case words or short phrases that speak for it."""

    name: str
    title: str
    description: str
    phrases: tuple[str, ...]
    severity: Severity


class SeverityEntry(Frozen):
    """Phrases that raise an item to at least this severity, whatever its category."""

    severity: Severity
    phrases: tuple[str, ...]


class Taxonomy(Frozen):
    """All that text suggestions look at.

    Below `confidence_floor` (0 to 1) a category is "unsure" and a person is asked.
    """

    categories: tuple[CategoryEntry, ...]
    severities: tuple[SeverityEntry, ...] = ()
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    fallback_category: str
    confidence_floor: float = 0.4
