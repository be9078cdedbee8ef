"""The shape of themes.yaml: what is a theme, who decides about it, and how its loop is closed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from policies.documents.base import Document, Identifier, Name
from policies.documents.rollout import LateEntry
from policies.durations import Duration


class ReopenEntry(Document):
    """When a theme that was settled is asked about once more."""

    grown_percent: Annotated[float, Field(ge=0, le=1000)] = 50
    """A dismissed theme: by how much the customers it hits must have grown."""
    after_delivery: Annotated[int, Field(ge=1)] = 3
    """A delivered theme: how many more customers it must have hit since."""


class ThemesDocument(Document):
    """themes.yaml: what is a theme, who decides about it, and how its loop is closed."""

    looks_back: Duration
    """How old an item may be that a look for themes considers."""
    at_least_customers: Annotated[int, Field(ge=2, le=1000)] = 3
    """From so many customers on a group of items is a theme."""
    alike_percent: Annotated[float, Field(ge=10, le=90)] = 30
    """How like each other its items are on average; higher makes smaller, purer themes."""
    owner: Identifier
    """Who decides whether a theme becomes a delivery issue."""
    deputies: tuple[Identifier, ...] = ()
    answers_within: Duration
    remind_before: Duration
    late: tuple[LateEntry, ...] = ()
    issue_type: Name = "Task"
    """The type of the delivery issue."""
    link: Name = "Relates"
    """The type of the links from the delivery issue to the items."""
    look_every: Duration
    """How often the delivery issue and its versions are looked at, beside every change of it."""
    closing_words: Annotated[str, Field(min_length=10, max_length=2000)]
    """What customers are told once it is released; `{release}` stands for its versions."""
    reopens: ReopenEntry = ReopenEntry()
