from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NUMBERS = ("insight.numbers", "ruptures", "river", "scipy")


def test_a_worker_loads_nothing_of_the_numbers():
    seen = f"import sys, worker; print([one for one in {NUMBERS!r} if one in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]", "a worker starts faster without them; import them late"
