"""`python -m tests.chaos`: a chaos run, its table, and the checker's findings; exit code 0 or 1."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.chaos.report import told
from tests.chaos.run import Plan, run


def main() -> int:
    """Run, print, and leave with 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="drawn when it is left out")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--data-dir", type=Path, help="an empty directory, which is kept")
    asked = parser.parse_args()
    seed = secrets.randbelow(1_000_000_000) if asked.seed is None else asked.seed
    # Whoever ends this politely must not leave a dozen processes behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    plan = Plan(seed, timedelta(minutes=asked.minutes), asked.items)
    _say(
        f"Seed {seed}. The same again: make chaos SEED={seed} MINUTES={asked.minutes:g} ITEMS={asked.items}"
    )
    directory = asked.data_dir or Path(tempfile.mkdtemp(prefix="followthrough-chaos-"))
    directory.mkdir(parents=True, exist_ok=True)
    outcome = run(plan, directory, _say)
    _say(told(outcome))
    if outcome.findings or not outcome.settled:
        _say(f"Databases and logs are kept in {directory}.")
        return 1
    if asked.data_dir is None:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
