"""What people taught triage reaches a worker that runs, and each suggestion says who made it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workflows.deeds import WOBBLE, triaged, what_triage_said
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office
from tests.workflows.terminal import document, printed


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path) as opened:
        yield opened


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """Labelled items: what wobbles is a bug, what the shop takes is billing."""
    file = tmp_path / "labelled.jsonl"
    rows = [
        {"text": f"{said} {number}", "label": label}
        for number in range(10)
        for said, label in (
            ("my gizmo wobbles", "bug"),
            ("the sprocket shop overcharges", "billing"),
        )
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


async def test_a_model_put_to_use_suggests_in_a_worker_that_runs_and_signs_with_its_id(
    office: Office, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(office.settings.data_dir))
    before = await triaged(office, WOBBLE)
    learnt = await document("triage", "train", "--file", str(examples), "--no-corrections")
    model_id = learnt["id"]
    kept = await triaged(office, f"{WOBBLE}, said once more")
    await printed("triage", "use", model_id)
    after = await triaged(office, f"{WOBBLE}, again")

    found = [await what_triage_said(office, issue) for issue in (before, kept, after)]
    assert [(one["category"], one["category_model"]) for one in found] == [
        ("other", None),
        ("other", None),
        ("bug", model_id),
    ]
    assert not found[2]["unsure"]
    await office.settled(lambda: office.comments(after), say="triage is told")
    assert "learnt from your team's items as bug" in office.comments(after)[0]["body"]
