"""A history whose payloads are readable, for whoever has the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.converter import PayloadCodec


async def decrypted_history(history: str, codec: PayloadCodec) -> str:
    """The same history, as JSON, with every payload decoded; untouched when none was encoded.

    Raises `PayloadUnreadable` when one of them cannot be.
    """
    read = WorkflowHistory.from_json("", history)
    decoded = 0
    for event in read.events:
        for payload in _payloads_in(event):
            [plain] = await codec.decode([payload])
            if plain != payload:
                payload.CopyFrom(plain)
                decoded += 1
    return read.to_json() if decoded else history


def _payloads_in(message: Message) -> Iterator[Payload]:
    """Every payload anywhere in a message of Temporal's API."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        many = value.values() if isinstance(value, Mapping) else value
        for one in [value] if isinstance(value, Message) else many:
            if isinstance(one, Message):
                yield from _payloads_in(one)
