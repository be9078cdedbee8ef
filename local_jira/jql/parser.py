"""Reads JQL into a tree, with the real service's sentences when it cannot."""

from dataclasses import dataclass

from local_jira.jql.lexer import JqlError, Token, tokenize

ERROR = "Error in the JQL Query: "
DEEPEST_NESTING = 60
MOST_CLAUSES = 500
_SIGNS = ("=", "!=", "~", "!~", ">", ">=", "<", "<=")
_VALID = (
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' "
    "and 'IS NOT'."
)
_KEYWORDS = frozenset(
    {"AND", "OR", "NOT", "IN", "IS", "ORDER", "EMPTY", "NULL", "BY", "ASC", "DESC"}
)


@dataclass(frozen=True)
class Value:
    """A single value."""

    text: str


@dataclass(frozen=True)
class Function:
    """A call such as `currentUser()`."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Empty:
    """The word EMPTY or NULL."""


Operand = Value | Function | Empty


@dataclass(frozen=True)
class Clause:
    """One condition; `operands` has several entries only for IN and NOT IN."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Both:
    """All parts must hold (AND)."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Either:
    """At least one part must hold (OR)."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Negation:
    """The part must not hold (NOT)."""

    part: "Condition"


Condition = Clause | Both | Either | Negation


@dataclass(frozen=True)
class Sorting:
    """One ORDER BY term."""

    field: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """A whole query; without a condition it is unbounded."""

    condition: Condition | None
    order: tuple[Sorting, ...]


class _Parser:
    def __init__(self, query: str) -> None:
        self.tokens = tokenize(query)
        self.at = 0
        self.depth = 0
        self.clauses = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.current
        self.at += 1
        return token

    def query(self) -> Query:
        condition = None
        if not self.current.is_kind("end") and not self.current.is_word("ORDER"):
            condition = self.either()
        order = self.order() if self.current.is_word("ORDER") else ()
        if not self.current.is_kind("end"):
            raise JqlError(
                f"{ERROR}Expecting either 'OR' or 'AND' but got '{self.current.text}'. "
                f"{self.current.place}"
            )
        return Query(condition, order)

    def _is_and(self) -> bool:
        return self.current.is_word("AND") or self.current.text in ("&&", "&")

    def _is_or(self) -> bool:
        return self.current.is_word("OR") or self.current.text in ("||", "|")

    def either(self) -> Condition:
        parts = [self.both()]
        while self._is_or():
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self) -> Condition:
        parts = [self.single()]
        while self._is_and():
            self.take()
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def single(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise JqlError(f"{ERROR}The query is nested too deeply.")
        try:
            if self.current.is_word("NOT") or self.current.text == "!":
                self.take()
                return Negation(self.single())
            if self.current.is_kind("open"):
                return self.group()
            return self.clause()
        finally:
            self.depth -= 1

    def group(self) -> Condition:
        self.take()
        inner = self.either()
        if self.current.is_kind("end"):
            raise JqlError(f"{ERROR}Expecting ')' before the end of the query.")
        if not self.current.is_kind("close"):
            raise JqlError(
                f"{ERROR}Expecting ')' but got '{self.current.text}'. {self.current.place}"
            )
        self.take()
        return inner

    def clause(self) -> Clause:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise JqlError(f"{ERROR}The query has more than {MOST_CLAUSES} conditions.")
        field = self.field_name()
        operator = self.operator()
        if operator in ("in", "not in"):
            return Clause(field, operator, self.operand_list())
        return Clause(field, operator, (self.operand(),))

    def field_name(self) -> str:
        token = self.current
        if token.kind == "end":
            raise JqlError(f"{ERROR}Expecting a field name at the end of the query.")
        if token.kind not in ("word", "string"):
            raise JqlError(f"{ERROR}Expecting a field name but got '{token.text}'. {token.place}")
        if token.kind == "word" and token.text.upper() in _KEYWORDS:
            raise JqlError(
                f"{ERROR}Expecting a field name but got '{token.text}'. You must surround "
                f"'{token.text}' in quotation marks to use it as a field name. {token.place}"
            )
        return self.take().text

    def operator(self) -> str:
        token = self.take()
        if token.kind == "operator" and token.text in _SIGNS:
            return token.text
        if token.is_word("IN"):
            return "in"
        if token.is_word("NOT") and self.current.is_word("IN"):
            self.take()
            return "not in"
        if token.is_word("IS"):
            if self.current.is_word("NOT"):
                self.take()
                return "is not"
            return "is"
        if token.kind == "end":
            raise JqlError(f"{ERROR}Expecting operator before the end of the query. {_VALID}")
        raise JqlError(f"{ERROR}Expecting operator but got '{token.text}'. {_VALID} {token.place}")

    def operand_list(self) -> tuple[Operand, ...]:
        if not self.current.is_kind("open"):
            return (self.operand(),)
        self.take()
        operands = [self.operand()]
        while self.current.is_kind("comma"):
            self.take()
            operands.append(self.operand())
        if not self.current.is_kind("close"):
            raise JqlError(f"{ERROR}Expecting ')' before the end of the query.")
        self.take()
        return tuple(operands)

    def operand(self) -> Operand:
        token = self.current
        if token.kind == "end":
            raise JqlError(
                "Error in JQL Query: Expecting either a value, list or function before the end "
                "of the query."
            )
        if token.kind not in ("word", "string"):
            raise JqlError(
                f"{ERROR}Expecting either a value, list or function but got '{token.text}'. "
                f"{token.place}"
            )
        self.take()
        if token.is_word("EMPTY", "NULL"):
            return Empty()
        if token.kind == "word" and token.text.upper() in _KEYWORDS:
            raise JqlError(
                f"{ERROR}Expecting either a value, list or function but got '{token.text}'. You "
                f"must surround '{token.text}' in quotation marks to use it as a value. "
                f"{token.place}"
            )
        if self.current.is_kind("open") and token.kind == "word":
            return self.function(token.text)
        return Value(token.text)

    def function(self, name: str) -> Function:
        self.take()
        arguments: list[str] = []
        while self.current.kind in ("word", "string"):
            arguments.append(self.take().text)
            if self.current.is_kind("comma"):
                self.take()
        if not self.current.is_kind("close"):
            raise JqlError(f"{ERROR}Expecting ')' before the end of the query.")
        self.take()
        return Function(name, tuple(arguments))

    def order(self) -> tuple[Sorting, ...]:
        self.take()
        if not self.current.is_word("BY"):
            raise JqlError(
                f"{ERROR}Expecting 'by' but got '{self.current.text}'. {self.current.place}"
            )
        self.take()
        terms = [self.sorting()]
        while self.current.is_kind("comma"):
            self.take()
            terms.append(self.sorting())
        return tuple(terms)

    def sorting(self) -> Sorting:
        field = self.field_name()
        descending = False
        if self.current.is_word("ASC", "DESC"):
            descending = self.take().text.upper() == "DESC"
        return Sorting(field, descending)


def parse_jql(query: str) -> Query:
    """Read a query; raises JqlError in the real service's words."""
    return _Parser(query).query()
