"""The report drawn: as a page of its own that needs nothing else, or as part of a page of the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from desk import report_words as words
from insight.numbers.metric import Metric, Unit
from insight.numbers.report import Report
from insight.numbers.sections import Volume
from insight.numbers.survival import Survival

HERE = Path(__file__).parent
STYLES = ("desk.css", "report.css")
ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]+-[0-9]+")
BAR, TALL = 120, 14
"""Size of a bar in pixels."""
CURVE_WIDE, CURVE_TALL = 520, 150
BEST_SCORE = 5.0


def page(report: Report) -> str:
    """The whole page: no script, no font, no picture from outside. Everything in it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    styles = "".join((HERE / "static" / name).read_text(encoding="utf-8") for name in STYLES)
    return environment.get_template("report_page.html").render(
        report=report,
        styles=Markup(styles),  # noqa: S704 - our own files
        **drawing(),
        link=str,
    )


def drawing() -> Mapping[str, Any]:
    """What the template of the report calls."""
    return {
        "words": words,
        "bar": bar,
        "span": span_of,
        "curves": curves,
        "months": months_of,
        "columns": columns,
    }


def link_to_item(name: str) -> Markup:
    """One of our own items leads to its page; a contact of another tool has none."""
    if not ISSUE_KEY.fullmatch(name):
        return escape(name)
    return Markup('<a href="/items/{}">{}</a>').format(quote(name), name)


def span_of(metrics: tuple[Metric, ...]) -> tuple[float, float]:
    """From where to where the bars of a table run: a share from 0 to 1, others as far as they go."""
    if metrics and metrics[0].definition.unit is Unit.SHARE:
        return 0.0, 1.0
    if metrics and metrics[0].definition.unit is Unit.SCORE:
        return min(0.0, *(one.low or 0.0 for one in metrics)), BEST_SCORE
    ends = [
        end
        for one in metrics
        if one.enough
        for end in (one.low, one.value, one.high)
        if end is not None
    ]
    return min(0.0, *ends, 0.0), max(*ends, 1e-9, 1e-9)


def bar(metric: Metric, span: tuple[float, float]) -> Markup:
    """The bounds as a line and the value as a dot; nothing where there are too few to say."""
    if not metric.enough or metric.value is None:
        return Markup()
    begins, ends = span

    def place(number: float) -> float:
        share = (number - begins) / (ends - begins)
        return round(4 + (BAR - 8) * min(1.0, max(0.0, share)), 1)

    low = place(metric.value if metric.low is None else metric.low)
    high = place(metric.value if metric.high is None else metric.high)
    middle = TALL / 2
    return Markup(  # noqa: S704 - numbers of ours only, written below as numbers
        f'<svg class="bar" width="{BAR}" height="{TALL}" aria-hidden="true">'
        f'<line class="track" x1="4" x2="{BAR - 4}" y1="{middle}" y2="{middle}"/>'
        f'<line class="bounds" x1="{low}" x2="{high}" y1="{middle}" y2="{middle}"/>'
        f'<circle cx="{place(metric.value)}" cy="{middle}" r="3.5"/></svg>'
    )


def curves(survival: Survival) -> list[tuple[str, int, Markup]]:
    """For each path with enough resolutions: its name, its number among them, and its line."""
    enough = [one for one in survival.curves if one.not_back and one.not_back[0].enough]
    least = min((m.low or m.value or 0.0 for one in enough for m in one.not_back), default=0.0)
    floor = max(0.0, int(least * 10) / 10 - 0.1)
    drawn = []
    for number, curve in enumerate(enough):
        points = [
            (0.0, 1.0),
            *zip(curve.days, (m.value or 0.0 for m in curve.not_back), strict=True),
        ]
        line = " ".join(_point(day, share, floor) for day, share in points)
        drawn.append((curve.path, number, Markup(line)))  # noqa: S704 - numbers of ours only
    return drawn


def _point(day: float, share: float, floor: float) -> str:
    x = 30 + (CURVE_WIDE - 40) * day / 7
    y = 10 + (CURVE_TALL - 30) * (1 - share) / (1 - floor)
    return f"{x:.1f},{y:.1f}"


def months_of(volumes: tuple[Volume, ...]) -> list[str]:
    """Every month that any of them has, in order."""
    return sorted({month for one in volumes for month in one.counts})


def columns(volume: Volume, months: list[str]) -> Markup:
    """A small column for each month, the tallest its own largest."""
    most = max(volume.counts.values(), default=1)
    wide = max(2.0, min(14.0, 180 / max(len(months), 1)))
    drawn = []
    for number, month in enumerate(months):
        many = volume.counts.get(month, 0)
        tall = round(22 * many / most, 1)
        drawn.append(
            f'<rect x="{number * wide:.1f}" y="{24 - tall}" width="{wide - 1:.1f}" height="{tall}">'
            f"<title>{month}: {many}</title></rect>"
        )
    svg = "".join(drawn)
    return Markup(  # noqa: S704 - months and numbers of ours only
        f'<svg class="months" width="{wide * len(months):.0f}" height="24" role="img">{svg}</svg>'
    )
