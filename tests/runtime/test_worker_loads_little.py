from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NUMBERS = ("insight.numbers", "ruptures", "river", "scipy")
LEARNING = ("sklearn", "onnxruntime", "tokenizers", "vaderSentiment", "pydantic_ai")


@pytest.mark.parametrize("unwanted", [NUMBERS, LEARNING], ids=["numbers", "learning"])
def test_a_worker_starts_without_what_it_may_never_need(unwanted: tuple[str, ...]):
    seen = f"import sys, worker; print([one for one in {unwanted!r} if one in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]", "a worker starts faster without them; import them late"
