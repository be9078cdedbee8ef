"""A played person at a terminal: runs the `followthrough` command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo.actors.refusals import ChannelBroken, TurnedAway

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT_SECONDS = 90
TRIES = 4
UNREACHABLE = 3


@dataclass(frozen=True)
class Terminal:
    """A shell in which the variables of the local stack are set."""

    variables: Mapping[str, str] = field(repr=False)

    def run(self, words: Sequence[str], person: str | None = None) -> str:
        """Run `followthrough WORDS`, signed as `person`; answers what it printed.

        While nothing answers (exit code 3) the person tries again. Raises `TurnedAway` with the
        command's sentence for exit code 1, `ChannelBroken` for any other.
        """
        signed = ["--as", person] if person else []
        for attempt in range(TRIES):
            done = self._run_once([*words, *signed])
            if done.returncode == 0:
                return done.stdout
            told = " ".join(done.stderr.split())
            if done.returncode == 1:
                raise TurnedAway(told, after_silence=attempt > 0)
            if done.returncode != UNREACHABLE:
                break
        raise ChannelBroken(
            f"`followthrough {words[0]}` left with {done.returncode}: {told[-300:]}"
        )

    def _run_once(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [sys.executable, "-P", "-m", "cli", *words],
                env={**os.environ, **self.variables, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ChannelBroken(f"`followthrough {words[0]}` did not end") from error
