"""The page on which an item is moved to the policy in force."""

from __future__ import annotations

from browsing import Stage


async def test_the_items_page_leads_to_what_a_move_would_change(stage: Stage) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("lena")

    item = await browser.get(f"/items/{issue_id}")
    page = await browser.get(f"/items/{issue_id}/migrate")

    assert f'href="/items/FT-{issue_id}/migrate"' in item.text
    assert page.status_code == 200
    assert "<td>target of resolution</td><td>12 h 00 min</td><td>16 h 00 min</td>" in page.text
    assert "<td>opening hours</td>" in page.text


async def test_a_move_is_signed_with_its_reason_and_told_on_the_items_page(stage: Stage) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("lena")
    await browser.get(f"/items/{issue_id}/migrate")

    after = await browser.post(f"/items/{issue_id}/migrate", reason="The contract changed.")

    assert after.url.path == f"/items/{issue_id}"
    assert "Moved: policy 0f0f0f0f" in after.text


async def test_a_move_by_somebody_who_may_not_is_refused_and_keeps_what_was_typed(
    stage: Stage,
) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("ada")
    await browser.get(f"/items/{issue_id}/migrate")

    after = await browser.post(f"/items/{issue_id}/migrate", reason="I would like it.")

    assert after.status_code == 409
    assert "ada may not move items" in after.text
    assert "I would like it." in after.text


async def test_a_move_without_a_reason_is_not_sent(stage: Stage) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("lena")
    await browser.get(f"/items/{issue_id}/migrate")

    after = await browser.post(f"/items/{issue_id}/migrate", reason=" ")

    assert "a reason is always needed" in after.text


async def test_a_move_that_the_desk_did_not_offer_is_forbidden(stage: Stage) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("lena")

    foreign = await browser.http.post(
        f"/items/{issue_id}/migrate", data={"reason": "Gotcha.", "form_token": "x"}
    )

    assert foreign.status_code == 403
