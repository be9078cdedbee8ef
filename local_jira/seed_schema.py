"""The JSON Schema of the seed file, for editors. `python -m local_jira.seed_schema` writes it."""

import json
from pathlib import Path

from local_jira.seed_file import Seed

SCHEMA_FILE = Path(__file__).parent / "seed" / "schema.json"


def seed_schema() -> str:
    """The schema as it stands in `seed/schema.json`."""
    schema = Seed.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(seed_schema(), encoding="utf-8")
