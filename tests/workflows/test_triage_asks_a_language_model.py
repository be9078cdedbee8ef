"""A language model is named in the settings: where triage is unsure, the item begins with a guess."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.language_model_use import DailyUse
from tests.workflows.deeds import REFUND, WOBBLE, triaged, what_triage_said
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office

STAND_IN = "test"
"""pydantic-ai's own model for tests, which answers with the first of what may be chosen."""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path, changes={"language_model": STAND_IN}) as opened:
        yield opened


async def test_a_guess_is_recorded_and_shown_with_the_models_name_and_a_person_is_asked(
    office: Office,
) -> None:
    issue = await triaged(office, WOBBLE)
    facts = await what_triage_said(office, issue)
    assert (facts["category"], facts["category_model"]) == ("outage", "test:test")
    assert facts["unsure"]
    await office.settled(lambda: office.comments(issue), say="triage is told")
    note = office.comments(issue)[0]["body"]
    assert "a guess by the language model test:test" in note
    assert "Please confirm or correct it" in note


async def test_an_item_that_triage_is_sure_of_costs_no_call(office: Office) -> None:
    facts = await what_triage_said(office, await triaged(office, REFUND))
    assert facts["category_model"] is None
    spent = office.ledger.language_model_use.of_day(datetime.now(UTC).date())
    assert spent == DailyUse(calls=0, tokens=0)
