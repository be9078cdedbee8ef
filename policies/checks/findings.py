"""What the checks of several files say alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policies.problems import PathPart, PolicyProblem, shown, suggestion
from policies.yaml_source import Source

Problems = Iterator[PolicyProblem]


def used_twice(source: Source, named: Iterable[tuple[tuple[PathPart, ...], str]]) -> Problems:
    """A name that stands there a second time."""
    seen: dict[str, tuple[PathPart, ...]] = {}
    for path, name in named:
        if name in seen:
            line, _ = source.place(seen[name])
            what = f"is used before, in line {line}"
            yield source.problem(path, what, got=shown(name), remedy="choose another")
        else:
            seen[name] = path


def unknown(
    source: Source, path: Sequence[PathPart], name: str, known: Iterable[str], kind: str
) -> PolicyProblem:
    """A name that nothing is called by, with the nearest one that something is."""
    return source.problem(path, f"is no {kind}", got=shown(name), remedy=suggestion(name, known))
