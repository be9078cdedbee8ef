"""Whatever people write into any field: no page runs it, and the portal tells nothing internal."""

import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from local_jira_tools import Maker, adf

from local_jira.testing import RunningLocalJira

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
NASTY = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></pre><svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "\"><input autofocus onfocus='alert(1)'>",
    "' onmouseover='alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=\"javascript:alert(1)\">go</a>",
    "[click me|javascript:alert(1)]",
    "[click me|JaVaScRiPt:alert(1)]",
    "[click me|data:text/html,<script>alert(1)</script>]",
    "[<b>x</b>|https://example.com/\"onclick=\"alert(1)]",
    "[javascript:alert(1)]",
    "!javascript:alert(1)!",
    "!x.png|onerror=alert(1)!",
    "{html}<script>alert(1)</script>{html}",
    "{code}</code></pre><script>alert(1)</script>{code}",
    "{color:red;background:url(javascript:alert(1))}x{color}",
    "*bold* _<b onclick=alert(1)>x</b>_",
    "h1. <script>alert(1)</script>",
    "|| <script>alert(1)</script> || x ||",
    "[~accountid:\"><script>alert(1)</script>]",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example><form action=//evil.example>",
    "\u202e\u2028<scr\u0000ipt>alert(1)</script>",
]  # fmt: skip
FORBIDDEN = {"script", "iframe", "object", "embed", "svg", "img", "style", "meta-refresh", "base"}
SCHEMES = {"", "http", "https", "mailto"}
ADDRESSES = {"href", "src", "action", "formaction", "srcdoc", "data", "poster"}


class Danger(HTMLParser):
    """Collects what a browser would run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in FORBIDDEN or (tag == "meta" and "http-equiv" in given):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            scheme = urlsplit((value or "").strip()).scheme.lower()
            if name.startswith("on") or name in ("style", "srcdoc", "autofocus"):
                self.found.append(f"<{tag} {name}>")
            if name in ADDRESSES and scheme not in SCHEMES:
                self.found.append(f"<{tag} {name}={value}>")
            if name == "href" and tag == "a":
                self.links.append(value or "")
        host = urlsplit(given.get("action") or "").netloc
        if tag == "form" and host:
            self.found.append(f"<form to {host}>")


def danger_in(text: str) -> Danger:
    parser = Danger()
    parser.feed(text)
    parser.close()
    return parser


@pytest.fixture
def browser(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=local_jira.url, follow_redirects=True, trust_env=False) as client:
        yield client


def act_as(browser: httpx.Client, account: str) -> None:
    browser.post("/act-as", data={"account": account, "back": "/issues"})


def one_line(text: str) -> str:
    return " ".join(text.replace("\u2028", " ").replace("\u0000", "").split())


def fill(http: httpx.Client, make: Maker, nasty: str) -> str:
    """An issue with the text in every field that takes one; answers its key."""
    clean = nasty.replace("\u0000", "")
    label = "".join(clean.split()) or "x"
    key = make(
        one_line(nasty), description=nasty, environment=nasty, labels=[label],
        customfield_10101=one_line(nasty)[:255],
        reporter={"accountId": "acc-cora-customer"},
    )  # fmt: skip
    base = f"/rest/api/2/issue/{key}"
    http.post(f"{base}/comment", json={"body": nasty})
    http.post(f"/rest/api/3/issue/{key}/comment", json={"body": adf(nasty)})
    http.put(f"{base}/properties/followthrough", json={"text": nasty, nasty: [nasty]})
    metadata = {"type": nasty, "description": nasty}
    http.put(
        base, json={"fields": {"summary": f"x {one_line(nasty)}"}, "historyMetadata": metadata}
    )
    for url in (nasty, "javascript:alert(1)", 'https://example.com/"onclick="alert(1)'):
        target = {"url": url, "title": nasty, "summary": nasty}
        http.post(f"{base}/remotelink", json={"object": target})
    http.post(
        f"{base}/attachments",
        files={"file": (clean.replace("/", "-") or "x", b"<script>alert(1)</script>", "text/html")},
        headers={"X-Atlassian-Token": "no-check"},
    )
    return key


@pytest.mark.parametrize("nasty", NASTY)
def test_no_page_runs_what_people_write(
    http: httpx.Client, browser: httpx.Client, make: Maker, nasty: str
) -> None:
    key = fill(http, make, nasty)
    http.post("/rest/servicedeskapi/organization", json={"name": nasty})
    paths = [
        f"/browse/{key}",
        "/issues",
        "/create",
        f"/portal/{key}",
        "/portal",
        "/browse/" + quote(nasty, safe=""),
    ]
    pages = [browser.get(path) for path in paths]
    pages.append(browser.get("/issues", params={"jql": nasty}))
    act_as(browser, "acc-cora-customer")
    pages += [browser.get(path) for path in (f"/browse/{key}", f"/portal/{key}", "/portal")]
    for page in pages:
        assert danger_in(page.text).found == [], f"{page.url}: escape this"
        assert "default-src 'none'" in page.headers["content-security-policy"]
    issue = http.get(f"/rest/api/3/issue/{key}", params={"expand": "renderedFields"}).json()
    rendered = issue["renderedFields"]
    texts = [rendered["description"], *(c["body"] for c in rendered["comment"]["comments"])]
    assert [danger_in(text).found for text in texts] == [[] for _ in texts]


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on PATH to load the pages in")
def test_a_real_browser_finds_nothing_to_run(
    http: httpx.Client, make: Maker, local_jira: RunningLocalJira, tmp_path: Path
) -> None:
    key = make("\n".join(NASTY)[:10].strip() or "x", description="\n\n".join(NASTY[:-1]))
    for nasty in NASTY:
        http.post(f"/rest/api/2/issue/{key}/comment", json={"body": nasty})
    http.put(f"/rest/api/2/issue/{key}/properties/x", json=NASTY)
    for path in (f"/browse/{key}", f"/portal/{key}"):
        command = [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            f"--user-data-dir={tmp_path}", local_jira.url + path,
        ]  # fmt: skip
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert "<main>" in ended.stdout, ended.stderr[-500:]
        assert danger_in(ended.stdout).found == []


def test_links_can_be_followed_and_properties_read(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    other, key = make("The other one"), make(description="See [the page|https://example.com/a].")
    link = {"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": other}}
    http.post("/rest/api/2/issueLink", json=link)
    remote = {"object": {"url": "https://example.com/b", "title": "There"}}
    http.post(f"/rest/api/2/issue/{key}/remotelink", json=remote)
    part = {"project": {"key": "FT"}, "issuetype": {"name": "Sub-task"}, "summary": "A part"}
    made = http.post("/rest/api/2/issue", json={"fields": {**part, "parent": {"key": key}}})
    http.put(f"/rest/api/2/issue/{key}/properties/followthrough", json={"seq": 3, "stage": "é"})
    page = browser.get(f"/browse/{key}").text
    links = set(danger_in(page).links)
    assert links >= {
        "https://example.com/a", "https://example.com/b", f"/browse/{other}",
        f"/browse/{made.json()['key']}", f"/portal/{key}",
    }  # fmt: skip
    assert "&#34;seq&#34;: 3" in page
    assert "é" in page


def test_the_history_on_the_page_is_complete(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make()
    for number in range(120):
        fields = {"customfield_10101": f"value-{number:03}"}
        http.put(f"/rest/api/2/issue/{key}", json={"fields": fields})
    page = browser.get(f"/browse/{key}").text
    assert all(f"value-{number:03}" in page for number in range(120))


def test_the_portal_shows_nothing_internal_even_to_staff(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make(reporter={"accountId": "acc-cora-customer"}, labels=["label-inside"])
    hidden: dict[str, Any] = {"key": "sd.public.comment", "value": {"internal": True}}
    path = f"/rest/api/2/issue/{key}/comment"
    http.post(path, json={"body": "secret-comment", "properties": [hidden]})
    http.post(path, json={"body": "open-comment"})
    http.put(f"/rest/api/2/issue/{key}/properties/secret-key", json="secret-value")
    link = {"object": {"url": "https://example.com/secret-link", "title": "secret-title"}}
    http.post(f"/rest/api/2/issue/{key}/remotelink", json=link)
    for account in ("acc-ada-agent", "acc-cora-customer"):
        act_as(browser, account)
        page = browser.get(f"/portal/{key}").text
        assert "open-comment" in page
        assert "secret" not in page
        assert "label-inside" not in page
    act_as(browser, "acc-cora-customer")
    assert "secret" not in browser.get(f"/browse/{key}").text
    other = make()
    assert browser.get(f"/portal/{other}").status_code == 404
    assert browser.get(f"/portal/{key}").text.count(key) > 0


def test_a_person_plays_the_customer_on_the_portal(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    key = make(reporter={"accountId": "acc-cora-customer"})
    act_as(browser, "acc-cora-customer")
    assert key in browser.get("/portal").text
    browser.post(f"/portal/{key}/comment", data={"body": "Any news?", "internal": "yes"})
    [comment] = http.get(f"/rest/api/2/issue/{key}/comment").json()["comments"]
    assert (comment["jsdPublic"], comment["author"]["displayName"]) == (True, "Cora Customer")
    assert "How did we do?" not in browser.get(f"/portal/{key}").text
    http.post(f"/rest/api/2/issue/{key}/transitions", json={"transition": {"id": "41"}})
    browser.post(f"/portal/{key}/rate", data={"rating": "4", "body": "Quick"})
    assert "You gave 4 of 5" in browser.get(f"/portal/{key}").text
    assert browser.post(f"/portal/{key}/rate", data={"rating": "9"}).status_code == 400
    foreign = {"Origin": "https://evil.example"}
    data = {"body": "forged"}
    assert browser.post(f"/portal/{key}/comment", data=data, headers=foreign).status_code == 403


def test_files_come_only_to_who_may_see_the_issue(
    http: httpx.Client, browser: httpx.Client, make: Maker
) -> None:
    files = {"file": ("a.html", b"<script>alert(1)</script>", "text/html")}
    for reporter in ("acc-cora-customer", "acc-ada-agent"):
        key = make(reporter={"accountId": reporter})
        headers = {"X-Atlassian-Token": "no-check"}
        http.post(f"/rest/api/2/issue/{key}/attachments", files=files, headers=headers)
    act_as(browser, "acc-cora-customer")
    own = browser.get("/attachment/10000")
    assert own.headers["content-disposition"].startswith("attachment;")
    assert own.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/attachment/10001").status_code == 404
