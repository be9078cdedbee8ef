"""JSON Schemas of the policy files, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from policies.documents.registry import DOCUMENTS


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of every policy file, by its name without `.yaml`."""
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{name}.yaml",
            **{key: value for key, value in document.model_json_schema().items() if key != "title"},
        }
        for name, document in DOCUMENTS.items()
    }
