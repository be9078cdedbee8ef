"""Every condition of every file compiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.checks.findings import Problems
from policies.conditions import NAMES, ConditionError, Vocabulary, compile_condition
from policies.problems import PathPart, shown, suggestion
from policies.yaml_source import Source

VOCABULARIES = {
    "triage": Vocabulary.ITEM,
    "sla": Vocabulary.CUSTOMER,
    "approval": Vocabulary.APPROVAL,
}
"""Which names a condition may use in which file."""


def conditions_of(source: Source, vocabulary: Vocabulary) -> Problems:
    """Conditions of one file that do not compile, at their line and column."""
    for path, text in _whens(source.data, ()):
        try:
            compile_condition(text, vocabulary)
        except ConditionError as error:
            yield source.problem(
                path,
                error.what,
                got=shown(text),
                remedy=_condition_remedy(error, vocabulary),
                at=source.place_in_text(path, error.line, error.column),
            )


def _condition_remedy(error: ConditionError, vocabulary: Vocabulary) -> str:
    if "undeclared reference to '" in error.what:
        name = error.what.split("'")[1]
        return suggestion(name, NAMES[vocabulary])
    return "correct the condition"


def _whens(node: Any, path: tuple[PathPart, ...]) -> Iterator[tuple[tuple[PathPart, ...], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "when" and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _whens(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _whens(value, (*path, index))
