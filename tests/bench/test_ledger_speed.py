"""What the chain costs can be measured; the figures themselves are of the machine and not tested."""

from __future__ import annotations

from bench.ledger import measure_ledger


def test_the_ledger_is_measured_with_its_chain_and_without_on_both_databases() -> None:
    measured = measure_ledger(rounds=1, appends=4)
    assert [one.database for one in measured] == ["SQLite", "PostgreSQL"]
    assert all(one.append_ratio > 0 and one.verify_ratio > 0 for one in measured)
