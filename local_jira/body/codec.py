"""Texts as they are kept, and as either version of the API sends and receives them."""

from collections.abc import Callable
from typing import Any

from local_jira.body.adf import is_document
from local_jira.body.from_adf import adf_to_html, adf_to_wiki
from local_jira.body.to_adf import wiki_to_adf

Body = dict[str, Any]

LONGEST_TEXT = 32_767
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


class InvalidBodyError(Exception):
    """A text that this version of the API does not take."""


class BodyTooLongError(Exception):
    """A text longer than Jira keeps."""


def read_body(value: Any, api: str) -> Body:
    """A text as sent, made into what is kept: `{"text": wiki, "adf": document or None}`.

    Version 2 takes a string, version 3 an ADF document. Raises InvalidBodyError for anything else
    and BodyTooLongError beyond Jira's limit.
    """
    if api == "2":
        if not isinstance(value, str):
            raise InvalidBodyError
        body: Body = {"text": value, "adf": None}
    else:
        if not is_document(value):
            raise InvalidBodyError
        body = {"text": adf_to_wiki(value), "adf": value}
    if len(body["text"]) > LONGEST_TEXT:
        raise BodyTooLongError
    return body


def write_body(body: Body | None, api: str) -> Any:
    """A kept text as this version of the API sends it; nothing stays nothing."""
    if body is None:
        return None
    if api == "2":
        return body["text"]
    return body["adf"] or wiki_to_adf(body["text"])


def body_html(body: Body | None, name_of: Callable[[str], str | None] | None = None) -> str:
    """A kept text as safe HTML; `name_of` gives an account's name, so that mentions read as such."""
    if body is None:
        return ""
    document = body["adf"] or wiki_to_adf(body["text"])
    return adf_to_html(_with_names(document, name_of) if name_of else document)


def _with_names(node: Body, name_of: Callable[[str], str | None]) -> Body:
    """The same document with every mention showing the name that its account has now."""
    if node.get("type") == "mention":
        attributes = node.get("attrs", {})
        name = name_of(str(attributes.get("id", "")))
        return {**node, "attrs": {**attributes, "text": f"@{name}"}} if name else node
    if not node.get("content"):
        return node
    return {**node, "content": [_with_names(child, name_of) for child in node["content"]]}
