"""What people see of a theme and do about it, on the desk and in the terminal."""

from __future__ import annotations

import re

from models.names import theme_id_of
from models.theme import ThemePhase
from tests.workflows.office import Office
from tests.workflows.terminal import document, printed
from tests.workflows.test_sheets_on_the_desk import desk, office, pytestmark, signed_in
from tests.workflows.theme_deeds import EXPORTS, look, reported, status, until

__all__ = ["desk", "office", "pytestmark"]


async def found(office: Office) -> str:
    """A theme about which somebody was asked."""
    issues = await reported(office, *EXPORTS[:4])
    await look(office)
    theme_id = theme_id_of(issues[0].id)
    await until(office, theme_id, lambda s: s.questions, say="somebody is asked")
    return theme_id


async def test_whoever_is_asked_accepts_a_theme_and_a_stranger_has_no_button(
    office: Office, desk: str
) -> None:
    theme_id = await found(office)
    async with signed_in(desk, "fay") as stranger, signed_in(desk, "petra") as owner:
        assert "Nothing here is asked of you" in (await stranger.get(f"/themes/{theme_id}")).text
        assert "empty · export · file" in (await owner.get("/themes")).text
        assert f"/themes/{theme_id}" in (await owner.get("/")).text, "it waits in the inbox"
        shown = await owner.get(f"/themes/{theme_id}")
        page = await owner.post(
            f"/themes/{theme_id}", question="decide-1", choice="accept", reason="It costs us."
        )
    assert "4 items of 4 customers" in shown.text
    assert "decide-1: accept by petra." in page.text
    assert (await status(office, theme_id)).phase is ThemePhase.ACCEPTED


async def test_whoever_decides_names_a_theme_and_splits_items_off_on_its_page(
    office: Office, desk: str
) -> None:
    theme_id = await found(office)
    async with signed_in(desk, "petra") as owner:
        page = await owner.get(f"/themes/{theme_id}")
        key = re.findall(r'name="item (FT-[0-9]+)"', page.text)[0]
        await owner.post(f"/themes/{theme_id}/name", name="Exports break off", reason="Clearer")
        page = await owner.post(
            f"/themes/{theme_id}/split", **{f"item {key}": "yes"}, reason="Another cause"
        )
        assert "split 1 items off as" in page.text
        listed = await owner.get("/themes")
    await until(office, theme_id, lambda s: s.figures.items == 3, say="one item was split off")
    assert "Exports break off" in listed.text


async def test_a_theme_is_merged_into_another_and_its_reader_is_led_there(
    office: Office, desk: str
) -> None:
    theme_id = await found(office)
    async with signed_in(desk, "petra") as owner:
        page = await owner.get(f"/themes/{theme_id}")
        keys = re.findall(r'name="item (FT-[0-9]+)"', page.text)
        two = {f"item {key}": "yes" for key in keys[:2]}
        page = await owner.post(f"/themes/{theme_id}/split", **two, reason="Another cause")
        other = re.findall(r"split 2 items off as (theme-[0-9]+)", page.text)[0]
        await until(office, other, lambda s: s.deciders, say="the new theme knows who decides")
        await owner.get(f"/themes/{other}")
        page = await owner.post(f"/themes/{other}/merge", into=theme_id, reason="It was the same")
        assert page.url.path == f"/themes/{theme_id}"
        assert f"petra merged it into {theme_id}" in page.text
    await until(office, theme_id, lambda s: s.figures.items == 4, say="all items are one theme")


async def test_who_may_not_regroup_has_no_form_and_is_refused_all_the_same(
    office: Office, desk: str
) -> None:
    theme_id = await found(office)
    async with signed_in(desk, "fay") as stranger:
        shown = await stranger.get(f"/themes/{theme_id}")
        page = await stranger.post(f"/themes/{theme_id}/name", name="Mine", reason="I like it")
    assert "What belongs together" not in shown.text
    assert page.status_code == 409
    assert "may regroup this theme" in page.text


async def test_a_regrouping_that_lacks_something_says_what_and_keeps_what_was_typed(
    office: Office, desk: str
) -> None:
    theme_id = await found(office)
    async with signed_in(desk, "petra") as owner:
        await owner.get(f"/themes/{theme_id}")
        nothing = await owner.post(f"/themes/{theme_id}/split", reason="They differ")
        unexplained = await owner.post(f"/themes/{theme_id}/name", name="Exports", reason=" ")
    assert "Tick the items that are another problem." in nothing.text
    assert "They differ" in nothing.text
    assert "Give a reason" in unexplained.text


async def test_a_theme_is_read_and_regrouped_in_the_terminal(office: Office) -> None:
    theme_id = await found(office)

    listed = await printed("themes")
    shown = await printed("theme", theme_id)
    why = ("--as", "petra", "--reason", "Clearer")
    await printed("regroup", theme_id, "--name", "Exports break off", *why)
    named = await document("theme", "Exports break off")

    assert theme_id in listed
    assert f"followthrough answer {theme_id} decide-1 accept|dismiss --as WHO" in " ".join(
        shown.split()
    )
    assert named["theme_id"] == theme_id
