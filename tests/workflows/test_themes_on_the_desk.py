"""What people see of a theme and do about it, on the desk and in the terminal."""

from __future__ import annotations

import asyncio
import json

from typer.testing import CliRunner

import cli
from models.names import theme_id_of
from models.theme import ThemePhase
from tests.workflows.office import Office
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


async def test_a_theme_is_read_and_regrouped_in_the_terminal(office: Office) -> None:
    theme_id = await found(office)

    def said(*arguments: str) -> str:
        result = CliRunner().invoke(cli.app, list(arguments))
        assert result.exit_code == 0, result.output
        return result.stdout

    listed = await asyncio.to_thread(said, "themes")
    shown = await asyncio.to_thread(said, "theme", theme_id)
    why = ("--as", "petra", "--reason", "Clearer")
    await asyncio.to_thread(said, "regroup", theme_id, "--name", "Exports break off", *why)
    named = json.loads(await asyncio.to_thread(said, "theme", "Exports break off", "--json"))

    assert theme_id in listed
    assert f"followthrough answer {theme_id} decide-1 accept|dismiss --as WHO" in " ".join(
        shown.split()
    )
    assert named["theme_id"] == theme_id
