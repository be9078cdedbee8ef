"""What every policy file has in common: unknown keys are refused, so a misspelt one is found."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CUSTOMER = "customer"
"""In place of a zone or a country: the customer's own."""
TEAM = "team"
"""In place of a zone: that of whoever owns the item."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
ConditionText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(description="A condition in CEL, such as item.severity == 'S1'."),
]


class Document(BaseModel):
    """The base of everything written in a policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
