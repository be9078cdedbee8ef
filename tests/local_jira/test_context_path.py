"""Everything once more behind a path, as a Jira that shares its host with other applications."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local_jira.testing import running_local_jira

HERE = Path(__file__).parent
# These start sites of their own, or look at where a page leads to and so name the path themselves.
OF_THEIR_OWN = {
    "test_claims.py", "test_contract.py", "test_context_path.py", "test_datacenter.py",
    "test_durability_and_start.py", "test_generated_requests.py", "test_nasty_texts.py",
    "test_pages.py", "test_properties_of_texts.py", "test_wrong_use.py",
}  # fmt: skip


# How long a query or a body is has nothing to do with the path.
NOT_SLOW = "not bomb and not ten_megabytes"


def test_every_behaviour_holds_behind_a_path() -> None:
    if "LOCAL_JIRA_CONTEXT_PATH" in os.environ:
        pytest.skip("these tests run behind a path already")
    files = sorted(str(file) for file in HERE.glob("test_*.py") if file.name not in OF_THEIR_OWN)
    assert len(files) > 10
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-k",
            NOT_SLOW,
            *files,
        ],
        env={**os.environ, "LOCAL_JIRA_CONTEXT_PATH": "/jira"},
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:]


@pytest.mark.parametrize("mode", ["cloud", "datacenter"])
def test_nothing_is_served_beside_the_path(mode: str) -> None:
    with running_local_jira(context_path="/jira", mode=mode) as site:
        host = site.url.removesuffix("/jira")
        for path in ("/rest/api/2/serverInfo", "/jirax/rest/api/2/serverInfo", "/issues", "/"):
            assert httpx.get(host + path, trust_env=False).status_code == 404
        assert httpx.get(site.url + "/rest/api/2/serverInfo", trust_env=False).status_code == 200
        lead = httpx.get(site.url, trust_env=False)
        assert lead.headers["location"] == "/jira/issues"
