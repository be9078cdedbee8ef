"""Checks of themes.yaml against the people, and of what customers are told."""

from __future__ import annotations

from string import Formatter

from policies.checks.findings import Problems
from policies.checks.named_people import check_asked, check_late
from policies.directory import Directory
from policies.documents.themes import ThemesDocument
from policies.yaml_source import Source

PLACEHOLDERS = frozenset({"release"})


def check_themes(source: Source, document: ThemesDocument, directory: Directory | None) -> Problems:
    """People who are not there, and closing words that could not be filled in."""
    wrong = _placeholders(document.closing_words)
    if wrong is None:
        remedy = "write {{ and }} for braces that are meant as such"
        yield source.problem(("closing_words",), "has a brace without its partner", remedy=remedy)
    else:
        for name in sorted(wrong - PLACEHOLDERS):
            remedy = "only {release} is filled in"
            what = "names something unknown"
            yield source.problem(("closing_words",), what, got=f"{{{name}}}", remedy=remedy)
    yield from check_late(source, document.late, directory)
    if directory is not None:
        owner, deputies = document.owner, document.deputies
        yield from check_asked(source, (), "owner", owner, deputies, directory)


def _placeholders(words: str) -> set[str] | None:
    """What stands in braces; None where a brace is left open."""
    try:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        return None
