"""Which JQL a dynamic webhook may filter by: few fields, and only equality."""

import re
from typing import TYPE_CHECKING

from local_jira.jql.fields import find_field
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import Clause, Condition, Negation, parse_jql

if TYPE_CHECKING:
    from local_jira.site import Site

OPERATORS = frozenset({"=", "!=", "in", "not in"})
FIELDS = frozenset(
    {"issuekey", "key", "project", "issuetype", "type", "status", "assignee", "reporter"}
)
_PROPERTY = re.compile(r"issue\.property\[.+\]", re.IGNORECASE)


def check_filter(site: "Site", jql: str) -> None:
    """Raise JqlError when a filter cannot be read or asks for more than the subset."""
    condition = parse_jql(jql).condition
    if condition is None:
        raise JqlError("The JQL filter must restrict the issues.")
    for clause in _clauses(condition):
        if clause.field.casefold() not in FIELDS and not _PROPERTY.match(clause.field):
            raise JqlError(f"The field '{clause.field}' is not supported in a webhook's filter.")
        if clause.operator not in OPERATORS:
            raise JqlError(
                f"The operator '{clause.operator}' is not supported in a webhook's filter."
            )
        find_field(site, clause.field)


def _clauses(condition: Condition) -> list[Clause]:
    if isinstance(condition, Clause):
        return [condition]
    parts = (condition.part,) if isinstance(condition, Negation) else condition.parts
    return [clause for part in parts for clause in _clauses(part)]
