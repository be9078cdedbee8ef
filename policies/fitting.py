"""Texts that Temporal keeps to a length: what is too long is cut, since it refuses it for ever."""

from __future__ import annotations

from typing import Final

SUMMARY_BYTES: Final = 200
"""Half of what the server takes by default, because an encrypted summary is longer."""


def fitting(text: str, most_bytes: int = SUMMARY_BYTES) -> str:
    """As much of the text's beginning as fits into so many bytes of UTF-8."""
    return text.encode()[:most_bytes].decode(errors="ignore")
