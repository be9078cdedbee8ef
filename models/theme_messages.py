"""What a theme's workflow is told and asks of its activities. One object per boundary."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from models.base import Frozen, Moment
from models.messages import Words
from models.people import Actor
from models.theme import DeliveryFacts, LoopPlace


class Regroup(Frozen):
    """Update: name this theme, merge it into another, or split items off. Exactly one of them.

    `into` is a theme's id, `items` are issue keys. Only those may do so who are asked about it.
    """

    actor: Actor
    name: str | None = Field(default=None, min_length=1, max_length=120)
    into: str | None = Field(default=None, min_length=1, max_length=100)
    items: tuple[str, ...] = Field(default=(), max_length=500)
    reason: Words

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum((self.name is not None, self.into is not None, bool(self.items))) != 1:
            raise ValueError("give exactly one of name, into and items")
        return self


class PinThemeInput(Frozen):
    """Pin themes.yaml as it is now, for a new theme."""

    workflow_id: str


class CountInput(Frozen):
    """Count this theme's members and what they suffered, as known at this moment."""

    theme_id: str
    now: Moment


class MergeInput(Frozen):
    """Move every member of a theme into another one."""

    theme_id: str
    into: str


class SplitInput(Frozen):
    """Move these items of a theme into a new one. `operation_id` makes it exactly one new theme."""

    theme_id: str
    items: tuple[str, ...]
    operation_id: str


class Regrouped(Frozen):
    """The theme that members were moved to, and how many."""

    theme_id: str
    items: int


class DeliveryInput(Frozen):
    """Look at the delivery issue, and link what of the theme is not linked to it yet."""

    theme_id: str
    issue_id: str
    issue_key: str
    link: str


class DeliveryLooked(Frozen):
    """The delivery issue, and how many of the theme's items are linked to it now."""

    facts: DeliveryFacts
    linked: int


class CloseLoopInput(Frozen):
    """Tell the members of a theme, once each, on their own issues; those after `after`, if given.

    `operation_id` names the telling.
    """

    theme_id: str
    words: str
    operation_id: str
    after: LoopPlace | None = None


class ThemeSweepInput(Frozen):
    """Look for themes among the items that came in until now."""

    now: Moment


class ThemeSweepResult(Frozen):
    """How many items were looked at, joined a theme or founded new ones, and themes told."""

    items: int = 0
    joined: int = 0
    founded: int = 0
    told: int = 0
