"""Turns single JQL conditions into SQL over the search index, one class per kind of field."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local_jira.database import is_row_id
from local_jira.jql.dates import MINUTE, date_function, date_value
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import Clause, Empty, Function, Operand, Value
from local_jira.naming import find_named
from local_jira.store.accounts import Account, all_accounts, find_account

if TYPE_CHECKING:
    from local_jira.site import Site

Sql = tuple[str, list[Any]]
EQUALITY = frozenset({"=", "!=", "in", "not in", "is", "is not"})
ORDERED = EQUALITY | {"<", "<=", ">", ">="}
TEXT = frozenset({"~", "!~", "is", "is not"})


@dataclass(frozen=True)
class Asking:
    """Who asks, when and where: what functions and dates in a query refer to.

    Where nobody `validates`, a value that nothing has matches nothing instead of being refused.
    """

    site: "Site"
    connection: sqlite3.Connection
    account: Account
    now: int
    validates: bool = True


def no_such_value(value: str, field: str) -> JqlError:
    """The sentence for a value that nothing has."""
    return JqlError(f"The value '{value}' does not exist for the field '{field}'.")


def _unknown_function(function: Function) -> JqlError:
    return JqlError(
        f"Unable to find JQL function '{function.name}({', '.join(function.arguments)})'."
    )


class JqlField:
    """A searchable field. `empty_sql` says when it has no value; `sort_sql` how it sorts."""

    operators = EQUALITY

    def __init__(self, column: str, sort: str | None = None, last: str = "'\U0010ffff'") -> None:
        """`column` is an SQL expression; `last` sorts behind every value, for empty ones."""
        self.column = column
        self.sort_sql = f"COALESCE({sort or column}, {last})"
        self.empty_sql = f"{column} IS NULL"

    def condition(self, asking: Asking, clause: Clause) -> Sql:
        """The SQL of a clause; raises JqlError for operators and values it does not take."""
        operator = clause.operator
        if operator not in self.operators:
            raise JqlError(
                f"The operator '{operator}' is not supported by the '{clause.field}' field."
            )
        if operator in ("is", "is not"):
            return self._emptiness(clause)
        if any(isinstance(operand, Empty) for operand in clause.operands):
            return self._with_empty(asking, clause)
        values = [
            v for operand in clause.operands for v in self.values(asking, clause.field, operand)
        ]
        if operator in ("=", "in"):
            return self.any_of(values)
        if operator in ("!=", "not in"):
            return self.none_of(values)
        return self.compare(operator, values[0])

    def _emptiness(self, clause: Clause) -> Sql:
        if not isinstance(clause.operands[0], Empty):
            raise JqlError(
                f"The operator '{clause.operator}' only supports the value 'EMPTY' or 'NULL'."
            )
        return (self.empty_sql if clause.operator == "is" else f"NOT ({self.empty_sql})"), []

    def _with_empty(self, asking: Asking, clause: Clause) -> Sql:
        others = tuple(o for o in clause.operands if not isinstance(o, Empty))
        wants = clause.operator in ("=", "in")
        parts: list[Sql] = [(self.empty_sql if wants else f"NOT ({self.empty_sql})", [])]
        if others:
            parts.append(self.condition(asking, Clause(clause.field, clause.operator, others)))
        joined = (" OR " if wants else " AND ").join(f"({sql})" for sql, _ in parts)
        return joined, [value for _, values in parts for value in values]

    def values(self, asking: Asking, field: str, operand: Operand) -> list[Any]:
        """The SQL values that an operand stands for."""
        if isinstance(operand, Value):
            return [self.value(asking, field, operand.text)]
        if isinstance(operand, Function):
            return self.function(asking, field, operand)
        return []

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """The SQL value of a literal."""
        return text

    def function(self, asking: Asking, field: str, function: Function) -> list[Any]:
        """The SQL values of a function call."""
        raise _unknown_function(function)

    def any_of(self, values: list[Any]) -> Sql:
        """The field has one of the values."""
        return f"{self.column} IN ({', '.join('?' * len(values))})", values

    def none_of(self, values: list[Any]) -> Sql:
        """The field has a value, and none of these."""
        return f"{self.column} NOT IN ({', '.join('?' * len(values))})", values

    def compare(self, operator: str, value: Any) -> Sql:
        """The field compares to the value like this."""
        return f"{self.column} {operator} ?", [value]


class ChoiceField(JqlField):
    """A field whose values are defined by the site; unknown ones are an error."""

    def __init__(
        self, column: str, find: Callable[[Asking, str], str | None], sort: str | None = None
    ) -> None:
        """`find` gives the id behind an id or name."""
        super().__init__(column, sort)
        self.find = find

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """The id; None, which equals nothing, where unknown values are passed over."""
        found = self.find(asking, text)
        if found is None and asking.validates:
            raise no_such_value(text, field)
        return found


class PriorityField(ChoiceField):
    """A choice that also has an order: Highest is greater than High."""

    operators = ORDERED

    def condition(self, asking: Asking, clause: Clause) -> Sql:
        """Compare ranks for greater and less, ids for the rest."""
        if clause.operator not in ("<", "<=", ">", ">="):
            return super().condition(asking, clause)
        [chosen] = [v for o in clause.operands for v in self.values(asking, clause.field, o)]
        rank = asking.site.catalog.priority_ranks.get(chosen)
        return f"priority_rank {clause.operator} ?", [rank]


class UserField(ChoiceField):
    """A person, by account id, on Data Center by name or key."""

    def __init__(self, column: str) -> None:
        """People are looked up when asked for."""
        super().__init__(column, self._find)

    @staticmethod
    def _find(asking: Asking, text: str) -> str | None:
        account = find_account(asking.connection, text)
        if account is None and asking.site.settings.is_datacenter:
            account = find_named(asking.connection, text)
        return account.account_id if account else None

    def function(self, asking: Asking, field: str, function: Function) -> list[Any]:
        """`currentUser()` and `membersOf("group")`."""
        if function.name.casefold() == "currentuser":
            return [asking.account.account_id]
        if function.name.casefold() == "membersof" and len(function.arguments) == 1:
            group = function.arguments[0]
            people = all_accounts(asking.connection)
            members = [p.account_id for p in people if group in p.groups]
            if not members:
                raise JqlError(f"The group '{group}' does not exist.")
            return members
        raise _unknown_function(function)


class ListField(JqlField):
    """A field with several values, kept as a JSON array."""

    def __init__(
        self, column: str, find: Callable[[Asking, str], str | None] | None = None
    ) -> None:
        """`find` gives the id behind a name; without it any word is allowed."""
        super().__init__(column)
        self.empty_sql = f"{column} = '[]'"
        self.find = find

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """The word itself or the id behind it."""
        found = self.find(asking, text) if self.find else text
        if found is None:
            raise no_such_value(text, field)
        return found

    def _contains(self, values: list[Any]) -> str:
        marks = ", ".join("?" * len(values))
        return f"EXISTS (SELECT 1 FROM json_each({self.column}) WHERE value IN ({marks}))"  # noqa: S608 - the column is one of ours; values are bound

    def any_of(self, values: list[Any]) -> Sql:
        """One of the values is in the list."""
        return self._contains(values), values

    def none_of(self, values: list[Any]) -> Sql:
        """The list has values, and none of these."""
        return f"{self.column} != '[]' AND NOT {self._contains(values)}", values


COMMENTS = "comments"
# The index holds all comments in one text; what customers search must not have the internal ones.
PUBLIC_COMMENTS = """(
    SELECT coalesce(group_concat(json_extract(said.body, '$.text'), char(10)), '')
    FROM comment AS said WHERE said.issue_id = search_index.issue_id AND NOT EXISTS (
        SELECT 1 FROM property AS mark
        WHERE mark.owner = 'comment' AND mark.owner_id = said.id
        AND mark.key = 'sd.public.comment' AND json_type(mark.value, '$.internal') = 'true'
    )
)"""


class TextField(JqlField):
    """A text that is searched by words."""

    operators = TEXT

    def __init__(self, *columns: str) -> None:
        """Several columns are searched as one text; of comments, customers search the public."""
        super().__init__(" || char(10) || ".join(columns))
        self.empty_sql = f"({self.column}) = ''"
        self._for_customers: TextField | None = None
        if COMMENTS in columns:
            others = (PUBLIC_COMMENTS if column == COMMENTS else column for column in columns)
            self._for_customers = TextField(*others)

    def condition(self, asking: Asking, clause: Clause) -> Sql:
        """Words for `~`, the absence of words for `!~`."""
        if self._for_customers and asking.account.is_customer:
            return self._for_customers.condition(asking, clause)
        if clause.operator not in ("~", "!~"):
            return super().condition(asking, clause)
        operand = clause.operands[0]
        if not isinstance(operand, Value) or not operand.text.strip():
            raise JqlError(
                f"The field '{clause.field}' does not support searching for an empty string."
            )
        negated = "NOT " if clause.operator == "!~" else ""
        return f"{negated}contains_words({self.column}, ?)", [operand.text]


class KeyField(JqlField):
    """The issue's key or id; one that does not exist is an error."""

    operators = ORDERED - {"is", "is not"}

    def __init__(self) -> None:
        """Keys sort by project, then by number."""
        super().__init__("issue_id", "number", "0")

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """The numeric id behind a key or id; None as for any other choice."""
        by_id = is_row_id(text)
        row = asking.connection.execute(
            "SELECT id FROM issue WHERE id = ?" if by_id else "SELECT id FROM issue WHERE key = ?",
            (int(text) if by_id else text.upper(),),
        ).fetchone()
        if row is None and asking.validates:
            kind = "A value with ID" if by_id else "An issue with key"
            raise JqlError(f"{kind} '{text}' does not exist for field '{field}'.")
        return row["id"] if row else None

    def compare(self, operator: str, value: Any) -> Sql:
        """Compare numbers within the same project."""
        prefix = "(SELECT project_id FROM issue WHERE id = ?)"
        return f"issue_id {operator} ? AND project_id = {prefix}", [value, value]


class TimeField(JqlField):
    """A moment, compared by the minute in the caller's zone."""

    operators = ORDERED

    def __init__(self, column: str) -> None:
        """Empty moments sort last."""
        super().__init__(column, None, "9223372036854775807")

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """The minute of a literal."""
        return self._minute(date_value(text, field, asking.now, asking.account.time_zone))

    def function(self, asking: Asking, field: str, function: Function) -> list[Any]:
        """The minute of a date function."""
        moment = date_function(
            function.name, function.arguments, field, asking.now, asking.account.time_zone
        )
        if moment is None:
            raise _unknown_function(function)
        return [self._minute(moment)]

    @staticmethod
    def _minute(moment: datetime) -> int:
        return int(moment.timestamp() * 1000) // MINUTE * MINUTE

    def compare(self, operator: str, value: Any) -> Sql:
        """Seconds are cut off on both sides."""
        rewritten = {
            ">=": (">=", value),
            ">": (">=", value + MINUTE),
            "<": ("<", value),
            "<=": ("<", value + MINUTE),
        }
        sign, limit = rewritten[operator]
        return f"{self.column} {sign} ?", [limit]

    def any_of(self, values: list[Any]) -> Sql:
        """Within one of the minutes."""
        parts = " OR ".join(f"({self.column} >= ? AND {self.column} < ?)" for _ in values)
        return parts, [limit for value in values for limit in (value, value + MINUTE)]

    def none_of(self, values: list[Any]) -> Sql:
        """Outside all of the minutes."""
        sql, limits = self.any_of(values)
        return f"NOT ({sql})", limits


class DayField(JqlField):
    """A day without a time."""

    operators = ORDERED

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """The day of a literal."""
        moment = date_value(text, field, asking.now, asking.account.time_zone)
        return moment.date().isoformat()

    def function(self, asking: Asking, field: str, function: Function) -> list[Any]:
        """The day of a date function."""
        moment = date_function(
            function.name, function.arguments, field, asking.now, asking.account.time_zone
        )
        if moment is None:
            raise _unknown_function(function)
        return [moment.date().isoformat()]


class ValueField(JqlField):
    """A value inside a JSON document: an indexed property or a custom field."""

    operators = ORDERED | TEXT

    def value(self, asking: Asking, field: str, text: str) -> Any:
        """A number where the text is one."""
        return float(text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text) else text

    def any_of(self, values: list[Any]) -> Sql:
        """Equal as number or as text."""
        texts = [f"{v:g}" if isinstance(v, float) else v for v in values]
        marks = ", ".join("?" * len(values))
        return (
            f"({self.column} IN ({marks}) OR CAST({self.column} AS TEXT) IN ({marks}))",
            [*values, *texts],
        )

    def none_of(self, values: list[Any]) -> Sql:
        """Present and not equal."""
        sql, marks = self.any_of(values)
        return f"NOT {sql}", marks

    def condition(self, asking: Asking, clause: Clause) -> Sql:
        """Words for `~`, everything else by value."""
        if clause.operator in ("~", "!~"):
            return TextField(f"CAST({self.column} AS TEXT)").condition(asking, clause)
        return super().condition(asking, clause)
