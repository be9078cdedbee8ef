"""What a check of a value says, as the rest of a sentence that a person reads."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

_BEGINNINGS = (
    ("Value error, ", ""),
    ("Input should be ", "must be "),
    ("String should ", "must "),
    ("Field required", "is missing"),
)


def plain_words(message: str) -> str:
    """The message without the words of the package that checked."""
    for begins, becomes in _BEGINNINGS:
        if message.startswith(begins):
            return becomes + message.removeprefix(begins)
    return message[:1].lower() + message[1:]


class PlainGroup(TyperGroup):
    """The commands; a value that an option cannot take is refused in plain words."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for. Raises what it raises."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if error.message:
                error.message = plain_words(error.message)
            raise
