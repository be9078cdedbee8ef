"""What the service desk's calls have in common: pages, dates, durations, people, refusals."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from local_jira.calls import Answer, Call
from local_jira.clock import jira_time, moment_in
from local_jira.failures import BadRequestError, RefusalError, invalid_payload
from local_jira.naming import find_referenced
from local_jira.routing import Handler, Route
from local_jira.store.accounts import Account, find_by_email
from local_jira.views.context import View
from local_jira.views.definitions import user_json

Json = dict[str, Any]
LARGEST_PAGE = 100
DEFAULT_PAGE = 50
PERSON_MEMBERS = (
    "accountId",
    "name",
    "key",
    "emailAddress",
    "displayName",
    "active",
    "timeZone",
)


class DeskRefusalError(RefusalError):
    """A refusal in the service desk's own form: one `errorMessage`."""

    def body(self) -> Json:
        """The answer's JSON."""
        sentences = [*self.messages, *self.errors.values()]
        return {
            "errorMessage": " ".join(sentences),
            "i18nErrorMessage": {"i18nKey": "local.refusal", "parameters": []},
        }


def route(method: str, template: str, handler: Handler) -> Route:
    """A route whose refusals are told in the service desk's form."""

    def told(call: Call) -> Answer:
        try:
            return handler(call)
        except RefusalError as refusal:
            raise DeskRefusalError(
                refusal.status, *refusal.messages, errors=refusal.errors
            ) from None

    return Route(method, template, told)


def desk_url(view: View, path: str) -> str:
    """The full address of a resource of the service desk."""
    return f"{view.site.settings.base_url}/rest/servicedeskapi/{path}"


def page(call: Call, view: View, entries: list[Any], show: Callable[[Any], Any]) -> Answer:
    """A page cut by `start` and `limit`; only what is on it is rendered."""
    start, limit = page_bounds(call)
    return page_of_slice(call, view, entries[start : start + limit], len(entries), show)


def page_bounds(call: Call) -> tuple[int, int]:
    """Where the page starts and how much fits on it."""
    start = max(0, call.number("start", 0))
    return start, min(max(1, call.number("limit", DEFAULT_PAGE)), LARGEST_PAGE)


def page_of_slice(
    call: Call, view: View, entries: list[Any], total: int, show: Callable[[Any], Any]
) -> Answer:
    """The page of entries that are cut already."""
    start, limit = page_bounds(call)
    others = {k: v for k, v in call.query.items() if k not in ("start", "limit")}
    links = _page_links(view, call.path, others, start, limit, total)
    return Answer(200, _page_json(links, start, limit, [show(entry) for entry in entries]))


def first_page(view: View, path: str, entries: list[Any], show: Callable[[Any], Any]) -> Json:
    """The first page of a list inside another thing; its links lead to the list itself."""
    shown = [show(entry) for entry in entries[:DEFAULT_PAGE]]
    place = f"/rest/servicedeskapi/{path}"
    links = _page_links(view, place, {}, 0, DEFAULT_PAGE, len(entries))
    return _page_json(links, 0, DEFAULT_PAGE, shown)


def _page_links(
    view: View, path: str, others: dict[str, list[str]], start: int, limit: int, total: int
) -> dict[str, str]:
    address = f"{view.site.settings.base_url}{path}"

    def at(place: int) -> str:
        return f"{address}?{urlencode({**others, 'start': place, 'limit': limit}, doseq=True)}"

    links = {
        "self": address,
        "base": view.site.settings.base_url,
        "context": view.site.settings.context_path,
    }
    if start + limit < total:
        links["next"] = at(start + limit)
    if start > 0:
        links["prev"] = at(max(0, start - limit))
    return links


def _page_json(links: dict[str, str], start: int, limit: int, values: list[Any]) -> Json:
    return {
        "_expands": [],
        "size": len(values),
        "start": start,
        "limit": limit,
        "isLastPage": "next" not in links,
        "_links": links,
        "values": values,
    }


def date_json(view: View, milliseconds: int) -> Json:
    """A moment, four times."""
    zone_name = view.reader.time_zone if view.reader else "UTC"
    moment = moment_in(milliseconds, zone_name)
    return {
        "iso8601": f"{moment:%Y-%m-%dT%H:%M:%S%z}",
        "jira": jira_time(milliseconds, zone_name),
        "friendly": f"{moment:%d/%b/%y} {moment.hour % 12 or 12}:{moment:%M %p}",
        "epochMillis": milliseconds,
    }


def duration_json(milliseconds: int) -> Json:
    """A span of time; what is overdue is negative."""
    minutes = abs(milliseconds) // 60_000
    hours, rest = divmod(minutes, 60)
    words = f"{hours}h {rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"
    return {"millis": milliseconds, "friendly": f"-{words}" if milliseconds < 0 else words}


def person_json(view: View, account: Account | None) -> Json | None:
    """A person as the service desk shows them: by account id, on Data Center by name and key."""
    full = user_json(view, account)
    if full is None:
        return None
    links = {"self": full["self"], "jiraRest": full["self"], "avatarUrls": full["avatarUrls"]}
    return {name: full[name] for name in PERSON_MEMBERS if name in full} | {"_links": links}


def find_person(view: View, wanted: object) -> Account:
    """The person of an account id, on Data Center of a name, or of an address.

    Raises BadRequestError when there is none, or the account is closed.
    """
    name, by_name = str(wanted), view.site.settings.is_datacenter
    found = find_referenced(view.connection, name, by_name) or find_by_email(view.connection, name)
    if found is None or not found.active:
        raise BadRequestError(f"There is no active account '{name}'.")
    return found


def named_people(document: Json) -> list[Any]:
    """Whom a body names, by `accountIds` or `usernames`; raises BadRequestError."""
    lists = [document.get(name) or [] for name in ("accountIds", "usernames")]
    if not all(isinstance(listed, list) for listed in lists):
        raise invalid_payload()
    return [name for listed in lists for name in listed]
