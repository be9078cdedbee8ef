from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import Browser, Stage

from desk.app import create_app
from desk.passwords import create_missing_passwords, password_holds, set_password
from ledger.store import open_ledger
from models.events import Event, EventKind, LedgerEntry
from models.names import action_workflow_id
from runtime.settings import load_settings
from tests.browser import served

OUR_SCRIPT = '<script src="/static/desk.js" defer>'


async def test_nobody_sees_a_page_before_signing_in(stage: Stage) -> None:
    browser = stage.browser()

    for path in ("/", "/items/12", "/requests/r-12"):
        page = await browser.get(path)
        assert page.url.path == "/sign-in", f"{path} was shown to a stranger"


async def test_every_answer_forbids_inline_and_foreign_scripts_and_framing(stage: Stage) -> None:
    browser = await stage.signed_in("ada")

    for path in ("/", f"/items/{await stage.item()}", "/nowhere", "/sign-in"):
        page = await browser.get(path)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert re.findall("<script[^>]*>[^<]*", page.text) == [OUR_SCRIPT]
        assert not re.search(r"\son\w+=", page.text)
        assert "local sign-in" in page.text.lower(), f"{path} does not say how people sign in"


async def test_a_wrong_password_is_refused_and_guessing_is_slowed_down(stage: Stage) -> None:
    browser = stage.browser()
    await browser.get("/sign-in")

    answers = [
        (await browser.post("/sign-in", person="ada", password="guess", to="/")).status_code
        for _ in range(6)
    ]
    right = await browser.post("/sign-in", person="ada", password="pw of ada", to="/")

    assert answers == [401] * 5 + [429]
    assert right.status_code == 429, "the right password must wait too, or guessing goes on"
    assert int(right.headers["Retry-After"]) > 0


async def test_sign_in_leads_only_to_pages_of_the_desk(stage: Stage) -> None:
    browser = stage.browser()
    await browser.get("/sign-in?to=https://elsewhere.example/")

    assert 'name="to" value="/"' in browser.page.text


async def test_the_inbox_lists_what_runs_with_links_to_item_and_request(stage: Stage) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("ada")

    for _ in range(40):
        page = await browser.get("/?view=everything")
        if f"FT-{issue_id}" in page.text:
            break

    assert f'href="/items/FT-{issue_id}"' in page.text
    assert f'href="/requests/r-{issue_id}"' in page.text
    assert "your vote" in page.text
    item = await browser.get(f"/items/FT-{issue_id}")
    assert item.status_code == 200, "a listed item opens also while Jira does not answer"


async def test_the_item_page_shows_clocks_ladder_and_timeline_escaped(stage: Stage) -> None:
    browser = await stage.signed_in("ada")

    page = await browser.get(f"/items/{await stage.item()}")

    assert "in 1 h 30 min" not in page.text, "figures of the last event must not stand as running"
    assert "paused with 30 min left" in page.text
    assert "Climbed to rung 1 &lt;owner&gt;." in page.text
    assert "used 1 h 00 min of 2 h 00 min of working time" in page.text
    assert "/browse/FT-" in page.text


async def test_looking_at_a_request_decides_nothing_and_a_reason_is_asked_for(
    stage: Stage,
) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("ada")

    page = await browser.get(f"/requests/r-{issue_id}")
    without = await browser.post(f"/requests/r-{issue_id}", choice="approve", reason=" ")

    assert "Nobody has voted yet." in page.text
    assert "&lt;b&gt;today&lt;/b&gt;" in page.text
    assert without.status_code == 400
    assert "Give a reason" in without.text
    assert "Nobody has voted yet." in without.text


async def test_two_people_approve_and_each_is_told_how_it_stands(stage: Stage) -> None:
    issue_id = await stage.item()
    path = f"/requests/r-{issue_id}"
    ada, fay = await stage.signed_in("ada"), await stage.signed_in("fay")

    await ada.get(path)
    first = await ada.post(path, choice="approve", reason="billed twice")
    await fay.get(path)
    second = await fay.post(path, choice="approve", reason="seen the invoice")
    late = await ada.get(path)

    assert "Your vote counts: approve." in first.text
    assert "one more yes, from Fay Finance" in first.text
    assert "approved" in second.text
    assert "This was decided" in late.text
    assert "billed twice" in late.text


async def test_a_form_sent_twice_is_one_vote(stage: Stage) -> None:
    path = f"/requests/r-{await stage.item()}"
    ada = await stage.signed_in("ada")
    await ada.get(path)
    form = dict(re.findall(r'name="(form_token|act_id)" value="([^"]+)"', ada.page.text))

    answers = [
        await ada.http.post(path, data={**form, "choice": "approve", "reason": "ok"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_the_one_who_asked_sees_why_they_may_not_vote_and_is_refused(stage: Stage) -> None:
    issue_id = await stage.item()
    omar = await stage.signed_in("omar")

    page = await omar.get(f"/requests/r-{issue_id}")
    forced = await omar.post(f"/requests/r-{issue_id}", choice="approve", reason="please")

    assert "You may not vote: asked for it." in page.text
    assert forced.status_code == 409
    assert "omar may not vote on this" in forced.text


async def test_a_form_of_another_session_is_refused(stage: Stage) -> None:
    issue_id = await stage.item()
    ada, fay = await stage.signed_in("ada"), await stage.signed_in("fay")
    await ada.get(f"/requests/r-{issue_id}")
    fay.page = ada.page

    stolen = await fay.post(f"/requests/r-{issue_id}", choice="approve", reason="x")
    bare = await fay.http.post(f"/requests/r-{issue_id}", data={"choice": "approve"})

    assert (stolen.status_code, bare.status_code) == (403, 403)


async def test_the_text_for_the_temporal_ui_is_a_ballot_that_counts(stage: Stage) -> None:
    issue_id = await stage.item()
    ada = await stage.signed_in("ada")
    page = await ada.get(f"/requests/r-{issue_id}")
    pasted = json.loads(
        re.findall(r"<pre[^>]*>(.*?)</pre>", page.text, re.S)[0].replace("&#34;", '"')
    )

    handle = stage.client.get_workflow_handle(action_workflow_id(f"r-{issue_id}"))
    answer: dict[str, Any] = await handle.execute_update("decide", pasted)

    assert "a vote without a reason is refused" in page.text
    assert pasted["actor"]["channel"] == "temporal_ui"
    assert pasted["actor"]["proof"]["claim"]["subject"] == f"action-r-{issue_id}"
    assert answer["message"] == "Your vote counts: approve."


async def test_acts_on_an_item_reach_it_and_a_refusal_keeps_what_was_typed(stage: Stage) -> None:
    issue_id = await stage.item()
    path = f"/items/{issue_id}"
    ada, fay = await stage.signed_in("ada"), await stage.signed_in("fay")

    await fay.get(path)
    refused = await fay.post(f"{path}/acknowledge", note="I would like to")
    await ada.get(path)
    taken = await ada.post(f"{path}/acknowledge", note="")
    nothing = await ada.post(f"{path}/override", reason="hm")
    corrected = await ada.post(f"{path}/override", severity="S1", reason="all are down")
    asked = await ada.post(
        f"{path}/propose", kind="refund", amount="129.00 EUR", summary="Billed twice", evidence=""
    )
    assert refused.status_code == 409
    assert "fay is not on this rung; ada is." in refused.text
    assert "I would like to" in refused.text
    assert "ada has taken this on." in taken.text
    assert nothing.status_code == 400
    assert "Severity is now S1." in corrected.text
    assert asked.url.path == "/requests/r-new"

    await ada.get(path)
    decided = await ada.post(f"{path}/resolve", outcome="fixed", reason="shipped")
    assert "Decided: fixed." in decided.text


async def test_an_unknown_item_and_an_unknown_page_are_sentences(stage: Stage) -> None:
    ada = await stage.signed_in("ada")

    unknown = await ada.get("/items/999999999999999")
    nowhere = await ada.get("/nowhere")
    garbled = await ada.get("/items/a b")

    assert (unknown.status_code, nowhere.status_code, garbled.status_code) == (404, 404, 404)
    assert "No such item is followed." in unknown.text
    assert "There is no such page." in nowhere.text


async def test_an_item_that_temporal_forgot_is_told_from_the_ledger(
    stage: Stage, tmp_path: Path
) -> None:
    event = Event(
        operation_id="77:1",
        sequence=1,
        kind=EventKind.DECIDED,
        at=datetime(2026, 1, 5, tzinfo=UTC),
        summary="Decided: fixed.",
    )
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.append(
        (LedgerEntry(issue_id="77", issue_key="FT-7", workflow_id="feedback-77", event=event),)
    )
    ledger.close()
    ada = await stage.signed_in("ada")

    page = await ada.get("/items/FT-7")

    assert page.status_code == 200, page.text
    assert "The ledger remembers what happened." in page.text
    assert "Decided: fixed." in page.text


async def test_a_foreign_host_name_is_turned_away(stage: Stage) -> None:
    browser = stage.browser()

    page = await browser.http.get("/sign-in", headers={"Host": "evil.example"})

    assert page.status_code == 400


async def test_health_says_what_answers_and_counts_webhooks(stage: Stage) -> None:
    answer = await stage.browser().get("/health")

    assert answer.status_code == 200
    assert answer.json()["temporal"] is True


async def test_the_desk_comes_up_while_temporal_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FOLLOWTHROUGH_ALLOW_UNPROVEN_DECISIONS", "true")
    monkeypatch.setenv("FOLLOWTHROUGH_CLOCK_SCALE", "60")
    set_password(tmp_path, "ada", "pw of ada")
    async with (
        served(create_app(load_settings())) as address,
        httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=30) as http,
    ):
        page = await Browser(http).sign_in("ada")
        health = await http.get("/health")

    assert page.status_code == 503
    assert "Temporal does not answer" in page.text
    assert "followthrough up" in page.text
    assert "Decisions without proof are accepted here." in page.text
    assert "Clocks run 60 times faster" in page.text
    assert (health.status_code, health.json()["status"]) == (503, "degraded")


def test_generated_passwords_are_shown_once_and_kept_as_hashes(tmp_path: Path) -> None:
    made = create_missing_passwords(tmp_path, ["ada", "fay"])
    again = create_missing_passwords(tmp_path, ["ada", "fay", "omar"])
    file = tmp_path / "desk-passwords.json"

    assert set(made) == {"ada", "fay"}
    assert set(again) == {"omar"}
    assert password_holds(tmp_path, "ada", made["ada"])
    assert not password_holds(tmp_path, "ada", made["fay"])
    assert not password_holds(tmp_path, "nobody", "x")
    assert made["ada"] not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


async def test_of_several_taken_on_at_once_one_that_is_refused_stops_no_other(
    stage: Stage,
) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("ada")
    await browser.get("/?view=everything")
    page = await browser.post(
        "/take-on", view="everything", **{f"item {issue_id}": "yes", "item 999": "yes"}
    )

    assert f"You have taken on {issue_id}." in page.text
    assert "999: " in page.text
    assert page.url.query == b"view=everything"


async def test_nobody_takes_on_what_is_anothers_by_ticking_it(stage: Stage) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("fay")
    shown = await browser.get("/?view=everything")
    page = await browser.post("/take-on", view="everything", **{f"item {issue_id}": "yes"})

    assert "Take on what is ticked" not in shown.text
    assert "fay is not on this rung; ada is." in page.text
