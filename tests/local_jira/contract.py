"""Compares answers of the local Jira with a description of the real one, leniently."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DESK_NOTES = Path(__file__).with_name("service_desk_contract.json")
PAGE = "page of "
PAGE_MEMBERS = {
    "_expands": "string[]!",
    "size": "integer!",
    "start": "integer!",
    "limit": "integer!",
    "isLastPage": "boolean!",
    "_links": "PageLinks!",
}
PRUNED_AWAY = {
    *("component", "component/{id}", "version", "version/{id}"),
    *("issue/archive", "issue/unarchive"),
}
"""Operations that Atlassian documents, and that the pruned copy of its document lacks."""
# Seen in answers of the real service, but not declared.
UNDECLARED = {"tmpFromAccountId", "tmpToAccountId"}
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
Schema = dict[str, Any]


class Schemas:
    """Named schemas, as in an OpenAPI document."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = schemas

    def faults(self, value: Any, schema: Schema, place: str = "") -> Iterator[str]:
        """What does not fit, with its place; nulls are let through."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        for part in schema.get("allOf", []):
            yield from self.faults(value, part, place)
        expected = schema.get("type")
        if value is None or expected is None:
            return
        wrong_bool = isinstance(value, bool) and expected in ("integer", "number")
        if wrong_bool or not isinstance(value, TYPES[expected]):
            yield f"{place}: not {expected}: {value!r:.60}"
        elif isinstance(value, dict):
            yield from self._object_faults(value, schema, place)
        elif isinstance(value, list):
            for number, entry in enumerate(value):
                yield from self.faults(entry, schema.get("items", {}), f"{place}[{number}]")
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{place}: {value!r} is not one of {schema['enum']}"

    def _object_faults(self, value: dict[str, Any], schema: Schema, place: str) -> Iterator[str]:
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, entry in value.items():
            if name in known:
                yield from self.faults(entry, known[name], f"{place}.{name}")
            elif others is False and name not in UNDECLARED:
                yield f"{place}: undeclared member {name}"
            elif isinstance(others, dict):
                yield from self.faults(entry, others, f"{place}.{name}")
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}: {name} is missing"


class PlatformContract(Schemas):
    """Atlassian's OpenAPI document of the platform, version 3."""

    def __init__(self, file: Path) -> None:
        self.document = json.loads(file.read_text(encoding="utf-8"))
        super().__init__(self.document["components"]["schemas"])

    def responses(self, method: str, template: str) -> dict[str, Any]:
        """The documented answers of an operation, by status."""
        operations = self.document["paths"][f"/rest/api/3/{template}"]
        found: dict[str, Any] = operations[method.lower()]["responses"]
        return found


class DeskContract(Schemas):
    """Our own notes of the service desk's shapes: `service_desk_contract.json` explains itself."""

    def __init__(self) -> None:
        notes = json.loads(DESK_NOTES.read_text(encoding="utf-8"))
        super().__init__({name: _object(members) for name, members in notes["shapes"].items()})
        self.operations = {
            tuple(operation.split()): {
                int(status): shape and _schema(shape) for status, shape in answers.items()
            }
            for operation, answers in notes["operations"].items()
        }


def _object(members: dict[str, str]) -> Schema:
    return {
        "type": "object",
        "properties": {name: _schema(notation) for name, notation in members.items()},
        "required": [name for name, notation in members.items() if notation.endswith("!")],
        "additionalProperties": False,
    }


def _schema(notation: str) -> Schema:
    text = notation.removesuffix("!")
    if text == "anything":
        return {}
    if text in TYPES:
        return {"type": text}
    if text.endswith("[]"):
        return {"type": "array", "items": _schema(text.removesuffix("[]"))}
    if text.startswith(PAGE):
        return _object({**PAGE_MEMBERS, "values": f"{text.removeprefix(PAGE)}[]!"})
    if "|" in text:
        return {"type": "string", "enum": text.split("|")}
    return {"$ref": text}
