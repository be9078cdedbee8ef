"""Conditions in policy files: CEL, type-checked when the files are loaded.

The names that a condition may use are flat and typed (`item.severity`, `action.amount_minor`), so
a misspelt name, a comparison of a word with a number, or a result that is not true or false is an
error at load, with its column. Evaluating needs a native library, so it happens in activities and
never in workflow code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

Fact = str | int | float | bool
LONGEST_CONDITION = 2_000
MOST_MINOR_UNITS = 2**63 - 1
"""What `action.amount_minor` is for an action without an amount: above every limit."""

_ERROR_PLACE = re.compile(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")


class Vocabulary(Enum):
    """Which names a condition may use, by what it decides.

    `CUSTOMER` is what is known before triage (it chooses a calendar), `ITEM` adds what triage
    found (it chooses a route), `APPROVAL` is an action and its item.
    """

    CUSTOMER = "customer"
    ITEM = "item"
    APPROVAL = "approval"


_CUSTOMER_NAMES: dict[str, type] = {
    "item.category": str,
    "item.segment": str,
    "item.plan": str,
    "item.country": str,
    "item.known_customer": bool,
    "item.revenue_minor": int,
    "item.source": str,
    "item.release": str,
    "item.issue_type": str,
}
_ITEM_NAMES: dict[str, type] = {
    **_CUSTOMER_NAMES,
    "item.severity": str,
    "item.sentiment": str,
    "item.language": str,
    "item.unsure": bool,
}
_APPROVAL_NAMES: dict[str, type] = {
    "action.kind": str,
    "action.has_amount": bool,
    "action.amount_minor": int,
    "action.total_minor": int,
    "action.currency": str,
    "action.evidence_count": int,
    "action.level": int,
    "action.by_automation": bool,
    "action.confidence": float,
    "item.severity": str,
    "item.category": str,
    "item.segment": str,
    "item.country": str,
    "item.stage": str,
    "item.confidence": float,
}
NAMES: dict[Vocabulary, dict[str, type]] = {
    Vocabulary.CUSTOMER: _CUSTOMER_NAMES,
    Vocabulary.ITEM: _ITEM_NAMES,
    Vocabulary.APPROVAL: _APPROVAL_NAMES,
}
_CEL_TYPES = {
    str: cel.Type.STRING,
    int: cel.Type.INT,
    bool: cel.Type.BOOL,
    float: cel.Type.DOUBLE,
}


class ConditionError(Exception):
    """A condition that cannot be used. `line` and `column` count from 1 within the condition."""

    def __init__(self, what: str, line: int = 1, column: int = 1) -> None:
        self.what = what
        self.line = line
        self.column = column
        super().__init__(what)


@dataclass(frozen=True)
class Condition:
    """A compiled condition. Make it with `compile_condition`."""

    source: str
    vocabulary: Vocabulary
    _expression: Any = field(repr=False, compare=False)

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Whether the condition is true for these facts; every name of the vocabulary is needed.

        Raises `ConditionError` when it cannot be evaluated, for instance after a division by 0,
        or when it would cost more steps than the evaluator allows.
        """
        names = NAMES[self.vocabulary]
        wrong = [name for name, kind in names.items() if type(facts.get(name)) is not kind]
        if wrong or len(facts) != len(names):
            raise ConditionError(f"facts do not fit the vocabulary: {', '.join(wrong) or 'extra'}")
        try:
            result = self._expression.eval(data=dict(facts))
        except RuntimeError as error:
            raise ConditionError(f"cannot be evaluated: {_plain(str(error))}") from None
        if result.type() != cel.Type.BOOL:
            raise ConditionError(f"cannot be evaluated: {_plain(str(result.value()))}")
        return bool(result.value())


@lru_cache(maxsize=1024)
def compile_condition(source: str, vocabulary: Vocabulary) -> Condition:
    """Check and compile a condition; raises `ConditionError` with its line and column."""
    if len(source) > LONGEST_CONDITION:
        raise ConditionError(f"is longer than {LONGEST_CONDITION} characters")
    try:
        expression = _environment(vocabulary).compile(source)
    except RuntimeError as error:
        raise _explained(str(error)) from None
    if expression.return_type() != cel.Type.BOOL:
        raise ConditionError(
            f"gives {expression.return_type().name()}, but a condition must be true or false"
        )
    return Condition(source, vocabulary, expression)


@lru_cache
def _environment(vocabulary: Vocabulary) -> Any:
    return cel.NewEnv(
        variables={name: _CEL_TYPES[kind] for name, kind in NAMES[vocabulary].items()}
    )


def _explained(message: str) -> ConditionError:
    found = _ERROR_PLACE.search(message)
    if found is None:
        return ConditionError(_plain(message.splitlines()[0] if message else "cannot be read"))
    line, column, what = found.groups()
    return ConditionError(_plain(what), int(line), int(column))


def _plain(message: str) -> str:
    """The evaluator's message without its status codes and container names."""
    message = re.sub(
        r"(INVALID_ARGUMENT|INTERNAL): | \[(INVALID_ARGUMENT|INTERNAL)\]| \(in container ''\)",
        "",
        message,
    )
    return message.replace("ERROR: ", "").strip()
