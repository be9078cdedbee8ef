"""The process as users run it: killed, restarted, started with a bad seed, stopped politely."""

import concurrent.futures
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from local_jira_tools import Maker

from local_jira.seed_file import SeedError, parse_seed, read_seed
from local_jira.settings import DEFAULT_SEED
from local_jira.testing import RunningLocalJira, running_local_jira

ROOT = Path(__file__).parents[2]
AUTH = ("followthrough-bot@followthrough.example", "local-bot-token")


def start(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "local_jira", "--port", "0", "--data-dir", str(data_dir)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    match = re.search(r"http://\S+", line)
    assert match, f"the first line must say where it listens: {line!r}"
    return process, match.group()


def finish(process: subprocess.Popen[str], sign: int) -> int:
    process.send_signal(sign)
    process.communicate(timeout=30)
    return process.returncode


@pytest.mark.kill
def test_everything_answered_before_a_kill_is_there_afterwards(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    with httpx.Client(base_url=url, auth=AUTH, trust_env=False) as http:
        make = Maker(http)
        keys = [make(f"Number {number}") for number in range(20)]
        for key in keys:
            http.put(f"/rest/api/3/issue/{key}/properties/followthrough", json={"key": key})
    assert finish(process, signal.SIGKILL) == -signal.SIGKILL

    process, url = start(tmp_path)
    with httpx.Client(base_url=url, auth=AUTH, trust_env=False) as http:
        for key in keys:
            stored = http.get(f"/rest/api/3/issue/{key}/properties/followthrough").json()
            assert stored["value"] == {"key": key}
        found = http.post("/rest/api/3/search/approximate-count", json={"jql": "project = FT"})
        assert found.json() == {"count": 20}
        journal = http.get("/__local__/journal").json()["requests"]
        assert sum(line["committed"] for line in journal) == 40
        assert Maker(http)() == "FT-21"
    assert finish(process, signal.SIGTERM) == 0


def test_many_writers_at_once_lose_nothing_and_share_no_key(
    local_jira: RunningLocalJira,
) -> None:
    def write(number: int) -> str:
        with local_jira.client() as http:
            return Maker(http)(f"Number {number}", labels=[f"n{number}"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(write, range(40)))
    assert len(set(keys)) == 40


def test_a_taken_port_ends_with_3_and_says_what_to_do(
    local_jira: RunningLocalJira, tmp_path: Path
) -> None:
    port = local_jira.url.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "local_jira", "--port", port, "--data-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 3
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_bad_seed_ends_with_2_and_names_the_place(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"users": 1}', encoding="utf-8")
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "local_jira",
            "--port",
            "0",
            "--data-dir",
            str(tmp_path),
            "--seed",
            str(seed),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert str(seed) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_seed_that_names_what_it_does_not_define_is_refused() -> None:
    seed = json.loads(DEFAULT_SEED.read_text(encoding="utf-8"))
    seed["workflow"]["transitions"][0]["target"] = "Nowhere"
    with pytest.raises(SeedError, match=r"transitions\[0\]\.target: 'Nowhere'"):
        parse_seed(json.dumps(seed), "test")


def test_the_default_seed_has_what_the_product_counts_on() -> None:
    seed = read_seed(DEFAULT_SEED)
    assert {user.account_id for user in seed.users} >= {
        "acc-followthrough-bot", "acc-ada-agent", "acc-omar-owner", "acc-lena-lead",
        "acc-fay-finance", "acc-sam-security", "acc-eve-executive", "acc-petra-product",
    }  # fmt: skip
    assert seed.projects[0].key == "FT"
    assert [status.category for status in seed.statuses] == [
        "new", "indeterminate", "indeterminate", "done", "new",
    ]  # fmt: skip


def test_a_seed_may_bring_issues(tmp_path: Path) -> None:
    seed = json.loads(DEFAULT_SEED.read_text(encoding="utf-8"))
    fields = {"issuetype": {"name": "Bug"}, "summary": "There from the start"}
    seed["issues"] = [{"project": "FT", "fields": fields}]
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(seed), encoding="utf-8")
    with running_local_jira(seed=file) as running, running.client() as http:
        issue = http.get("/rest/api/3/issue/FT-1").json()
        assert issue["fields"]["summary"] == "There from the start"
