"""One YAML file with the line and column of everything in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)
from ruamel.yaml.scanner import RoundTripScanner

from policies.problems import PathPart, PolicyError, PolicyProblem

DEEPEST = 50
"""Brackets within brackets; reading far deeper ones would take minutes before it failed."""
MOST_VALUES = 100_000
"""A file with more values than this (through aliases, for instance) is refused."""


class _TooDeep(YAMLError):  # noqa: N818 - says what happened, as all failures here do
    """Raised while reading, so that a file made to keep the reader busy does not."""


class _Scanner(RoundTripScanner):
    """Gives up on lists and mappings that stand too deep in each other."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 - the package calls it so
        """As in YAML, but only so deep."""
        if self.flow_level >= DEEPEST:
            raise _TooDeep
        super().fetch_flow_collection_start(TokenClass, to_push)

    def add_indent(self, column: int) -> bool:
        """As in YAML, but only so deep."""
        if len(self.indents) >= DEEPEST:
            raise _TooDeep
        return bool(super().add_indent(column))


class _Constructor(RoundTripConstructor):
    """Leaves dates as they are written, so that a wrong one is reported with its place."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


@dataclass(frozen=True)
class Source:
    """A parsed file: `name` as shown to people, `data` without YAML's own classes."""

    name: str
    lines: tuple[str, ...]
    tree: CommentedMap
    data: dict[str, Any]

    def place(self, path: Sequence[PathPart], of_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value (or key) at the path, or as near as there is."""
        node: Any = self.tree
        line, column = 0, 0
        for depth, part in enumerate(path):
            found = _position(node, part, of_key and depth == len(path) - 1)
            if found is None:
                break
            line, column = found
            node = node[part]
        return line + 1, column + 1

    def place_in_text(self, path: Sequence[PathPart], line: int, column: int) -> tuple[int, int]:
        """Where the given line and column of a text value stand in the file."""
        value = self._at(path)
        first_line, first_column = self.place(path)
        if isinstance(value, LiteralScalarString):
            below = next((text for text in self.lines[first_line:] if text.strip()), "")
            return first_line + line, len(below) - len(below.lstrip()) + column
        if line > 1 or isinstance(value, FoldedScalarString):
            return first_line, first_column
        quoted = isinstance(value, DoubleQuotedScalarString | SingleQuotedScalarString)
        return first_line, first_column + column - 1 + int(quoted)

    def problem(
        self,
        path: Sequence[PathPart],
        what: str,
        *,
        got: str | None = None,
        remedy: str = "",
        of_key: bool = False,
        at: tuple[int, int] | None = None,
    ) -> PolicyProblem:
        """A problem with the value at the path."""
        line, column = at or self.place(path, of_key)
        dotted = ".".join(str(part) for part in path)
        return PolicyProblem(self.name, line, column, dotted, what, got, remedy)

    def _at(self, path: Sequence[PathPart]) -> Any:
        node: Any = self.tree
        for part in path:
            node = node[part]
        return node


def parse(name: str, text: str) -> Source:
    """Read a file's text. Raises `PolicyError` when it is not YAML or not a mapping."""
    reader = YAML(typ="rt")
    reader.preserve_quotes = True
    reader.Constructor = _Constructor
    reader.Scanner = _Scanner
    try:
        tree = reader.load(text)
    except DuplicateKeyError as error:
        raise PolicyError(
            [_marked(name, error, "the same key twice", "keep one of the two")]
        ) from None
    except MarkedYAMLError as error:
        what = f"is not valid YAML: {error.problem or error.context or 'unreadable'}"
        raise PolicyError([_marked(name, error, what, "look at the indentation there")]) from None
    except (RecursionError, _TooDeep):
        what = "is nested too deeply"
        raise PolicyError([PolicyProblem(name, 1, 1, "", what, remedy="write it flat")]) from None
    except (YAMLError, ValueError, TypeError, AttributeError):  # a merge into itself, for one
        what = "holds a character or a value that YAML does not allow"
        raise PolicyError(
            [PolicyProblem(name, 1, 1, "", what, remedy="save it as UTF-8")]
        ) from None
    if not isinstance(tree, CommentedMap):
        what = "must hold keys with values"
        raise PolicyError(
            [PolicyProblem(name, 1, 1, "", what, remedy="look at the shipped file of this name")]
        )
    try:
        data = _Plain().of(tree)
    except (RecursionError, OverflowError):
        what = "holds too many values, or refers to itself"
        raise PolicyError([PolicyProblem(name, 1, 1, "", what, remedy="write it out")]) from None
    return Source(name, tuple(text.splitlines()), tree, data)


def _position(node: Any, part: PathPart, of_key: bool) -> tuple[int, int] | None:
    try:
        if isinstance(node, CommentedMap) and part in node:
            place = node.lc.key(part) if of_key else node.lc.value(part)
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            place = node.lc.item(part)
        else:
            return None
    except (KeyError, TypeError):
        # A merged key (<<) stands elsewhere and has no place of its own.
        return None
    return int(place[0]), int(place[1])


def _marked(name: str, error: MarkedYAMLError, what: str, remedy: str) -> PolicyProblem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return PolicyProblem(name, line, column, "", what, remedy=remedy)


class _Plain:
    """Copies a tree without YAML's own classes, and gives up on one that has no end."""

    def __init__(self) -> None:
        self._copied = 0

    def of(self, node: Any) -> Any:
        self._copied += 1
        if self._copied > MOST_VALUES:
            raise OverflowError
        if isinstance(node, Mapping):
            return {str(key): self.of(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.of(value) for value in node]
        for kind in (bool, int, float, str):
            if isinstance(node, kind):
                return kind(node)
        return None if node is None else str(node)
