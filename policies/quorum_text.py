"""How a quorum is written in approval.yaml, and what that means."""

from __future__ import annotations

ALL = 100


def read_quorum(written: int | str | None) -> tuple[int, int | None]:
    """`(number, percent)`: `3` is (3, None), `any` (1, None), `all` (1, 100), `60%` (1, 60)."""
    if written is None or written == "any":
        return 1, None
    if written == "all":
        return 1, ALL
    if isinstance(written, str):
        return 1, int(written.removesuffix("%"))
    return written, None
