"""A digest as text: one outline, written in Markdown, in HTML, and in Jira's markup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from models.review import Digest, Figure, LastDecision, Share, ThemeLine
from policies.markup import for_jira, for_markdown
from policies.money import in_words

Row = tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A heading with a table below it, or with a sentence where there is nothing to tell."""

    title: str
    head: Row
    rows: tuple[Row, ...]
    nothing: str


def outline(digest: Digest) -> tuple[Section, ...]:
    """What a digest says, in the order in which it is read."""
    return (
        Section(
            "What was decided last time, and whether it worked",
            ("decision", "said", "figure then", "figure now", "worked"),
            tuple(_last(one) for one in digest.last),
            "Nothing was asked last time.",
        ),
        Section(
            "Figures",
            ("figure", "now", "before", "counts", "behind it"),
            tuple(_figure(one) for one in digest.figures),
            "There are no figures.",
        ),
        Section(
            "The themes that cost most",
            ("theme", "stands", "customers", "items", "they pay a year", "issue"),
            tuple(_theme(one) for one in digest.themes),
            "There are no themes.",
        ),
        Section(
            "Feedback by category",
            ("category", "now", "before"),
            _shares(digest.categories),
            "Nothing came in.",
        ),
        Section(
            "Where the time of product managers went",
            ("act", "now", "before"),
            _shares(digest.product_time),
            "No act of a product manager was recorded.",
        ),
    )


def markdown(digest: Digest) -> str:
    """The digest in Markdown."""

    def table(section: Section) -> str:
        rows = [section.head, ("---",) * len(section.head)]
        rows += [tuple(for_markdown(_cell(cell)) for cell in row) for row in section.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    return _written(digest, "# {}", "## {}", table)


def jira_text(digest: Digest) -> str:
    """The digest in Jira's markup."""

    def table(section: Section) -> str:
        head = f"||{'||'.join(section.head)}||"
        cells = [[for_jira(_cell(cell)) or " " for cell in row] for row in section.rows]
        rows = [f"|{'|'.join(row)}|" for row in cells]
        return "\n".join([head, *rows])

    return _written(digest, "h2. {}", "h3. {}", table)


def html(digest: Digest) -> str:
    """The digest in HTML: a fragment without styles or scripts, every value escaped."""
    parts = [f"<h1>{escape(_title(digest))}</h1>"]
    for section in outline(digest):
        parts.append(f"<h2>{escape(section.title)}</h2>")
        if not section.rows:
            parts.append(f"<p>{escape(section.nothing)}</p>")
            continue
        head = "".join(f"<th>{escape(cell)}</th>" for cell in section.head)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
            for row in section.rows
        )
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    return "\n".join(parts)


def _written(digest: Digest, title: str, heading: str, table: Callable[[Section], str]) -> str:
    parts = [title.format(_title(digest))]
    for section in outline(digest):
        parts.append(heading.format(section.title))
        parts.append(table(section) if section.rows else section.nothing)
    return "\n\n".join(parts)


def _title(digest: Digest) -> str:
    return f"Review of {digest.since:%Y-%m-%d} to {digest.until:%Y-%m-%d}"


def _figure(one: Figure) -> Row:
    name = one.name.replace("_", " ")
    return (name, value_now(one), value_before(one), one.words, ", ".join(one.behind))


def _theme(one: ThemeLine) -> Row:
    pays = in_words(one.revenue) if one.revenue else ""
    return (one.name, one.phase.value, str(one.customers), str(one.items), pays, one.issue_key)


def value_now(one: Figure) -> str:
    """A figure's value with what it is a part of, or with its bounds and sample."""
    if one.unit:
        bounds = "" if one.low is None else f"{number(one.low)} to {number(one.high)}, "
        return f"{number(one.value)} {one.unit} ({bounds}of {number(one.of)})"
    return number(one.value) if one.of is None else f"{number(one.value)} of {number(one.of)}"


def value_before(one: Figure) -> str:
    """A figure's value in the period before; a dash where there were too few to say."""
    if one.before is None:
        return "–"
    return f"{number(one.before)} {one.unit}".strip()


def _last(one: LastDecision) -> Row:
    said = f"{one.choice} by {one.person}: {one.reason}" if one.choice else "nobody replied"
    worked = {True: "yes", False: "no", None: ""}[one.worked]
    return (one.question, said, number(one.value_then), number(one.value_now), worked)


def _shares(shares: Sequence[Share]) -> tuple[Row, ...]:
    return tuple((one.name, str(one.value), str(one.before)) for one in shares)


def number(value: float | None) -> str:
    """A count without decimals, anything else with two; empty for None."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def _cell(text: str) -> str:
    """A colleague's reason must not break the table that it stands in, however it is shown."""
    return text.replace("|", "/")
