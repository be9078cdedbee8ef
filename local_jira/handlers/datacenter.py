"""What Jira Data Center 9 answers differently from Cloud: searching, screens for creating, people."""

from typing import Any

from local_jira.calls import Answer, Call
from local_jira.failures import BadRequestError, NotFoundError, invalid_payload
from local_jira.handlers.common import Json, page_bounds
from local_jira.handlers.definitions import get_create_fields, get_create_types
from local_jira.handlers.search import catch_up_search, is_stale
from local_jira.handlers.users import USER_MISSING
from local_jira.jql.lexer import JqlError
from local_jira.jql.search import search_slice
from local_jira.naming import find_named
from local_jira.routing import Route
from local_jira.store.accounts import Account, all_accounts, find_account, search_accounts
from local_jira.store.issues import find_issue
from local_jira.views.context import view_for
from local_jira.views.definitions import user_json
from local_jira.views.issues import chosen_fields, issue_json

MOST_RESULTS = 1000
SEARCH_MEMBERS = frozenset({"jql", "startAt", "maxResults", "validateQuery", "fields", "expand"})
# Operations that only Cloud has, by template; every method of them is unknown here.
CLOUD_ONLY = frozenset(
    {
        "search/jql", "search/approximate-count", "jql/match", "jql/parse", "issue/bulkfetch",
        "issue/{issueIdOrKey}/changelog", "issue/{issueIdOrKey}/changelog/list",
        "changelog/bulkfetch", "comment/list", "project/search", "field/search", "label",
        "statuses", "statuses/search", "issue/archive", "issue/unarchive", "priority/search", "resolution/search", "user/bulk",
        "users", "users/search", "issue/createmeta", "webhook", "webhook/failed",
        "webhook/refresh",
    }
)  # fmt: skip


def _list_of(value: Any) -> list[str]:
    if value is None:
        return []
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise invalid_payload()
    return [part.strip() for part in parts if part.strip()]


def _number(value: Any, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_payload()
    return value


def get_search(call: Call) -> Answer:
    """GET search: a slice of all results with their total."""
    request = {
        "jql": call.first("jql", ""),
        "startAt": call.number("startAt", 0),
        "maxResults": call.number("maxResults", 50),
        "validateQuery": call.first("validateQuery"),
        "fields": call.many("fields"),
        "expand": call.many("expand"),
    }
    return _search(call, request)


def post_search(call: Call) -> Answer:
    """POST search; a member that it does not know is refused."""
    request = call.json_object()
    unknown = sorted(set(request) - SEARCH_MEMBERS)
    if unknown:
        raise BadRequestError(f'Unrecognized field "{unknown[0]}"')
    if not isinstance(request.get("jql", ""), str):
        raise invalid_payload()
    return _search(call, request)


def _validates(written: Any) -> bool:
    """Older clients send true and false, newer ones `strict`, `warn` or `none`."""
    return str(written).lower() not in ("false", "warn", "none") or written is None


def _search(call: Call, request: Json) -> Answer:
    start = max(0, _number(request.get("startAt"), 0))
    size = min(MOST_RESULTS, max(0, _number(request.get("maxResults"), 50)))
    found: list[int] = []
    total = 0
    if call.account is not None:
        catch_up_search(call, [])
        connection = call.site.database.reader()
        try:
            found, total = search_slice(
                call.site,
                connection,
                call.account,
                request.get("jql") or "",
                slice(start, start + size),
                validates=_validates(request.get("validateQuery")),
            )
        except JqlError as error:
            raise BadRequestError(error.message) from None
    found = [issue_id for issue_id in found if not is_stale(call, issue_id)]
    shown = _issues(call, found, _list_of(request.get("fields")), _list_of(request.get("expand")))
    return Answer(
        200,
        {
            "expand": "names,schema",
            "startAt": start,
            "maxResults": size,
            "total": total,
            "issues": shown,
        },
    )


def _issues(call: Call, ids: list[int], fields: list[str], expand: list[str]) -> list[Json]:
    view = view_for(call)
    chosen = chosen_fields(view, fields, "*navigable")
    issues = [find_issue(view.connection, str(issue_id)) for issue_id in ids]
    return [issue_json(view, issue, chosen, [], expand) for issue in issues if issue is not None]


def get_types(call: Call) -> Answer:
    """GET issue/createmeta/{projectIdOrKey}/issuetypes: a page with `values`."""
    return _page_of_values(get_create_types(call), "issueTypes")


def get_fields(call: Call) -> Answer:
    """GET issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}: a page with `values`."""
    return _page_of_values(get_create_fields(call), "fields")


def _page_of_values(answer: Answer, other: str) -> Answer:
    answer.body.pop(other)
    return answer


def _account(call: Call) -> Account | None:
    connection = call.site.database.reader()
    key, name = call.first("key"), call.first("username")
    if key is None and name is None:
        raise BadRequestError("Either the 'username' or the 'key' query parameter must be given.")
    return find_account(connection, key) if key else find_named(connection, name or "")


def get_user(call: Call) -> Answer:
    """GET user?username=… or user?key=…"""
    account = _account(call)
    if account is None:
        raise NotFoundError(USER_MISSING)
    return Answer(200, user_json(view_for(call), account))


def _shown(call: Call, accounts: list[Account]) -> Answer:
    view = view_for(call)
    start, size = page_bounds(call)
    return Answer(200, [user_json(view, account) for account in accounts[start : start + size]])


def search_users(call: Call) -> Answer:
    """GET user/search?username=…: part of a name or address."""
    wanted = call.first("username")
    if wanted is None:
        raise BadRequestError("The username query parameter was not provided")
    connection = call.site.database.reader()
    named = find_named(connection, wanted)
    if wanted == ".":
        return _shown(call, all_accounts(connection))
    return _shown(call, [named] if named else search_accounts(connection, wanted))


def search_assignable(call: Call) -> Answer:
    """GET user/assignable/search?username=…&project=…: staff and apps."""
    connection = call.site.database.reader()
    wanted = call.first("username") or ""
    named = find_named(connection, wanted) if wanted else None
    found = search_accounts(connection, wanted) if wanted else all_accounts(connection)
    chosen = [named] if named else found
    return _shown(call, [one for one in chosen if one.active and not one.is_customer])


_META = "issue/createmeta/{projectIdOrKey}/issuetypes"
ROUTES = [
    Route("GET", "search", get_search, anonymous=True),
    Route("POST", "search", post_search, anonymous=True),
    Route("GET", _META, get_types),
    Route("GET", _META + "/{issueTypeId}", get_fields),
    Route("GET", "user", get_user),
    Route("GET", "user/search", search_users),
    Route("GET", "user/assignable/search", search_assignable),
]
