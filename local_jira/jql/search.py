"""Runs JQL over the search index: one page after the other, a count, or one issue's match."""

import base64
import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_jira.jql.conditions import Asking, Sql
from local_jira.jql.fields import find_field
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import Both, Clause, Condition, Negation, Query, parse_jql
from local_jira.store.accounts import Account
from local_jira.store.issues import IssueRecord
from local_jira.store.search_index import index_row

if TYPE_CHECKING:
    from local_jira.site import Site

UNBOUNDED = (
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
)
BAD_TOKEN = "The provided next page token is invalid or expired."  # noqa: S105 - a sentence, no secret
MOST_SORTINGS = 7


@dataclass(frozen=True)
class Page:
    """Ids of the issues on one page, and the token of the next page if there is one."""

    issue_ids: list[int]
    next_token: str | None


def _sql(asking: Asking, condition: Condition) -> Sql:
    if isinstance(condition, Clause):
        return find_field(asking.site, condition.field).condition(asking, condition)
    if isinstance(condition, Negation):
        inner, values = _sql(asking, condition.part)
        return f"NOT ({inner})", values
    parts = [_sql(asking, part) for part in condition.parts]
    joint = " AND " if isinstance(condition, Both) else " OR "
    joined = joint.join(f"({sql})" for sql, _ in parts)
    return joined, [value for _, values in parts for value in values]


def _bounded(asking: Asking, query: Query) -> Sql:
    if query.condition is None:
        raise JqlError(UNBOUNDED)
    sql, values = _sql(asking, query.condition)
    if asking.account.is_customer:
        return f"({sql}) AND reporter = ?", [*values, asking.account.account_id]
    return f"({sql})", values


def _everything(account: Account) -> Sql:
    if account.is_customer:
        return "reporter = ?", [account.account_id]
    return "1", []


def _sortings(asking: Asking, query: Query) -> list[tuple[str, bool]]:
    if len(query.order) > MOST_SORTINGS:
        raise JqlError(f"The maximum number of sort fields is {MOST_SORTINGS}.")
    terms = [(find_field(asking.site, s.field).sort_sql, s.descending) for s in query.order]
    # Without ORDER BY the newest issue comes first; the id settles every draw.
    return [*terms, ("issue_id", True)]


def _fingerprint(jql: str, account: Account) -> str:
    return hashlib.sha256(f"{account.account_id}\n{jql}".encode()).hexdigest()[:16]


def _encode(fingerprint: str, last: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([fingerprint, last]).encode()).decode()


def _decode(token: str, fingerprint: str, length: int) -> list[Any]:
    try:
        given, last = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError):
        raise JqlError(BAD_TOKEN) from None
    if given != fingerprint or not isinstance(last, list) or len(last) != length:
        raise JqlError(BAD_TOKEN)
    return last


def _after(sortings: list[tuple[str, bool]], last: list[Any]) -> Sql:
    """What lies behind the last row of the page before, whatever changed since."""
    parts: list[str] = []
    values: list[Any] = []
    for depth, (expression, descending) in enumerate(sortings):
        same = "".join(f"{earlier} = ? AND " for earlier, _ in sortings[:depth])
        parts.append(f"({same}{expression} {'<' if descending else '>'} ?)")
        values += [*last[:depth], last[depth]]
    return " OR ".join(parts), values


def search_page(
    site: "Site",
    connection: sqlite3.Connection,
    account: Account,
    jql: str,
    *,
    size: int,
    token: str | None,
) -> Page:
    """One page of results; raises JqlError for a bad query or token."""
    asking = Asking(site, connection, account, site.clock())
    query = parse_jql(jql)
    where, values = _bounded(asking, query)
    sortings = _sortings(asking, query)
    fingerprint = _fingerprint(jql, account)
    if token is not None:
        behind, last = _after(sortings, _decode(token, fingerprint, len(sortings)))
        where, values = f"{where} AND ({behind})", [*values, *last]
    columns = ", ".join(f"{sql} AS sort_{at}" for at, (sql, _) in enumerate(sortings))
    order = ", ".join(f"{sql} {'DESC' if down else 'ASC'}" for sql, down in sortings)
    rows = connection.execute(
        f"SELECT issue_id, {columns} FROM search_index WHERE {where} ORDER BY {order} LIMIT ?",  # noqa: S608 - built from our own expressions; values are bound
        [*values, size + 1],
    ).fetchall()
    page = rows[:size]
    more = len(rows) > size
    next_token = _encode(fingerprint, list(page[-1])[1:]) if more else None
    return Page([row["issue_id"] for row in page], next_token)


def search_slice(
    site: "Site",
    connection: sqlite3.Connection,
    account: Account,
    jql: str,
    window: slice,
    *,
    validates: bool,
) -> tuple[list[int], int]:
    """Ids of a slice of the results, and how many results there are; raises JqlError.

    This is the search of Data Center, where a query need not restrict anything, and a caller may
    ask that values which nothing has are passed over.
    """
    asking = Asking(site, connection, account, site.clock(), validates)
    query = parse_jql(jql)
    where, values = _bounded(asking, query) if query.condition else _everything(account)
    sortings = _sortings(asking, query)
    order = ", ".join(f"{sql} {'DESC' if down else 'ASC'}" for sql, down in sortings)
    rows = connection.execute(
        f"SELECT issue_id FROM search_index WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 - built from our own expressions; values are bound
        [*values, window.stop - window.start, min(window.start, 2**62)],
    ).fetchall()
    total = connection.execute(
        f"SELECT count(*) AS found FROM search_index WHERE {where}",  # noqa: S608 - built from our own expressions; values are bound
        values,
    ).fetchone()["found"]
    return [row["issue_id"] for row in rows], int(total)


def search_count(site: "Site", connection: sqlite3.Connection, account: Account, jql: str) -> int:
    """How many issues match; raises JqlError."""
    asking = Asking(site, connection, account, site.clock())
    where, values = _bounded(asking, parse_jql(jql))
    row = connection.execute(
        f"SELECT count(*) AS found FROM search_index WHERE {where}",  # noqa: S608 - built from our own expressions; values are bound
        values,
    ).fetchone()
    return int(row["found"])


def issue_matches(
    site: "Site",
    connection: sqlite3.Connection,
    issue: IssueRecord,
    jql: str,
    account: Account,
) -> bool:
    """Whether one issue, as it is now, matches a query; the index is not asked."""
    asking = Asking(site, connection, account, site.clock())
    try:
        condition = parse_jql(jql).condition
        where, values = _sql(asking, condition) if condition else ("1", [])
    except JqlError:
        return False
    row = index_row(site, connection, issue)
    columns = ", ".join(f"? AS {name}" for name in row)
    found = connection.execute(
        f"SELECT 1 FROM (SELECT {columns}) AS search_index WHERE {where}",  # noqa: S608 - built from our own expressions; values are bound
        [*row.values(), *values],
    ).fetchone()
    return found is not None
