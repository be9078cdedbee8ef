"""What is wrong with policy files, each with its place and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

PathPart = str | int
SHOWN = 60


@dataclass(frozen=True, order=True)
class PolicyProblem:
    """One problem. `line` and `column` count from 1; `path` is such as `rules.2.quorum`."""

    file: str
    line: int
    column: int
    path: str
    what: str
    got: str | None = None
    remedy: str = ""

    def __str__(self) -> str:
        """`file:line:col: path: what (got …); what to do`."""
        path = f" {self.path}:" if self.path else ""
        got = f" (got {self.got})" if self.got is not None else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.file}:{self.line}:{self.column}:{path} {self.what}{got}{remedy}"


class PolicyError(Exception):
    """The policy files cannot be used. `problems` holds everything that was found, in order."""

    def __init__(self, problems: Iterable[PolicyProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(value: object) -> str:
    """A value as it was written, shortened."""
    if isinstance(value, Mapping):
        return "several keys"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def suggestion(wrong: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean …?` when something known looks like it, else what is known."""
    names = sorted(known)
    close = get_close_matches(wrong, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return otherwise or f"known here: {', '.join(names) or 'none'}"
