"""The shapes of exports that are known, each a mapping file that one can read and learn from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from policies.documents.contacts import ContactColumns
from policies.problems import PolicyError
from policies.validation import validate
from policies.yaml_source import parse
from runtime.problems import WrongSettings

SHAPES = Path(__file__).parent / "import_shapes"


class Shape(StrEnum):
    """What people export. `GENERIC` knows columns named as our own fields."""

    ZENDESK = "zendesk"
    INTERCOM = "intercom"
    CSAT = "csat"
    NPS = "nps"
    SERVICENOW = "servicenow"
    TWCS = "twcs"
    CFPB = "cfpb"
    APP_REVIEWS = "app-reviews"
    GENERIC = "generic"


def columns_for(shape: Shape, mapping: Path | None) -> ContactColumns:
    """The shape's columns; what the mapping file names takes the place of what the shape says.

    Raises `WrongSettings` with every mistake of the file and its place.
    """
    shipped = _read(SHAPES / f"{shape.value}.yaml")
    if mapping is None:
        return shipped
    named = _read(mapping)
    return shipped.model_copy(
        update={name: getattr(named, name) for name in named.model_fields_set}
    )


def _read(file: Path) -> ContactColumns:
    try:
        return validate(parse(str(file), file.read_text(encoding="utf-8")), ContactColumns)
    except PolicyError as error:
        raise WrongSettings("\n".join(str(one) for one in error.problems)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings("the mapping cannot be read.", where=str(file)) from error
