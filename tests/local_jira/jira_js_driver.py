"""Drives jira.js, a client in another language that checks every answer against its own schemas."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "jira_js"

# What the real service sends, and the document from which jira.js is generated does not declare:
# seen in answers of real sites, or read by the `jira` package.
KNOWN_TO_BE_UNDECLARED = {"isLooped", "tmpFromAccountId", "tmpToAccountId", "values", "isLast"}


class JiraJsError(Exception):
    """What jira.js threw: the name of its class, the HTTP status if any, and its details."""

    def __init__(self, kind: str, status: int | None, details: Any) -> None:
        super().__init__(kind, status, details)
        self.kind, self.status, self.details = kind, status, details


@dataclass
class JiraJs:
    """jira.js, signed in at a site: `jira_js("issues.getIssue", issueIdOrKey="FT-1")`."""

    process: subprocess.Popen[str]
    site: str
    email: str
    token: str

    def signed_in(self, site: str, auth: tuple[str, str]) -> "JiraJs":
        """The same process, at another site or as somebody else."""
        return JiraJs(self.process, site, *auth)

    def __call__(self, operation: str, surface: str = "cloud", **arguments: Any) -> Any:
        """The result, which fits the client's schemas; raises JiraJsError."""
        group, method = operation.split(".")
        call = {
            "site": self.site,
            "auth": {"type": "basic", "email": self.email, "apiToken": self.token},
            "surface": surface,
            "group": group,
            "method": method,
            "args": arguments,
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "jira.js ended; its words are above"
        answer = json.loads(line)
        if "error" in answer:
            raise JiraJsError(answer["error"], answer["status"], answer["details"])
        undeclared = set(answer["undeclared"]) - KNOWN_TO_BE_UNDECLARED
        assert not undeclared, f"{operation}: the schemas of jira.js do not know {undeclared}"
        return answer["result"]


def _missing() -> str | None:
    if shutil.which("node") is None:
        return "Node.js is not installed (on Debian and Ubuntu: apt-get install nodejs npm)"
    if not (HERE / "node_modules").is_dir():
        return "jira.js is not installed: run `make clients`"
    return None


@contextmanager
def running_jira_js() -> Iterator[JiraJs]:
    """One process for all tests. Without jira.js they are skipped; in CI they fail."""
    missing = _missing()
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    process = subprocess.Popen(
        ["node", "driver.mjs"],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield JiraJs(process, "", "", "")
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(timeout=20)
