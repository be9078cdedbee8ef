"""How an account is named to Jira: on Cloud by its id, on Data Center by its name.

Data Center tells people apart by a key that stays, and takes only a name that may change. We keep
the key, as we keep the account id on Cloud; a policy may say either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients, Person
from jira_gateway.fields import account_id_of

NOT_FOUND = 404


def stable_id(clients: JiraClients, reference: str | None) -> str | None:
    """The account's id as readings show it, from an id, a key or a name. Raises `ApplicationError`.

    Costs nothing on Cloud, and on Data Center one or two calls for each person and process.
    """
    if reference is None or clients.kind == "cloud":
        return reference
    return _person(clients, reference).key


def as_shown(
    clients: JiraClients, reference: str | None, shown: Mapping[str, Any] | None
) -> str | None:
    """The reference as readings show it, where it means the user shown; without a call.

    Who is shown comes with key and name, so nobody has to be looked up to see that it is them.
    """
    if clients.kind == "cloud" or reference is None or shown is None:
        return reference
    means_them = reference in (shown.get("key"), shown.get("name"))
    return account_id_of(shown) if means_them else reference


def named(clients: JiraClients, reference: str | None) -> dict[str, Any]:
    """The account as a field's value. Somebody unknown is left to Jira to refuse."""
    if clients.kind == "cloud":
        return {"accountId": reference}
    return {"name": None if reference is None else _person(clients, reference).name}


def _person(clients: JiraClients, reference: str) -> Person:
    known = clients.people.get(reference)
    if known is not None:
        return known
    found = _look_up(clients, "key", reference) or _look_up(clients, "username", reference)
    if found is None:
        return Person(key=reference, name=reference)
    clients.people[reference] = clients.people[found.key] = found
    return found


def _look_up(clients: JiraClients, by: str, reference: str) -> Person | None:
    try:
        raw = clients.get("user", {by: reference})
    except ApplicationError as error:
        if error.details and error.details[0]["status"] == NOT_FOUND:
            return None
        raise
    name = str(raw.get("name") or reference)
    return Person(key=str(raw.get("key") or name), name=name)
