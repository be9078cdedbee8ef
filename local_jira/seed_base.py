"""What every part of the seed file shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,17}$")]


class SeedPart(BaseModel):
    """A part of the seed: unknown names are refused, and nothing changes once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SeedScreenField(SeedPart):
    """A field on a screen, and whether it must have a value."""

    field: str
    required: bool = False
