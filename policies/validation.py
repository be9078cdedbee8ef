"""From pydantic's findings to sentences with a place, a value and what to do."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.documents.base import Document
from policies.problems import PathPart, PolicyError, PolicyProblem, shown, suggestion
from policies.yaml_source import Source

MOST_PROBLEMS = 100
"""So many problems of one file are told; nobody reads more, and telling each takes time."""

AnyDocument = TypeVar("AnyDocument", bound=Document)


def validate(source: Source, document: type[AnyDocument]) -> AnyDocument:
    """Read a parsed file as its document. Raises `PolicyError` with every problem of the file."""
    try:
        return document.model_validate(source.data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_problem(source, document, details) for details in found[:MOST_PROBLEMS]]
        if len(found) > MOST_PROBLEMS:
            what = f"has {len(found) - MOST_PROBLEMS} more problems"
            problems.append(source.problem((), what, remedy="correct these first"))
        raise PolicyError(problems) from None


def _problem(source: Source, document: type[Document], details: ErrorDetails) -> PolicyProblem:
    path = tuple(part for part in details["loc"] if part != "[key]")
    kind = details["type"]
    if kind == "extra_forbidden":
        known = _keys_at(document, path[:-1])
        remedy = suggestion(str(path[-1]), known)
        return source.problem(path, "is not known here", remedy=remedy, of_key=True)
    if kind == "missing":
        return source.problem(path, "is missing", remedy=f"add {path[-1]}")
    is_key = "[key]" in details["loc"]
    return source.problem(
        path,
        _sentence(details),
        got=shown(details["input"]),
        remedy=_remedy(details),
        of_key=is_key,
    )


def _sentence(details: ErrorDetails) -> str:
    message = details["msg"]
    for start, instead in (
        ("Value error, ", ""),
        ("Input should be ", "must be "),
        ("String should ", "must "),
        ("Tuple should ", "must "),
    ):
        if message.startswith(start):
            return instead + message[len(start) :]
    return message[:1].lower() + message[1:]


def _remedy(details: ErrorDetails) -> str:
    expected = details.get("ctx", {}).get("expected")
    value = details["input"]
    if details["type"] in ("enum", "literal_error") and expected and isinstance(value, str):
        choices = [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]
        return suggestion(value, choices, otherwise="write one of these")
    return {
        "tuple_type": "write a list: [one, another]",
        "dict_type": "write keys with values below it",
        "string_type": "put it in quotes if it is meant as text",
        "too_short": "give at least one",
        "string_too_short": "write something here",
    }.get(details["type"], "correct the value")


def _keys_at(document: type[Document], path: Sequence[PathPart]) -> tuple[str, ...]:
    """The keys that are known at a path of the document."""
    kinds: list[Any] = [document]
    for part in path:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    return tuple(name for kind in kinds for model in _models(kind) for name in model.model_fields)


def _inside(kind: Any, part: PathPart) -> Iterator[Any]:
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            field = option.model_fields.get(str(part))
            if field is not None:
                yield field.annotation
        elif get_origin(option) is tuple:
            yield get_args(option)[0]
        elif get_origin(option) is dict:
            yield get_args(option)[1]


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            yield option


def _options(kind: Any) -> Iterator[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _options(get_args(kind)[0])
    elif origin in (Union, types.UnionType):
        for option in get_args(kind):
            yield from _options(option)
    else:
        yield kind
