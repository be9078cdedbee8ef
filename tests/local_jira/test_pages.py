"""The pages as a browser gets them: escaped, limited to what the reader may see, and working."""

from collections.abc import Iterator

import httpx
import pytest
from local_jira_tools import Maker

from local_jira.testing import RunningLocalJira

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def browser(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=local_jira.url, follow_redirects=True, trust_env=False) as client:
        yield client


def act_as(browser: httpx.Client, account: str) -> None:
    browser.post("/act-as", data={"account": account, "back": "/issues"})


def test_the_front_page_leads_to_the_list(browser: httpx.Client, make: Maker) -> None:
    key = make("Charged twice")
    page = browser.get("/")
    assert page.url.path == "/issues"
    assert key in page.text
    assert "Charged twice" in page.text


@pytest.mark.parametrize("path", ["/issues", "/browse/FT-1", "/create", "/browse/NOPE-1"])
def test_every_page_says_that_it_is_a_stand_in(
    browser: httpx.Client, make: Maker, path: str
) -> None:
    make()
    page = browser.get(path)
    assert "local stand-in" in page.text
    assert "trademark of Atlassian" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_everything_people_write_is_escaped(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make(NASTY[:200], description=NASTY, labels=["<b>"], customfield_10101=NASTY)
    http.post(f"/rest/api/2/issue/{key}/comment", json={"body": NASTY})
    http.put(f"/rest/api/2/issue/{key}/properties/x", json={"a": NASTY})
    remote = {"object": {"url": "javascript:alert(1)", "title": NASTY}}
    http.post(f"/rest/api/2/issue/{key}/remotelink", json=remote)
    for path in (f"/browse/{key}", "/issues", "/issues?jql=" + NASTY):
        text = browser.get(path).text
        assert "<script" not in text
        assert "<img" not in text
        assert "javascript:" not in text


def test_a_mention_reads_as_the_name_of_the_account(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make()
    body = "Please look, [~accountid:acc-omar-owner] and [~accountid:acc-nobody]."
    http.post(f"/rest/api/2/issue/{key}/comment", json={"body": body})
    text = browser.get(f"/browse/{key}").text
    assert "@Omar Owner" in text
    assert "@acc-nobody" in text


def test_a_person_comments_edits_and_moves_an_issue(
    http: httpx.Client, browser: httpx.Client, make: Maker, local_jira: RunningLocalJira
) -> None:
    key = make(labels=["old"])
    act_as(browser, "acc-omar-owner")
    before = local_jira.journal_position()
    browser.post(f"/browse/{key}/comment", data={"body": "On it", "internal": "yes"})
    browser.post(f"/browse/{key}/edit", data={"labels": "new", "was_labels": "old"})
    browser.post(f"/browse/{key}/transition", data={"transition": "41", "resolution": "10001"})

    fields = http.get(f"/rest/api/2/issue/{key}").json()["fields"]
    [comment] = fields["comment"]["comments"]
    assert comment["author"]["accountId"] == "acc-omar-owner"
    assert comment["jsdPublic"] is False
    assert fields["labels"] == ["new"]
    assert fields["status"]["name"] == "Done"
    assert fields["resolution"]["name"] == "Fixed"
    written = [line for line in local_jira.journal(before) if line["committed"]]
    assert {line["account"] for line in written} == {"acc-omar-owner"}


def test_an_old_page_does_not_take_back_what_changed_since(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make(labels=["seen"])
    http.put(f"/rest/api/2/issue/{key}", json={"fields": {"labels": ["changed-since"]}})
    form = {"labels": "seen", "was_labels": "seen", "priority": "1", "was_priority": "3"}
    browser.post(f"/browse/{key}/edit", data=form)
    fields = http.get(f"/rest/api/2/issue/{key}").json()["fields"]
    assert fields["labels"] == ["changed-since"]
    assert fields["priority"]["name"] == "Highest"


def test_a_customer_sees_no_internals_on_the_page(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make(reporter={"accountId": "acc-cora-customer"})
    other = make()
    mark = [{"key": "sd.public.comment", "value": {"internal": True}}]
    body = {"body": "Top secret remark", "properties": mark}
    http.post(f"/rest/api/2/issue/{key}/comment", json=body)
    http.put(f"/rest/api/2/issue/{key}/properties/followthrough", json={"hidden": "stage"})
    act_as(browser, "acc-cora-customer")
    text = browser.get(f"/browse/{key}").text
    assert "Top secret remark" not in text
    assert "hidden" not in text.replace('type="hidden"', "").replace('class="hidden"', "")
    assert browser.get(f"/browse/{other}").status_code == 404
    assert browser.post(f"/browse/{key}/comment", data={"body": "Thanks"}).status_code == 200
    comments = http.get(f"/rest/api/2/issue/{key}/comment").json()["comments"]
    assert comments[-1]["author"]["accountId"] == "acc-cora-customer"


def test_a_person_creates_an_issue(browser: httpx.Client, http: httpx.Client) -> None:
    act_as(browser, "acc-cora-customer")
    form = {"project": "FT", "issuetype": "10004", "summary": "It broke", "description": "Really."}
    page = browser.post("/create", data=form)
    assert page.url.path == "/browse/FT-1"
    reporter = http.get("/rest/api/2/issue/FT-1").json()["fields"]["reporter"]
    assert reporter["accountId"] == "acc-cora-customer"


def test_a_form_from_another_site_is_refused(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make()
    for headers in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.post(f"/browse/{key}/comment", data={"body": "x"}, headers=headers)
        assert answer.status_code == 403
    assert http.get(f"/rest/api/2/issue/{key}/comment").json()["total"] == 0


def test_a_bad_query_or_step_is_explained_on_the_page(browser: httpx.Client, make: Maker) -> None:
    key = make()
    assert "Expecting either a value" in browser.get("/issues", params={"jql": "project ="}).text
    refused = browser.post(f"/browse/{key}/transition", data={"transition": "51"})
    assert refused.status_code == 400
    assert "no longer open" in refused.text


@pytest.mark.parametrize(
    "back", ["//elsewhere.example", "\\elsewhere.example", "https://x.example", "/x\r\nA: b"]
)
def test_switching_people_never_leads_to_another_site(
    local_jira: RunningLocalJira, back: str
) -> None:
    form = {"account": "acc-ada-agent", "back": back}
    answer = httpx.post(f"{local_jira.url}/act-as", data=form, trust_env=False)
    assert answer.headers["location"] == "/issues"


def test_a_page_elsewhere_cannot_reset_the_site(http: httpx.Client, make: Maker) -> None:
    key = make()
    answer = http.post("/__local__/reset", headers={"Origin": "http://elsewhere.example"})
    assert answer.status_code == 403
    assert http.get(f"/rest/api/3/issue/{key}").status_code == 200
