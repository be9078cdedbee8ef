"""A short chaos run of a fixed seed. The long one is `make chaos`; docs/faults.md tells of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.report import told
from tests.chaos.run import Plan, run

pytestmark = [pytest.mark.e2e, pytest.mark.kill, pytest.mark.xdist_group("house")]
SEED = "FOLLOWTHROUGH_CHAOS_SEED"
USUAL_SEED = "42"


def test_nothing_is_lost_doubled_or_miscounted_while_everything_fails(
    tmp_path: Path, show_at_the_end: Callable[[str], None]
) -> None:
    seed = int(os.environ.get(SEED) or USUAL_SEED)
    show_at_the_end(f"drawn from {SEED}={seed}")

    outcome = run(Plan(seed, timedelta(seconds=20), items=18), tmp_path, lambda _line: None)

    assert outcome.findings == [], f"{SEED}={seed} {told(outcome)}"
    assert outcome.settled, f"{SEED}={seed} {told(outcome)}"
    assert len(outcome.evidence.items) > 0
    assert "Temporal killed" in outcome.harms
