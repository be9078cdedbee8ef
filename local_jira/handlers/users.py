"""People: reading, searching and creating accounts; watchers of an issue."""

import re

from local_jira.calls import Answer, Call
from local_jira.changes.work import Work
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.handlers.common import last_page_of, no_content, page_bounds, visible_issue
from local_jira.naming import find_referenced
from local_jira.permissions import require_admin, require_staff
from local_jira.routing import Route
from local_jira.store.accounts import (
    Account,
    all_accounts,
    find_account,
    find_by_email,
    hash_secret,
    save_account,
    search_accounts,
)
from local_jira.views.context import view_for
from local_jira.views.definitions import user_json

USER_MISSING = "Specified user does not exist or you do not have required permissions"
CUSTOMER_PRODUCTS = frozenset({"jira-customer-servicedesk"})


def get_user(call: Call) -> Answer:
    """GET user?accountId=…"""
    wanted = call.first("accountId") or ""
    view = view_for(call)
    account = view.account(wanted)
    if account is None:
        raise NotFoundError(USER_MISSING)
    return Answer(200, user_json(view, account))


def get_users(call: Call) -> Answer:
    """GET users/search: everybody."""
    view = view_for(call)
    return Answer(200, _cut(call, all_accounts(view.connection)))


def get_users_bulk(call: Call) -> Answer:
    """GET user/bulk?accountId=…&accountId=…"""
    view = view_for(call)
    found = [account for name in call.query.get("accountId", []) if (account := view.account(name))]
    return Answer(200, last_page_of(call, [user_json(view, account) for account in found], 10))


def _cut(call: Call, accounts: list[Account]) -> list[object]:
    view = view_for(call)
    start, size = page_bounds(call)
    return [user_json(view, account) for account in accounts[start : start + size]]


def search_users(call: Call) -> Answer:
    """GET user/search?query=…"""
    query, account_id = call.first("query"), call.first("accountId")
    if query is None and account_id is None:
        raise BadRequestError("The 'query', 'username', 'accountId' or 'property' is required.")
    connection = call.site.database.reader()
    if query is None:
        found = find_account(connection, account_id or "")
        return Answer(200, _cut(call, [found] if found else []))
    return Answer(200, _cut(call, search_accounts(connection, query)))


def search_assignable(call: Call) -> Answer:
    """GET user/assignable/search: staff and apps, never customers."""
    connection = call.site.database.reader()
    query, account_id = call.first("query") or "", call.first("accountId")
    found = search_accounts(connection, query) if query else all_accounts(connection)
    if account_id is not None:
        found = [account for account in found if account.account_id == account_id]
    return Answer(200, _cut(call, [a for a in found if a.active and not a.is_customer]))


def _free_id(work: Work, email: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", email.split("@", maxsplit=1)[0].lower()).strip("-") or "user"
    candidate, number = f"acc-{name}", 2
    while find_account(work.connection, candidate):
        candidate, number = f"acc-{name}-{number}", number + 1
    return candidate


def post_user(call: Call) -> Answer:
    """POST user: an account without products is a customer.

    An existing address is answered with the account that has it.
    """
    require_admin(call)
    document = call.json_object()
    email, products = document.get("emailAddress"), document.get("products", [])
    if not isinstance(email, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise BadRequestError(errors={"emailAddress": "The email address is not valid."})
    if not isinstance(products, list) or not all(isinstance(p, str) for p in products):
        raise BadRequestError(errors={"products": "The products must be an array."})
    with call.site.write(call) as work:
        account = find_by_email(work.connection, email)
        if account is None:
            password = document.get("password")
            name = document.get("displayName") or email.split("@")[0]
            account = Account(
                account_id=_free_id(work, email),
                email=email,
                display_name=str(name),
                account_type="atlassian" if set(products) - CUSTOMER_PRODUCTS else "customer",
                active=True,
                time_zone="UTC",
                is_admin=False,
                groups=(),
                secret_hashes=(hash_secret(str(password)),) if password else (),
            )
            save_account(work.connection, account)
    return Answer(201, user_json(view_for(call), account))


def get_group_members(call: Call) -> Answer:
    """GET group/member?groupname=…"""
    view = view_for(call)
    group = call.first("groupname") or call.first("groupId") or ""
    members = [a for a in all_accounts(view.connection) if group in a.groups]
    if not members:
        raise NotFoundError(f"The group named '{group}' does not exist.")
    return Answer(200, last_page_of(call, [user_json(view, account) for account in members]))


def _watcher(call: Call, reference: object) -> str:
    """The account id of the watcher that a call names; without one the caller."""
    if not reference:
        return call.actor.account_id
    by_name = call.site.settings.is_datacenter
    account = find_referenced(call.site.database.reader(), str(reference), by_name)
    return account.account_id if account else str(reference)


def get_watchers(call: Call) -> Answer:
    """GET issue/{issueIdOrKey}/watchers."""
    issue, view = visible_issue(call), view_for(call)
    rows = view.connection.execute(
        "SELECT account_id FROM watcher WHERE issue_id = ? ORDER BY account_id", (issue.id,)
    ).fetchall()
    watchers = [user_json(view, view.account(row["account_id"])) for row in rows]
    return Answer(
        200,
        {
            "self": view.url(f"issue/{issue.key}/watchers"),
            "isWatching": call.actor.account_id in {row["account_id"] for row in rows},
            "watchCount": len(rows),
            "watchers": watchers,
        },
    )


def post_watcher(call: Call) -> Answer:
    """POST issue/{issueIdOrKey}/watchers: the body is an account id as a JSON string."""
    wanted = _watcher(call, call.json() if call.body else None)
    require_staff(call, "manage watchers")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        if find_account(work.connection, wanted) is None:
            raise NotFoundError("The user does not exist or you do not have permission to see it.")
        work.connection.execute("INSERT OR IGNORE INTO watcher VALUES (?, ?)", (issue.id, wanted))
    return no_content()


def delete_watcher(call: Call) -> Answer:
    """DELETE issue/{issueIdOrKey}/watchers?accountId=… (on Data Center ?username=…)"""
    by = "username" if call.site.settings.is_datacenter else "accountId"
    wanted = _watcher(call, call.first(by))
    require_staff(call, "manage watchers")
    with call.site.write(call) as work:
        issue = visible_issue(call, work.connection)
        work.connection.execute(
            "DELETE FROM watcher WHERE issue_id = ? AND account_id = ?", (issue.id, wanted)
        )
    return no_content()


ROUTES = [
    Route("GET", "user", get_user),
    Route("POST", "user", post_user),
    Route("GET", "user/search", search_users),
    Route("GET", "user/assignable/search", search_assignable),
    Route("GET", "user/bulk", get_users_bulk),
    Route("GET", "users/search", get_users),
    Route("GET", "group/member", get_group_members),
    Route("GET", "issue/{issueIdOrKey}/watchers", get_watchers),
    Route("POST", "issue/{issueIdOrKey}/watchers", post_watcher),
    Route("DELETE", "issue/{issueIdOrKey}/watchers", delete_watcher),
]
