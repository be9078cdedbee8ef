"""No text of a stranger's keeps triage busy: every reader comes to an end, whatever it is given.

Each reads in a process of its own, so that one that does not come to an end fails its test and
holds up no other. Half a minute is a hundred times what any of them takes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAR_TOO_LONG_SECONDS = 60
TEXTS = {
    "one letter": "'a' * 500_000",
    "one digit": "'4' * 500_000",
    "digits and gaps": "'4 ' * 250_000",
    "digits and dashes": "'12-' * 160_000",
    "at signs": "'a@' * 250_000",
    "almost an address": "'a.' * 250_000 + '@'",
    "almost a link": "'https://' * 60_000",
    "open brackets": "'<url:' * 100_000",
    "white space": "' \\t\\n' * 160_000",
    "apostrophes": '"a\'" * 250_000',
    "full stops": "'.' * 500_000",
    "thanks without end": "'thank you, ' * 45_000",
    "no spaces between words": "'\\u6ce3' * 500_000",
    "joined marks": "'e' + '\\u0301' * 500_000",
}
READERS = {
    "suggest": (
        "from insight.suggest import suggest; from policies.loader import load; "
        "from runtime.settings import SHIPPED_POLICIES; "
        "suggest(text, load(SHIPPED_POLICIES).taxonomy)"
    ),
    "signature": "from insight.similar import signature; signature(text)",
    "personal data": "from insight.personal_data import masked; masked(text)",
    "gratitude": "from insight.gratitude import is_gratitude; is_gratitude(text)",
    "said again": (
        "from insight.repeated_information import said_again; said_again([(True, text)] * 3)"
    ),
    "shared words": (
        "from insight.shared_words import features_in, pieces; "
        "pieces(text[:2000], features_in(text))"
    ),
    "a command": ("from policies.commands import parse; parse('/resolve ' + text)"),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_comes_to_an_end_with_every_hostile_text(reader: str) -> None:
    texts = "[" + ", ".join(TEXTS.values()) + "]"
    program = f"for text in {texts}:\n    {READERS[reader]}\nprint('read')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=FAR_TOO_LONG_SECONDS,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("read\n", "")
