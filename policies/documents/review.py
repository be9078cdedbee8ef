"""The shape of review.yaml: when a review is held, and who is asked to decide what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.review import FigureName
from policies.documents.base import Document, Identifier, Name
from policies.documents.calendars import Weekday, Zone
from policies.documents.rollout import LateEntry
from policies.documents.rotas import TimeOfDay
from policies.durations import Duration


class AskEntry(Document):
    """A decision that is asked for when a figure is high enough."""

    figure: FigureName
    """The figure that is looked at; docs/cadence.md says what each counts."""
    at_least: Annotated[float, Field(gt=0)]
    words: Annotated[str, Field(min_length=1, max_length=300)]
    """What is to be decided."""
    owner: Identifier
    deputies: tuple[Identifier, ...] = ()


class ReviewDocument(Document):
    """review.yaml: when a review is held, and who is asked to decide what."""

    day: Weekday
    at: TimeOfDay
    """The time of day, such as `09:00`, in the zone."""
    zone: Zone
    issue_type: Name = "Task"
    """The type of the Jira issue that holds the review."""
    owner: Identifier
    """Who signs the review off."""
    deputies: tuple[Identifier, ...] = ()
    answers_within: Duration
    """How long after the review is held a decision is due."""
    closes_after: Duration
    """When the review ends even if somebody has not replied."""
    asks: Annotated[tuple[AskEntry, ...], Field(max_length=30)] = ()
    product_roles: tuple[Identifier, ...] = ("product",)
    """Whose acts are counted to see where the time of product managers goes."""
    remind_before: Duration
    late: tuple[LateEntry, ...] = ()
