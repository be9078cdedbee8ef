"""A report with fewer contacts named behind each number, which says how many it left out."""

from __future__ import annotations

from typing import TypeVar

from insight.numbers.findings import Finding
from insight.numbers.metric import Breakdown, Metric
from insight.numbers.report import Report
from insight.numbers.sections import Section
from insight.numbers.survival import Survival
from insight.numbers.themes import Theme

Named = TypeVar("Named", Metric, Finding, Theme)


def shortened(report: Report, most: int) -> Report:
    """The report with at most so many contacts named behind each number and finding."""
    return report.model_copy(
        update={
            "findings": tuple(_cut(one, most) for one in report.findings),
            "sections": tuple(_section(one, most) for one in report.sections),
        }
    )


def _section(section: Section, most: int) -> Section:
    return section.model_copy(
        update={
            "metrics": tuple(_cut(one, most) for one in section.metrics),
            "breakdowns": tuple(_breakdown(one, most) for one in section.breakdowns),
            "survival": _survival(section.survival, most) if section.survival else None,
            "themes": tuple(_cut(one, most) for one in section.themes),
            "findings": tuple(_cut(one, most) for one in section.findings),
        }
    )


def _breakdown(breakdown: Breakdown, most: int) -> Breakdown:
    groups = tuple(
        one.model_copy(update={"metric": _cut(one.metric, most)}) for one in breakdown.groups
    )
    return breakdown.model_copy(update={"groups": groups})


def _survival(survival: Survival, most: int) -> Survival:
    curves = tuple(
        curve.model_copy(update={"not_back": tuple(_cut(one, most) for one in curve.not_back)})
        for curve in survival.curves
    )
    return survival.model_copy(update={"curves": curves})


def _cut(one: Named, most: int) -> Named:
    left_out = max(0, len(one.items) - most)
    return one.model_copy(update={"items": one.items[:most], "items_left_out": left_out})
