"""Kinds of fields: how a value is read from a request, shown in an answer and in the history."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from local_jira.body.codec import (
    TOO_LONG,
    BodyTooLongError,
    InvalidBodyError,
    read_body,
    write_body,
)
from local_jira.catalog import Catalog
from local_jira.clock import jira_time
from local_jira.naming import find_referenced, reference_of
from local_jira.seed_file import SeedProject
from local_jira.views.context import View
from local_jira.views.definitions import user_json

Shown = tuple[str | None, str | None]


class FieldInvalidError(Exception):
    """A value that a field does not take; carries the sentence for the caller."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class FieldContext:
    """What reading a value may look at."""

    catalog: Catalog
    connection: sqlite3.Connection
    project: SeedProject
    api: str
    people_by_name: bool = False


class FieldKind:
    """A plain line of text, and the base of the other kinds.

    `parse` raises FieldInvalidError; `show_change` gives (id, text) for the changelog.
    """

    schema_type = "string"
    items: str | None = None
    operations: tuple[str, ...] = ("set",)
    longest = 255

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """The internal value of what was sent."""
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise FieldInvalidError("Operation value must be a string")
        if len(value) > self.longest:
            raise FieldInvalidError(
                f"The entered text is too long. It exceeds the allowed limit of {self.longest} characters."
            )
        return value

    def render(self, view: View, value: Any) -> Any:
        """The internal value as answers show it."""
        return value

    def show_change(self, view: View, value: Any) -> Shown:
        """The value's id and text for the changelog."""
        return None, None if value is None else str(value)


class Summary(FieldKind):
    """The one line that every issue has."""

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Refuse nothing, several lines and more than 255 characters."""
        if not isinstance(value, str | None):
            raise FieldInvalidError("Operation value must be a string")
        line = (value or "").strip()
        if not line:
            raise FieldInvalidError("You must specify a summary of the issue.")
        if "\n" in line or "\r" in line:
            raise FieldInvalidError(
                "The summary is invalid because it contains newline characters."
            )
        if len(line) > self.longest:
            raise FieldInvalidError("Summary can't exceed 255 characters.")
        return line


class LongText(FieldKind):
    """A text with markup: a string in version 2, an ADF document in version 3."""

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read the text the way the API version sends it."""
        if value is None or value == "":
            return None
        try:
            return read_body(value, context.api)
        except InvalidBodyError:
            wanted = (
                "Operation value must be a string"
                if context.api == "2"
                else "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
            )
            raise FieldInvalidError(wanted) from None
        except BodyTooLongError:
            raise FieldInvalidError(TOO_LONG) from None

    def render(self, view: View, value: Any) -> Any:
        """The text in the reader's API version."""
        return write_body(value, view.api)

    def show_change(self, view: View, value: Any) -> Shown:
        """Texts have no id."""
        return None, value["text"] if value else None


class User(FieldKind):
    """A person, named by account id, on Data Center by name."""

    schema_type = "user"

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read `{"accountId": …}` or `{"name": …}`; nothing means nobody."""
        if value is None:
            return None
        if not isinstance(value, dict):
            raise FieldInvalidError("data was not an object")
        reference = reference_of(value, context.people_by_name)
        if reference == "":
            return None
        account = find_referenced(context.connection, str(reference), context.people_by_name)
        if account is None or not account.active:
            raise FieldInvalidError(f"User '{reference}' does not exist.")
        return account.account_id

    def render(self, view: View, value: Any) -> Any:
        """The person as an object."""
        return user_json(view, view.account(value))

    def show_change(self, view: View, value: Any) -> Shown:
        """Account id and name."""
        account = view.account(value)
        return (account.account_id, account.display_name) if account else (None, None)


class Labels(FieldKind):
    """A set of words."""

    schema_type, items = "array", "string"
    operations = ("add", "set", "remove")

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read a list of words without spaces; the order of first mention is kept."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise FieldInvalidError("data was not an array")
        for label in value:
            if not isinstance(label, str) or not label:
                raise FieldInvalidError("string expected at index 0")
            if re.search(r"\s", label):
                raise FieldInvalidError(f"The label '{label}' contains spaces which is invalid.")
            if len(label) > self.longest:
                raise FieldInvalidError(
                    f"The label '{label[:40]}…' exceeds the maximum length of 255 characters."
                )
        return list(dict.fromkeys(value))

    def show_change(self, view: View, value: Any) -> Shown:
        """All words, separated by spaces."""
        return None, " ".join(value or [])


class Date(FieldKind):
    """A day."""

    schema_type = "date"

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read `yyyy-MM-dd`."""
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            raise FieldInvalidError("Error parsing date string: " + str(value)[:40]) from None

    def show_change(self, view: View, value: Any) -> Shown:
        """The day, twice, as Jira does."""
        return value, f"{value} 00:00:00.0" if value else None


class DateTime(FieldKind):
    """A moment, kept in milliseconds."""

    schema_type = "datetime"

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read an ISO time with an offset."""
        if value is None or value == "":
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError(value)
        except (TypeError, ValueError):
            raise FieldInvalidError("Error parsing time: " + str(value)[:40]) from None
        return round(moment.timestamp() * 1000)

    def render(self, view: View, value: Any) -> Any:
        """The moment in the reader's zone."""
        return view.time(value)

    def show_change(self, view: View, value: Any) -> Shown:
        """The moment in UTC."""
        return (None, None) if value is None else (jira_time(value), jira_time(value))


class Number(FieldKind):
    """A number."""

    schema_type = "number"

    def parse(self, context: FieldContext, field: str, value: Any) -> Any:
        """Read a number, but not a boolean."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FieldInvalidError("Operation value must be a number")
        return value
