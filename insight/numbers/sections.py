"""A part of the report: numbers, the same by groups, and what follows from them."""

from __future__ import annotations

from insight.numbers.findings import Finding
from insight.numbers.metric import Breakdown, Metric
from insight.numbers.survival import Survival
from insight.numbers.themes import Theme
from models.base import Frozen


class Volume(Frozen):
    """How many contacts a category had in each span that had any; spans are named as periods are."""

    name: str
    counts: dict[str, int]


class Section(Frozen):
    """One question of the report, and what answers it."""

    id: str
    name: str
    metrics: tuple[Metric, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    survival: Survival | None = None
    volumes: tuple[Volume, ...] = ()
    themes: tuple[Theme, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.metrics or self.breakdowns or self.volumes or self.themes or self.findings)
