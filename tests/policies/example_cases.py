"""Reads the example cases beside the shipped policies."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from policies.loader import DEFAULT_DIRECTORY

EXAMPLES = DEFAULT_DIRECTORY.parent / "examples"
Case = dict[str, Any]


def cases(name: str, *kinds: str, under: str = "cases") -> list[Any]:
    """The cases of a file in `allowed` and `refused`, each under its own words.

    `under` is the key of the file that holds them.
    """
    found: list[Any] = []
    for kind in kinds:
        document = YAML(typ="safe").load((EXAMPLES / kind / name).read_text())
        found += [pytest.param(case, id=case["says"]) for case in document[under]]
    return found
