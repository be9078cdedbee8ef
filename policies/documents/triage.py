"""The shape of triage.yaml: the words by which items are recognised, and where they go."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.approval import ActionKind
from models.taxonomy import CategoryEntry, SeverityEntry
from policies.documents.base import ConditionText, Document, Identifier, Name


class RouteAction(Document):
    """A policy action that this route suggests."""

    kind: ActionKind
    why: Name
    automatic: bool = False
    """True lets the rule ask for it by itself; people still decide if the approval rules say so."""


class Route(Document):
    """Who gets the items for which `when` is true. The first that fits decides."""

    name: Name
    when: ConditionText | None = None
    """Left out only in the last route, which takes everything else."""
    owner: Identifier
    actions: tuple[RouteAction, ...] = ()
    ask_a_person: bool = False
    """True asks a person to look at the triage before anything is promised."""


class TriageDocument(Document):
    """triage.yaml: the words by which things are recognised, and where they go."""

    categories: Annotated[tuple[CategoryEntry, ...], Field(min_length=1)]
    severities: tuple[SeverityEntry, ...] = ()
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    fallback_category: Name
    confidence_floor: Annotated[float, Field(ge=0, le=1)] = 0.4
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
