"""Refuses a language model that could never answer, while somebody is there to read why."""

from __future__ import annotations

from importlib.util import find_spec

from runtime.problems import WrongSettings

VARIABLE = "FOLLOWTHROUGH_LANGUAGE_MODEL"


def refuse_unusable_model(name: str | None) -> None:
    """Raises `WrongSettings` when a model is named and cannot be made here.

    Nothing is asked of it: whether its provider answers, and takes the key, shows later.
    """
    if name is None:
        return
    if find_spec("pydantic_ai") is None:
        raise WrongSettings(
            f"{name} is named, but the extra llm is not installed.",
            where=VARIABLE,
            remedy="pip install 'followthrough[llm]', or unset it: then no model is asked.",
        )
    from pydantic_ai.exceptions import UserError  # noqa: PLC0415 - an extra that takes seconds
    from pydantic_ai.models import infer_model  # noqa: PLC0415 - as above

    try:
        infer_model(name)
    except (UserError, ImportError, ValueError) as error:
        raise WrongSettings(
            f"{name} cannot be used: {str(error).splitlines()[0].rstrip('.')}.",
            where=VARIABLE,
            remedy="Name a model as provider:name and set what its provider needs, or unset it.",
        ) from error
