"""The example of SEED.md, for tests that need a workflow with conditions and approvals."""

import json
import re
from pathlib import Path
from typing import Any

PEOPLE = {
    "anna": ("anna@staff.example", "anna-token"),
    "ben": ("ben@staff.example", "ben-password"),
    "carl": ("carl@customers.example", "carl-password"),
}
"""How the people of the example sign in; Carl is a customer, the others approve."""

DOCUMENT = Path(__file__).parents[2] / "local_jira" / "SEED.md"


def small_seed() -> dict[str, Any]:
    """The example, ready to be changed."""
    found = re.search(r"```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "SEED.md has no example any more"
    document: dict[str, Any] = json.loads(found.group(1))
    return document
