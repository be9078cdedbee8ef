"""Looks for what would be a danger to those who run this: `make audit`.

Four questions: does bandit find something that nobody has given a reason for; does a secret stand
in a tracked file; is a known hole in what requirements.lock names; do the installed packages agree,
and is each one pinned by hash. Ends with 1 when one of them is answered badly.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / ".secrets.baseline"
LOCK = ROOT / "requirements.lock"
CODE = (
    "activities", "cli.py", "console", "demo", "desk", "insight", "jira_gateway", "ledger",
    "local_jira", "models", "policies", "runtime", "scripts", "worker.py", "workflows",
)  # fmt: skip
NO_SECRETS = r"\.(png|gz|lock)$|package-lock\.json$|^\.secrets\.baseline$"
"""Pictures, recorded histories, hashes of packages, and the hashes of the accepted secrets."""
NOT_LOOKED_UP = "not found on PyPI"


def unexplained(
    findings: Sequence[Mapping[str, Any]], lines: Mapping[str, Sequence[str]]
) -> list[str]:
    """Bandit's findings whose line does not say why it is right, as `# noqa: S608 - reason`.

    Ruff has the same rules under the same numbers, so a line gives its reason once. `lines` are
    the files' lines by name.
    """
    told = []
    for one in findings:
        rule, line = f"S{one['test_id'][1:]}", lines[one["filename"]][one["line_number"] - 1]
        if not re.search(rf"# noqa: [A-Z0-9, ]*\b{rule}\b.* - \S", line):
            told.append(f"{one['filename']}:{one['line_number']}: {rule} {one['issue_text']}")
    return told


def new_secrets(found: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """Secrets that the baseline does not know, by file and line; what they say is not repeated."""
    accepted = {
        (file, one["type"], one["hashed_secret"])
        for file, secrets in known["results"].items()
        for one in secrets
    }
    return [
        f"{file}:{one['line_number']}: {one['type']}"
        for file, secrets in found["results"].items()
        for one in secrets
        if (file, one["type"], one["hashed_secret"]) not in accepted
    ]


def unpinned(lock: str) -> list[str]:
    """Requirements of a lock without a hash."""
    entries = re.split(r"\n(?=\S)", lock)
    return [
        entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry
    ]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - tools of our own environment with fixed arguments


def _tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run(str(Path(sys.executable).with_name(name)), *arguments)


def _code() -> list[str]:
    report = json.loads(_tool("bandit", "-q", "-r", "-f", "json", "-ll", *CODE).stdout)
    if report["errors"]:
        return [f"bandit could not read {one['filename']}" for one in report["errors"]]
    files = {one["filename"] for one in report["results"]}
    lines = {file: (ROOT / file).read_text().splitlines() for file in files}
    return unexplained(report["results"], lines)


def _secrets() -> list[str]:
    found = json.loads(_tool("detect-secrets", "scan", "--exclude-files", NO_SECRETS).stdout)
    return new_secrets(found, json.loads(BASELINE.read_text()))


def _holes() -> tuple[list[str], str]:
    """Known holes in pinned packages, and what was asked."""
    answer = _tool("pip-audit", "--disable-pip", "--no-deps", "-f", "json", "-r", str(LOCK))
    try:
        packages = json.loads(answer.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return [], "nobody: the advisories could not be had here"
    looked_up = [one for one in packages if NOT_LOOKED_UP not in one.get("skip_reason", "")]
    if not looked_up:
        return [], "nobody: this package index has no advisories"
    holes = [
        f"{one['name']} {one['version']}: {', '.join(hole['id'] for hole in one['vulns'])}"
        for one in looked_up
        if one.get("vulns")
    ]
    return holes, f"the advisories of PyPI, of {len(looked_up)} packages"


def _packages() -> list[str]:
    disagreeing = _run(sys.executable, "-m", "pip", "check")
    told = disagreeing.stdout.splitlines() if disagreeing.returncode else []
    return told + [f"{name} has no hash in {LOCK.name}" for name in unpinned(LOCK.read_text())]


def main() -> int:
    """Ask everything, and say what was found."""
    holes, asked = _holes()
    answers = {
        "code (bandit)": _code(),
        "secrets (detect-secrets)": _secrets(),
        f"known holes (asked: {asked})": holes,
        "packages (pip check, hashes)": _packages(),
    }
    for question, found in answers.items():
        print(f"{question}: {'nothing' if not found else f'{len(found)} to look at'}")  # noqa: T201 - it is what people run it for
        for line in found:
            print(f"  {line}")  # noqa: T201 - as above
    return 1 if any(answers.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
