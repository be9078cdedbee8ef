"""Files on issues, properties of many issues at once, and many changelogs at once."""

import io
from typing import Any

import httpx
import pytest
from jira import JIRA
from local_jira_tools import Maker

from local_jira.testing import RunningLocalJira, running_local_jira

NO_CHECK = {"X-Atlassian-Token": "no-check"}


def attach(http: httpx.Client, key: str, name: str, content: bytes, kind: str) -> Any:
    answer = http.post(
        f"/rest/api/2/issue/{key}/attachments",
        files={"file": (name, content, kind)},
        headers=NO_CHECK,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()[0]


def id_of(http: httpx.Client, key: str) -> int:
    return int(http.get(f"/rest/api/2/issue/{key}").json()["id"])


def test_a_file_comes_back_byte_for_byte_through_the_jira_package(jira2: JIRA, make: Maker) -> None:
    key, content = make(), bytes(range(256)) * 3 + b"\r\n--no-boundary\r\n"
    added = jira2.add_attachment(key, io.BytesIO(content), filename="all.bin")
    issue = jira2.issue(key)
    [found] = issue.fields.attachment
    assert (found.filename, found.size) == ("all.bin", len(content))
    assert found.get() == content
    assert added.id == found.id
    jira2.delete_attachment(found.id)
    assert jira2.issue(key).fields.attachment == []


def test_a_file_is_always_a_download_and_its_name_no_place(http: httpx.Client, make: Maker) -> None:
    key = make()
    shown = attach(http, key, "../../etc/<b>evil.html", b"<script>alert(1)</script>", "text/html")
    assert shown["filename"] == "<b>evil.html"
    assert shown["mimeType"] == "text/html"
    content = http.get(shown["content"], params={"redirect": "false"})
    assert content.headers["content-disposition"].startswith("attachment;")
    assert content.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in content.headers["content-security-policy"]
    history = http.get(f"/rest/api/2/issue/{key}/changelog").json()["values"][-1]["items"][0]
    assert (history["field"], history["toString"]) == ("Attachment", "<b>evil.html")


def test_a_range_of_a_file_can_be_read(http: httpx.Client, make: Maker) -> None:
    address = attach(http, make(), "a.txt", b"0123456789", "text/plain")["content"]
    wanted = {"params": {"redirect": "false"}}
    part = http.get(address, headers={"Range": "bytes=2-4"}, **wanted)
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    assert http.get(address, headers={"Range": "bytes=-3"}, **wanted).content == b"789"
    assert http.get(address, headers={"Range": "bytes=20-"}, **wanted).status_code == 416
    assert http.get(address, headers={"Range": "lines=1"}, **wanted).status_code == 400
    assert http.get(address).status_code == 303


def test_files_are_refused_without_the_header_or_the_form(http: httpx.Client, make: Maker) -> None:
    path = f"/rest/api/2/issue/{make()}/attachments"
    assert http.post(path, files={"file": b"x"}).status_code == 403
    assert http.post(path, json={}, headers=NO_CHECK).status_code == 415
    assert http.post(path, files={"other": b"x"}, headers=NO_CHECK).status_code == 400
    broken = {**NO_CHECK, "Content-Type": "multipart/form-data"}
    assert http.post(path, content=b"x", headers=broken).status_code == 400
    assert http.post("/rest/api/2/issue/FT-99/attachments", headers=NO_CHECK).status_code == 404


def test_a_file_beyond_the_limit_is_413_and_the_limit_is_told() -> None:
    with running_local_jira(max_body_bytes=5000) as running, running.client() as http:
        key = Maker(http)()
        limit = http.get("/rest/api/2/attachment/meta").json()["uploadLimit"]
        files = {"file": b"x" * (limit + 1)}
        path = f"/rest/api/2/issue/{key}/attachments"
        assert http.post(path, files=files, headers=NO_CHECK).status_code == 413


def test_a_customer_reaches_no_file_of_somebody_elses_issue(
    http: httpx.Client, make: Maker, local_jira: RunningLocalJira
) -> None:
    shown = attach(http, make(), "a.txt", b"secret", "text/plain")
    with local_jira.client(local_jira.auth_of("cora")) as cora:
        assert cora.get(f"/rest/api/2/attachment/{shown['id']}").status_code == 404
        address = shown["content"] + "?redirect=false"
        assert cora.get(address).status_code == 404


def test_properties_of_many_issues_are_set_for_all_or_for_none(
    http: httpx.Client, make: Maker
) -> None:
    first, second = id_of(http, make()), id_of(http, make())
    body = {"entitiesIds": [first, second], "properties": {"op": {"a": 1}}}
    sent = http.post("/rest/api/2/issue/properties", json=body)
    assert sent.status_code == 303
    assert http.get(sent.headers["location"]).json()["status"] == "COMPLETE"
    for issue in (first, second):
        assert http.get(f"/rest/api/2/issue/{issue}/properties/op").json()["value"] == {"a": 1}
    body = {"entitiesIds": [first, 1], "properties": {"op": 2}}
    assert http.post("/rest/api/2/issue/properties", json=body).status_code == 400
    assert http.get(f"/rest/api/2/issue/{first}/properties/op").json()["value"] == {"a": 1}


def test_a_filter_chooses_the_issues_whose_property_changes(
    http: httpx.Client, make: Maker
) -> None:
    ids = [id_of(http, make()) for _ in range(3)]
    for issue, value in zip(ids, (1, 2, None), strict=True):
        if value:
            http.put(f"/rest/api/2/issue/{issue}/properties/p", json=value)
    path = "/rest/api/2/issue/properties/p"
    http.put(path, json={"value": 5, "filter": {"currentValue": 1}})
    http.put(path, json={"value": 6, "filter": {"hasProperty": False, "entityIds": [ids[2]]}})

    def values() -> list[Any]:
        return [
            http.get(f"/rest/api/2/issue/{issue}/properties/p").json().get("value") for issue in ids
        ]

    assert values() == [5, 2, 6]
    assert http.put(path, json={"value": 1, "expression": "1"}).status_code == 400
    nonsense = {"value": 1, "filter": {"currentValue": 1, "hasProperty": False}}
    assert http.put(path, json=nonsense).status_code == 400
    http.request("DELETE", path, json={"entityIds": ids[:2]})
    assert values() == [None, None, 6]


def test_many_changelogs_come_in_pages_oldest_first(http: httpx.Client, make: Maker) -> None:
    keys = [make(), make()]
    for summary in ("B", "C"):
        for key in keys:
            http.put(f"/rest/api/2/issue/{key}", json={"fields": {"summary": summary}})
    http.put(f"/rest/api/2/issue/{keys[0]}", json={"fields": {"labels": ["x"]}})
    seen: list[tuple[str, str]] = []
    body: dict[str, Any] = {"issueIdsOrKeys": keys, "fieldIds": ["summary"], "maxResults": 3}
    while True:
        page = http.post("/rest/api/2/changelog/bulkfetch", json=body).json()
        seen += [
            (entry["issueId"], history["items"][0]["toString"])
            for entry in page["issueChangeLogs"]
            for history in entry["changeHistories"]
        ]
        if "nextPageToken" not in page:
            break
        body["nextPageToken"] = page["nextPageToken"]
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"issueIdsOrKeys": []},
        {"issueIdsOrKeys": ["FT-1"], "fieldIds": ["f"] * 11},
        {"issueIdsOrKeys": ["FT-1"] * 1001},
        {"issueIdsOrKeys": ["FT-1"], "nextPageToken": "!"},
        {"issueIdsOrKeys": ["FT-1"], "maxResults": 0},
        {"issueIdsOrKeys": ["FT-1"], "surprise": 1},
    ],
)
def test_a_bad_request_for_changelogs_is_refused(http: httpx.Client, body: dict[str, Any]) -> None:
    assert http.post("/rest/api/2/changelog/bulkfetch", json=body).status_code == 400
