"""What an action needs to know beside its amount: which feature, which field, until when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import Frozen, Moment

FlagKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Setting = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:+-]{0,79}$")]
"""The value of a setting, such as `gold`. It cannot hold an e-mail address: histories and the
ledger keep it for ever, so what is personal does not belong there (ADR 3)."""
RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,120}$")]

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""An end of an exception that means: as soon as the change is approved."""


class ActionParameters(Frozen):
    """What one kind of action needs; which needs what is in `policies.action_needs`.

    `feature` is a flag's key. `field` and `value` name a setting of the account. `ends_at` is when
    an exception ends, and `changes` the request whose running exception gets that end instead.
    `statement` is what is said in public; without it, the request's summary is.
    """

    feature: FlagKey | None = None
    field: FieldName | None = None
    value: Setting | None = None
    ends_at: Moment | None = None
    changes: RequestId | None = None
    statement: str | None = Field(default=None, min_length=1, max_length=2000)

    def given(self) -> tuple[str, ...]:
        """The names of the members that are set."""
        return tuple(self.model_dump(exclude_none=True))
