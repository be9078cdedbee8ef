"""Whom the reader of the pages plays: a cookie names one of the site's people."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

from local_jira.calls import Call
from local_jira.store.accounts import Account, all_accounts

COOKIE = "local_jira_act_as"


def choosable_people(call: Call) -> list[Account]:
    """Everybody whom the reader can play: staff first, then customers."""
    people = [account for account in all_accounts(call.site.database.reader()) if account.active]
    return sorted(people, key=lambda account: (account.is_customer, account.display_name))


def acting_account(call: Call) -> Account:
    """The chosen person; at first a member of staff."""
    people, chosen = choosable_people(call), _chosen(call)
    staff = [a for a in people if a.account_type == "atlassian" and not a.is_admin]
    found = [account for account in people if account.account_id == chosen]
    return (found or staff or people)[0]


def _chosen(call: Call) -> str:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(call.headers.get("cookie", ""))
    except CookieError:
        return ""
    return unquote(cookies[COOKIE].value) if COOKIE in cookies else ""


def choice_cookie(call: Call, account_id: str) -> str:
    """The cookie that remembers the choice until the browser is closed."""
    path = call.site.settings.context_path or "/"
    return f"{COOKIE}={quote(account_id, safe='')}; Path={path}; HttpOnly; SameSite=Strict"
