"""The report as Markdown, for a wiki, an issue or a mail."""

from __future__ import annotations

from collections.abc import Iterator

from desk import report_words as words
from insight.numbers.metric import Breakdown, Metric
from insight.numbers.report import Report
from insight.numbers.sections import Section, Volume
from insight.numbers.survival import Survival
from insight.numbers.themes import Theme
from policies.markup import for_markdown as plain


def markdown(report: Report) -> str:
    """The whole page."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"# Strategic insight, {plain(report.period.name)}"
    yield ""
    named = ", ".join(f"{plain(one.source)} ({one.contacts:,})" for one in report.sources)
    yield f"Contacts: {named or 'none'}. Made {report.made_at:%Y-%m-%d %H:%M} UTC."
    yield ""
    if report.findings:
        yield "## What to look at"
        yield ""
        for one in report.findings:
            chance = words.chance(one.p)
            yield f"- {plain(one.says)}{f' ({plain(chance)})' if chance else ''}"
        yield ""
    for section in report.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield f"## {plain(section.name)}"
    yield ""
    if section.metrics:
        yield "| number | value | 95 % bounds | sample | note |"
        yield "|---|---|---|---|---|"
        yield from (_row(one) for one in section.metrics)
        yield ""
    if section.survival is not None and section.survival.curves:
        yield from _survival(section.survival)
    if section.themes:
        yield from _themes(section.themes)
    if section.volumes:
        yield from _volumes(section.volumes)
    for breakdown in section.breakdowns:
        yield from _breakdown(breakdown)
    for one in section.metrics:
        yield f"- **{plain(one.definition.name)}**: {plain(one.definition.words)}"
    yield ""


def _row(metric: Metric) -> str:
    note = "; ".join(filter(None, (words.goal(metric), words.restated(metric))))
    cells = (
        metric.definition.name,
        words.shown(metric),
        words.bounds(metric),
        words.sample(metric),
        note,
    )
    return "| " + " | ".join(plain(cell) for cell in cells) + " |"


def _survival(survival: Survival) -> Iterator[str]:
    days = survival.curves[0].days
    yield "| not back after | " + " | ".join(f"{day} days" for day in days) + " | resolutions |"
    yield "|---" * (len(days) + 2) + "|"
    for curve in survival.curves:
        values = " | ".join(words.shown(one) for one in curve.not_back)
        yield f"| {plain(curve.path)} | {values} | {curve.resolutions:,} |"
    yield ""


def _themes(themes: tuple[Theme, ...]) -> Iterator[str]:
    yield "| theme | revenue × pain | the sum | customers | revenue not known of |"
    yield "|---|---|---|---|---|"
    for one in themes:
        yield (
            f"| {plain(one.name)} | {one.worth:,.0f} | {plain(one.sum_in_words)} "
            f"| {one.customers:,} | {one.unknown:,} |"
        )
    yield ""


def _volumes(volumes: tuple[Volume, ...]) -> Iterator[str]:
    yield "| category | contacts | largest month |"
    yield "|---|---|---|"
    for one in volumes:
        month = max(one.counts, key=lambda name: one.counts[name])
        name = plain(one.name) or "no category"
        yield f"| {name} | {sum(one.counts.values()):,} | {month}: {one.counts[month]:,} |"
    yield ""


def _breakdown(breakdown: Breakdown) -> Iterator[str]:
    title = f"{breakdown.groups[0].metric.definition.name} by {breakdown.by.replace('_', ' ')}"
    chance = words.chance(breakdown.adjusted)
    yield f"**{plain(title)}**{f' ({breakdown.test}, {plain(chance)})' if chance else ''}"
    yield ""
    yield "| | value | 95 % bounds | sample |"
    yield "|---|---|---|---|"
    for one in breakdown.groups:
        cells = (
            one.name,
            words.shown(one.metric),
            words.bounds(one.metric),
            words.sample(one.metric),
        )
        yield "| " + " | ".join(plain(cell) for cell in cells) + " |"
    if breakdown.left_out:
        yield f"| {breakdown.left_out} smaller groups | | | |"
    yield ""
