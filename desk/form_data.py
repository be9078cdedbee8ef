"""The few short fields of a posted form."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import HTTPException
from starlette.requests import Request

from desk.webhook import read_bounded

LARGEST_FORM = 64_000
MOST_FIELDS = 30


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
