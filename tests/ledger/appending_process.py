"""Appends events one by one, or in pairs, and says each on standard output once it stands.

`python -m tests.ledger.appending_process URL KEYS ISSUE COUNT`
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledger.store import open_ledger
from tests.ledger.conftest import make_entry


def main() -> None:
    url, keys, issue, count = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    ledger = open_ledger(url, keys=keys)
    for number in range(1, count, 2):
        ledger.append((make_entry(number, issue=issue), make_entry(number + 1, issue=issue)))
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()
    ledger.close()


if __name__ == "__main__":
    main()
