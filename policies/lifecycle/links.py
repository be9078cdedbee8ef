"""Markdown of the Temporal UI's pages: links to where people act, and words made harmless."""

from __future__ import annotations

import re
from urllib.parse import quote

from models.addresses import Addresses

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#|!~])")


def plain(text: str) -> str:
    """Somebody's words as one line of text: nothing in it links, formats or breaks a table."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def to_issue(addresses: Addresses, issue_key: str) -> tuple[str, ...]:
    """The issue in Jira and the item on the desk, as far as it is known where they are."""
    key = quote(issue_key)
    return (
        *_link("issue in Jira", addresses.jira, f"/browse/{key}"),
        *_link("item on the desk", addresses.desk, f"/items/{key}"),
    )


def to_request(addresses: Addresses, request_id: str) -> tuple[str, ...]:
    """The request on the desk, where people vote."""
    return _link("vote on the desk", addresses.desk, f"/requests/{quote(request_id)}")


def _link(text: str, base: str, path: str) -> tuple[str, ...]:
    return (f"[{text}]({base}{path})",) if base else ()
