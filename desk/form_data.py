"""The few short fields of a posted form."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import HTTPException
from starlette.requests import Request

from desk.webhook import read_bounded

ITEM_BOX = "item "
"""A ticked box of an item is a field of this and the issue's key."""
LARGEST_FORM = 64_000
MOST_FIELDS = 30


def ticked_items(form: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of the items whose boxes were ticked, in the order of the page."""
    return tuple(name.removeprefix(ITEM_BOX) for name in form if name.startswith(ITEM_BOX))


async def read_form(request: Request) -> dict[str, str]:
    """The form's fields, stripped; the last of a repeated one counts.

    Raises `HTTPException` 413 when it is too large, 400 when it is no form.
    """
    body = await read_bounded(request, LARGEST_FORM)
    if body is None:
        raise HTTPException(413, "This form is too long.")
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "This is no form.") from error
    return {name: value.strip() for name, value in fields}
