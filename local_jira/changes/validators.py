"""What must hold when a step of the workflow is taken."""

import re
from typing import Any

from local_jira.changes.extras import comment_additions
from local_jira.seed_workflow import SeedTransition, SeedValidator

Json = dict[str, Any]


def failed_validators(step: SeedTransition, values: Json, document: Json) -> dict[str, str]:
    """The sentence of every validator that fails, by field.

    `values` are the issue's internal values as they will be, `document` is the request's body.
    """
    update = document.get("update") or {}
    has_comment = bool(comment_additions(update))
    return {
        validator.field: validator.message
        for validator in step.validators
        if not _holds(validator, values.get(validator.field), has_comment)
    }


def _holds(validator: SeedValidator, value: Any, has_comment: bool) -> bool:
    if validator.kind == "comment":
        return has_comment
    if validator.kind == "required":
        return value not in (None, "", [])
    text = value["text"] if isinstance(value, dict) and "text" in value else value
    return text is not None and re.fullmatch(validator.pattern, str(text), re.DOTALL) is not None
