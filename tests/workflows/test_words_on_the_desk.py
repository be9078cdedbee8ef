"""The item's page with what was said, and the page that shows similar items side by side."""

from __future__ import annotations

from tests.workflows.deeds import triaged
from tests.workflows.office import Office
from tests.workflows.test_sheets_on_the_desk import desk, office, pytestmark, signed_in

__all__ = ["desk", "office", "pytestmark"]

TWICE = "I was charged twice for my subscription this month"
DOUBLE = "Charged double for the subscription, twice this month"


async def test_the_item_shows_what_was_reported_and_said_with_nothing_of_it_carried_out(
    office: Office, desk: str
) -> None:
    issue = await office.report("<b>Bold</b> trouble", "It <script>hurts</script>")
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    await office.comment(issue, "cora", "Are you & yours there?")
    async with signed_in(desk, "lena") as person:
        page = await person.get(f"/items/{issue.key}")
    assert "&lt;b&gt;Bold&lt;/b&gt; trouble" in page.text
    assert "It &lt;script&gt;hurts&lt;/script&gt;" in page.text
    assert "Are you &amp; yours there?" in page.text


async def test_similar_items_stand_side_by_side_and_one_is_decided_as_a_duplicate(
    office: Office, desk: str
) -> None:
    first = await triaged(office, TWICE)
    second = await triaged(office, DOUBLE)
    stranger = await triaged(office, "The parcel never arrived at my door")
    async with signed_in(desk, "lena") as person:
        page = await person.get(f"/items/{second.key}/similar")
        assert f'{first.key}</a> <span class="pill">' in page.text
        assert "<mark>charged</mark> <mark>twice</mark>" in page.text
        assert stranger.key not in page.text
        alone = await person.get(f"/items/{stranger.key}/similar")
        assert "Nothing known resembles it." in alone.text
        chosen = await person.get(f"/items/{stranger.key}/similar?with={first.key.lower()}")
        assert f"{stranger.key} beside {first.key}" in chosen.text
        assert TWICE in chosen.text

        await person.get(f"/items/{second.key}/similar")
        decided = await person.post(
            f"/items/{second.key}/resolve",
            outcome="duplicate",
            duplicate_of=first.key,
            reason="The same charge.",
        )
    assert decided.status_code == 200
    status = await office.status(second)
    assert status.outcome == "duplicate"


async def test_while_jira_is_silent_the_item_is_shown_and_says_where_its_words_are(
    office: Office, desk: str
) -> None:
    issue = await triaged(office, TWICE)
    async with signed_in(desk, "lena") as person:
        await person.get(f"/items/{issue.key}")
        office.jira.add_fault(method="GET", path_pattern="*/issue/*", action="status", status=503)
        page = await person.get(f"/items/{issue.key}")
    assert page.status_code == 200
    assert "Jira did not give the words in time." in page.text
    assert TWICE not in page.text


async def test_items_are_found_by_words_and_by_key_with_nothing_of_it_in_the_address(
    office: Office, desk: str
) -> None:
    issue = await triaged(office, "The <i>zeppelin</i> wobbles")
    async with signed_in(desk, "lena") as person:
        found = await person.post("/find", wanted="zeppelin wobbles")
        assert found.url.path == "/find"
        assert not found.url.query
        assert f'<a href="/items/{issue.key}">' in found.text
        assert "The &lt;i&gt;zeppelin&lt;/i&gt; wobbles" in found.text
        nothing = await person.post("/find", wanted="zeppelin sinks")
        assert "No issue has all of these words." in nothing.text
        item = await person.post("/find", wanted=issue.key.lower())
        assert item.url.path == f"/items/{issue.key}"
