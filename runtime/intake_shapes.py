"""Which file shapes are understood, each by its own small adapter.

An adapter turns one record into a `Draft`: named texts as they are; `runtime.intake_files` checks
and trims them. A record fits the first shape whose `needs` are all among its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.intake import IntakeRow

Draft = dict[str, Any]
FIELDS = tuple(IntakeRow.model_fields)
LITERAL = "="
"""A mapping's column that begins so is no column: the rest is the value of every row."""


@dataclass(frozen=True)
class Shape:
    """A kind of record: the columns by which it is known, and how it is read."""

    name: str
    needs: frozenset[str]
    read: Callable[[Mapping[str, Any]], Draft]


def plain(record: Mapping[str, Any]) -> Draft:
    """Columns named as our own fields; others are left alone."""
    return {field: record[field] for field in FIELDS if field in record}


def consumer_complaint(record: Mapping[str, Any]) -> Draft:
    """A complaint to the US consumer bureau: a narrative without a title or a customer's name.

    Product, issue and outcome are what triage is measured by, so they are not handed to it.
    """
    return {
        "source": "consumer_complaints",
        "submission_id": record["id"],
        "description": record["text"],
        "created_at": record.get("received"),
        "country": "US",
    }


def support_thread(record: Mapping[str, Any]) -> Draft:
    """A conversation: what the customer wrote before anybody answered is the feedback."""
    return {
        "source": "support_threads",
        "submission_id": record["id"],
        "description": "\n".join(_opening(record["messages"], record["customer"])),
        "customer": record["customer"],
        "created_at": record.get("opened_at"),
    }


def tracker_issue(record: Mapping[str, Any]) -> Draft:
    """An issue exported from a tracker, with a title and the version it was found in."""
    return {
        "source": f"tracker_{record['project']}",
        "submission_id": record["id"],
        "summary": record["title"],
        "description": record.get("description"),
        "release": record.get("affects_version"),
        "created_at": record.get("created_at"),
    }


SHAPES = (
    Shape("plain", frozenset({"submission_id", "description"}), plain),
    Shape("plain", frozenset({"submission_id", "summary"}), plain),
    Shape(
        "consumer complaint",
        frozenset({"id", "text", "product", "company"}),
        consumer_complaint,
    ),
    Shape("support thread", frozenset({"id", "customer", "messages"}), support_thread),
    Shape("tracker issue", frozenset({"id", "title", "project"}), tracker_issue),
    # Without an id a row is refused, but by the sentence that names the id.
    Shape("plain", frozenset({"summary"}), plain),
    Shape("plain", frozenset({"description"}), plain),
)


def shape_of(record: Mapping[str, Any]) -> Shape | None:
    """The first shape that the record fits."""
    return next((shape for shape in SHAPES if shape.needs <= record.keys()), None)


def mapped(record: Mapping[str, Any], mapping: Mapping[str, str]) -> Draft:
    """A record read by a column mapping (field → column); fields not mapped keep their own name.

    Raises KeyError with a mapped column that the record lacks.
    """
    draft = plain(record)
    for field, column in mapping.items():
        if column.startswith(LITERAL):
            draft[field] = column.removeprefix(LITERAL)
        else:
            draft[field] = record[column]
    return draft


def _opening(messages: Any, customer: Any) -> list[str]:
    """The customer's words up to the first answer; all of the customer's, when an agent began."""
    if not isinstance(messages, list):
        return []
    told = [message for message in messages if isinstance(message, dict)]
    own = [message for message in told if message.get("author", customer) == customer]
    answer = next(
        (place for place, message in enumerate(told) if message.get("role") == "agent"), len(told)
    )
    opening = [message for message in told[:answer] if message in own]
    return [str(message.get("text") or "") for message in opening or own]
