"""CLAIMS.md names only tests that exist."""

import re
from pathlib import Path

HERE = Path(__file__).parent
CLAIMS = HERE.parents[1] / "local_jira" / "CLAIMS.md"


def test_every_test_that_a_claim_names_exists() -> None:
    missing: list[str] = []
    for line in CLAIMS.read_text(encoding="utf-8").splitlines():
        file = None
        for named, test in re.findall(r"`(test_\w+\.py)?(?:::(test_\w+))?`", line):
            file = HERE / named if named else file
            if file is None or not (named or test):
                continue
            text = file.read_text(encoding="utf-8") if file.is_file() else ""
            if not text or (test and f"def {test}(" not in text):
                missing.append(f"{named or file.name}::{test}")
    assert not missing, f"mend local_jira/CLAIMS.md or write: {missing}"
