"""Searching by JQL."""

from typing import Any

from local_jira.calls import Answer, Call
from local_jira.database import is_row_id
from local_jira.failures import BadRequestError, RefusalError, invalid_payload
from local_jira.handlers.common import Json
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import parse_jql
from local_jira.jql.search import Page, search_count, search_page
from local_jira.routing import Route
from local_jira.store.issues import find_issue
from local_jira.store.search_index import catch_up, is_behind
from local_jira.views.context import view_for
from local_jira.views.issues import chosen_fields, issue_json

MEMBERS = frozenset(
    {
        "expand", "fields", "fieldsByKeys", "includeArchivedProjects", "jql", "maxResults",
        "nextPageToken", "properties", "reconcileIssues",
    }
)  # fmt: skip
MOST_RESULTS = 5000
MOST_PROPERTIES = 5
MOST_RECONCILED = 50
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


class ReconcileMissingError(Exception):
    """`reconcileIssues: null`, which the real service answers with its own 500."""


def _from_query(call: Call) -> Json:
    request: Json = {
        "jql": call.first("jql", ""),
        "fields": call.many("fields"),
        "properties": call.many("properties"),
        "expand": call.first("expand"),
        "nextPageToken": call.first("nextPageToken"),
        "maxResults": call.number("maxResults", 50),
        "reconcileIssues": call.many("reconcileIssues"),
    }
    if not all(is_row_id(part) for part in request["reconcileIssues"]):
        raise invalid_payload()
    request["reconcileIssues"] = [int(part) for part in request["reconcileIssues"]]
    return request


def _list(request: Json, name: str, kind: type) -> list[Any]:
    value = request.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, kind) for part in value):
        raise invalid_payload()
    return value


def _from_body(call: Call) -> Json:
    request = call.json_object()
    if set(request) - MEMBERS:
        raise invalid_payload()
    if "reconcileIssues" in request and request["reconcileIssues"] is None:
        raise ReconcileMissingError
    for name, kind in (("jql", str), ("nextPageToken", str), ("expand", str)):
        if request.get(name) is not None and not isinstance(request[name], kind):
            raise invalid_payload()
    size = request.get("maxResults")
    if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
        raise invalid_payload()
    return {
        "jql": request.get("jql") or "",
        "fields": _list(request, "fields", str),
        "properties": _list(request, "properties", str),
        "expand": request.get("expand"),
        "nextPageToken": request.get("nextPageToken"),
        "maxResults": 50 if size is None else size,
        "reconcileIssues": _list(request, "reconcileIssues", int),
    }


def _check(request: Json) -> None:
    if not 1 <= request["maxResults"] <= MOST_RESULTS:
        raise BadRequestError("The max results parameter has to be between 1 and 5,000.")
    if len(request["reconcileIssues"]) > MOST_RECONCILED:
        raise BadRequestError(f"The max number of issues to reconcile is {MOST_RECONCILED}.")
    if len(request["properties"]) > MOST_PROPERTIES:
        raise BadRequestError(f"The maximum number of issue properties is {MOST_PROPERTIES}.")


def _search(call: Call, request: Json) -> Answer:
    _check(request)
    if call.account is None:
        # The real service tells an anonymous caller nothing, not even that the query is bad.
        return Answer(200, {"issues": [], "isLast": True})
    catch_up_search(call, request["reconcileIssues"])
    view = view_for(call)
    try:
        page = search_page(
            call.site,
            view.connection,
            call.account,
            request["jql"],
            size=request["maxResults"],
            token=request["nextPageToken"],
        )
    except JqlError as error:
        raise BadRequestError(error.message) from None
    answer: Json = {
        "issues": [_found(call, request, issue_id) for issue_id in _fresh(call, request, page)],
        "isLast": page.next_token is None,
    }
    if page.next_token is not None:
        answer["nextPageToken"] = page.next_token
    return Answer(200, answer)


def _fresh(call: Call, request: Json, page: Page) -> list[int]:
    """The page without what a stale index has not heard of yet."""
    kept = set(request["reconcileIssues"])
    return [i for i in page.issue_ids if i in kept or not is_stale(call, i)]


def is_stale(call: Call, issue_id: int) -> bool:
    """Whether a fault makes this call's search overlook the issue, which just changed."""
    if not call.stale_milliseconds:
        return False
    issue = find_issue(call.site.database.reader(), str(issue_id))
    return issue is not None and issue.updated > call.site.clock() - call.stale_milliseconds


def catch_up_search(call: Call, reconcile: list[int]) -> None:
    """Bring the index up to date with what is due, and with these issues at once."""
    if is_behind(call.site.database.reader()):
        with call.site.database.transaction() as connection:
            catch_up(call.site, connection, reconcile)


def _found(call: Call, request: Json, issue_id: int) -> Json:
    view = view_for(call)
    issue = find_issue(view.connection, str(issue_id))
    if issue is None:
        return {"id": str(issue_id)}
    if not request["fields"] and not request["properties"] and not request["expand"]:
        return {"id": str(issue.id)}
    wanted = request["fields"] or ["id"]
    chosen = chosen_fields(view, wanted, "*navigable")
    expand = [part.strip() for part in (request["expand"] or "").split(",")]
    shown = issue_json(view, issue, chosen, request["properties"], expand)
    if not chosen:
        shown.pop("fields")
        if not set(wanted) & {"key", "*all", "*navigable"}:
            shown.pop("key")
    return shown


def get_search(call: Call) -> Answer:
    """GET search/jql."""
    return _search(call, _from_query(call))


def post_search(call: Call) -> Answer:
    """POST search/jql."""
    try:
        request = _from_body(call)
    except ReconcileMissingError:
        sentence = 'Cannot invoke "java.util.List.stream()" because "reconcileIssues" is null'
        return Answer(500, {"message": sentence, "status-code": 500, "stack-trace": ""})
    return _search(call, request)


def removed_search(call: Call) -> Answer:
    """The search of before, which is gone."""
    raise RefusalError(410, GONE)


def post_count(call: Call) -> Answer:
    """POST search/approximate-count."""
    request = call.json_object()
    if set(request) - {"jql"} or not isinstance(request.get("jql", ""), str):
        raise invalid_payload()
    if call.account is None:
        return Answer(200, {"count": 0})
    catch_up_search(call, [])
    connection = call.site.database.reader()
    try:
        found = search_count(call.site, connection, call.account, request.get("jql", ""))
    except JqlError as error:
        raise BadRequestError(error.message) from None
    return Answer(200, {"count": found})


def _queries(request: Json, name: str) -> list[str]:
    queries = request.get(name)
    if not isinstance(queries, list) or not all(isinstance(jql, str) for jql in queries):
        raise invalid_payload()
    return queries


def post_match(call: Call) -> Answer:
    """POST jql/match: which of the given issues match which query."""
    request = call.json_object()
    ids, queries = request.get("issueIds"), _queries(request, "jqls")
    if not isinstance(ids, list):
        raise invalid_payload()
    wanted = {int(i) for i in ids if isinstance(i, int) or is_row_id(str(i))}
    connection = call.site.database.reader()
    matches: list[Json] = []
    for jql in queries:
        try:
            page = search_page(
                call.site, connection, call.actor, jql, size=MOST_RESULTS, token=None
            )
            found = [i for i in page.issue_ids if i in wanted]
            matches.append({"matchedIssues": found, "errors": []})
        except JqlError as error:
            matches.append({"matchedIssues": [], "errors": [error.message]})
    return Answer(200, {"matches": matches})


def post_parse(call: Call) -> Answer:
    """POST jql/parse: whether each query can be read."""
    parsed: list[Json] = []
    for jql in _queries(call.json_object(), "queries"):
        try:
            parse_jql(jql)
            parsed.append({"query": jql, "errors": []})
        except JqlError as error:
            parsed.append({"query": jql, "errors": [error.message]})
    return Answer(200, {"queries": parsed})


ROUTES = [
    Route("GET", "search/jql", get_search, anonymous=True),
    Route("POST", "search/jql", post_search, anonymous=True),
    Route("GET", "search", removed_search, anonymous=True),
    Route("POST", "search", removed_search, anonymous=True),
    Route("POST", "search/approximate-count", post_count, anonymous=True),
    Route("POST", "jql/match", post_match),
    Route("POST", "jql/parse", post_parse),
]
