"""What is counted in a conversation while its texts are at hand; the texts go no further."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from insight.repeated_information import said_again
from models.base import Frozen
from models.contact import Thread
from policies.documents.contacts import Columns, MessageColumns

Cell = Callable[[Mapping[str, Any], Columns], str]


class Counted(Frozen):
    """The thread, and when it began and was first answered."""

    thread: Thread
    opened_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class _Message:
    at: datetime
    author: str
    ours: bool
    text: str


def counted(
    listed: Sequence[Any],
    customer: str,
    columns: MessageColumns,
    cell: Cell,
    moment: Callable[[str], datetime | None],
) -> Counted | None:
    """Count a list of messages; None when none of them can be read.

    `customer` is whose thread it is; without one, that of whoever wrote first.

    Messages of a role that is neither ours nor a customer's are left out.
    """
    read = [_message(one, columns, cell, moment) for one in listed if isinstance(one, Mapping)]
    messages = [one for one in read if one is not None]
    if not messages:
        return None
    first = next((number for number, one in enumerate(messages) if one.ours), None)
    opener = customer or messages[0].author
    after = [] if first is None else messages[first + 1 :]
    written = [one for one in after if not one.ours and one.author == opener]
    return Counted(
        thread=Thread(
            messages=len(messages),
            customer_messages_after=len(written),
            silences=tuple(_silence(messages, one) for one in written),
            customer_last=not messages[-1].ours,
            said_again=said_again(
                (not one.ours, one.text) for one in messages if one.ours or one.author == opener
            ),
        ),
        opened_at=messages[0].at,
        answered_at=messages[first].at if first is not None else None,
    )


def _message(
    one: Mapping[str, Any],
    columns: MessageColumns,
    cell: Cell,
    moment: Callable[[str], datetime | None],
) -> _Message | None:
    role = cell(one, columns.role).casefold()
    at = moment(cell(one, columns.at))
    if at is None or role not in {*columns.customer, *columns.ours}:
        return None
    author = cell(one, columns.author)
    return _Message(at, author, role in columns.ours, cell(one, columns.text))


def _silence(messages: Sequence[_Message], one: _Message) -> float:
    """Hours since our last message before this one."""
    place = next(number for number, other in enumerate(messages) if other is one)
    before = next(other.at for other in reversed(messages[:place]) if other.ours)
    return (one.at - before).total_seconds() / 3600
