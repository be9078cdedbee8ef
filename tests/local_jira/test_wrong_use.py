"""Started wrongly, or reset with a seed that has become wrong: words that say what to do."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from small_seed import PEOPLE, small_seed

from local_jira.__main__ import main
from local_jira.seed_file import SeedError
from local_jira.testing import running_local_jira

Start = Callable[..., tuple[int, str]]


@pytest.fixture
def start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Start]:
    """The command, which is expected to end by itself: its exit code and its words."""

    def run(*options: str) -> tuple[int, str]:
        code = main(["--port", "0", "--data-dir", str(tmp_path / "data"), *options])
        return code, capsys.readouterr().err

    yield run
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "options",
    [
        ("--context-path", "jira"),
        ("--context-path", "/../x"),
        ("--port", "99999"),
        ("--webhook-retry-scale", "nan"),
    ],
    ids=" ".join,
)
def test_an_option_that_cannot_be_ends_with_2_and_its_name(
    start: Start, options: tuple[str, str]
) -> None:
    code, words = start(*options)
    assert code == 2
    assert words.startswith(f"{options[0]}: ")


@pytest.mark.parametrize("content", [None, b"This is no database at all, whatever its name."])
def test_data_that_cannot_be_used_ends_with_2_and_its_place(
    tmp_path: Path, start: Start, content: bytes | None
) -> None:
    place = tmp_path / "data"
    if content is None:
        place.write_text("A file where a directory should be.", encoding="utf-8")
    else:
        place.mkdir()
        (place / "local_jira.sqlite3").write_bytes(content)
    code, words = start()
    assert code == 2
    assert str(place) in words
    assert "--data-dir" in words


def test_a_seed_that_is_no_text_ends_with_2(tmp_path: Path, start: Start) -> None:
    seed = tmp_path / "seed.json"
    seed.write_bytes(b"\xff\xfe\x00")
    code, words = start("--seed", str(seed))
    assert code == 2
    assert f"{seed}: cannot be read: it is not UTF-8 text" in words


@pytest.mark.parametrize("given", ["/jira/", "/"])
def test_a_slash_at_the_end_of_the_context_path_does_not_matter(given: str) -> None:
    with running_local_jira(context_path=given) as site, site.client() as http:
        assert site.url.endswith("/jira") is (given == "/jira/")
        assert http.get("/rest/api/3/myself").status_code == 200


def seed_with(file: Path, issue_type: Any) -> None:
    document = small_seed()
    document["issues"][0]["fields"]["issuetype"] = issue_type
    file.write_text(json.dumps(document), encoding="utf-8")


def test_an_issue_that_cannot_be_is_told_and_the_mended_seed_starts(tmp_path: Path) -> None:
    seed, data = tmp_path / "seed.json", tmp_path / "data"
    seed_with(seed, {"name": "Nonsense"})
    place = r"seed\.json: at \$\.issues\[0\]\.fields\.issuetype: "
    with pytest.raises(SeedError, match=place), running_local_jira(data, seed=seed):
        pass
    seed_with(seed, {"name": "Request"})
    with running_local_jira(data, seed=seed) as site, site.client(PEOPLE["anna"]) as anna:
        assert anna.get("/rest/api/3/issue/HELP-1").status_code == 200


def test_a_reset_with_a_broken_seed_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed_with(seed, {"name": "Request"})
    with running_local_jira(seed=seed) as site, site.client(PEOPLE["anna"]) as anna:
        kept = anna.put("/rest/api/3/issue/HELP-1/properties/ours", json={"seq": 1})
        assert kept.status_code == 201
        for broken in ("{", json.dumps({**small_seed(), "projects": []})):
            seed.write_text(broken, encoding="utf-8")
            refused = anna.post("/__local__/reset")
            assert refused.status_code == 400
            assert str(seed) in refused.json()["errorMessages"][0]
        seed_with(seed, {"name": "Nonsense"})
        assert "$.issues[0]" in anna.post("/__local__/reset").text
        assert anna.get("/rest/api/3/issue/HELP-1/properties/ours").json()["value"] == {"seq": 1}
        seed_with(seed, {"name": "Request"})
        assert anna.post("/__local__/reset").status_code == 204
        assert anna.get("/rest/api/3/issue/HELP-1/properties/ours").status_code == 404
