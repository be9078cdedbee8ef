"""What the terminal prints: answers on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from runtime.problems import Problem

PIPED_WIDTH = 160
"""Columns of a table that is not shown on a terminal, so that nothing is cut for want of one."""


def answers() -> Console:
    """Standard output; coloured on a terminal only."""
    piped = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(file=sys.stdout, width=piped, highlight=False)


def notices() -> Console:
    """Standard error; coloured on a terminal only."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def print_json(value: BaseModel | Sequence[BaseModel]) -> None:
    """One JSON document on standard output: the model's own JSON, indented by two."""
    if isinstance(value, BaseModel):
        print(value.model_dump_json(indent=2))  # noqa: T201 - JSON is the answer itself
        return
    documents = [one.model_dump(mode="json") for one in value]
    print(json.dumps(documents, indent=2, ensure_ascii=False))  # noqa: T201 - as above


def print_problem_json(problem: Problem) -> None:
    """The refusal as one JSON document on standard output."""
    kind = getattr(problem, "failure", "") or type(problem).__name__
    error = {"type": kind, "message": problem.what, "remedy": problem.remedy}
    print(json.dumps({"error": error}, indent=2, ensure_ascii=False))  # noqa: T201 - as above


def print_text(text: str) -> None:
    """A whole document on standard output, as it is."""
    print(text)  # noqa: T201 - the document is the answer itself


def say(sentence: str) -> None:
    """A sentence that is the answer."""
    answers().print(Text(sentence), soft_wrap=True)


def tell(sentence: str) -> None:
    """A sentence beside the answer."""
    notices().print(Text(sentence))


def tell_problem(problem: Problem) -> None:
    """What happened, where, and what to do next."""
    place = f"{problem.where}: " if problem.where else ""
    text = Text(f"{place}{problem.what}", style="red")
    if problem.remedy:
        text.append(f"\n  {problem.remedy}", style="default")
    notices().print(text)
