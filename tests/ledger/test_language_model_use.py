from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ledger.language_model_use import DailyUse
from ledger.store import Ledger, open_ledger
from tests.ledger.conftest import MONDAY

PLENTY = DailyUse(calls=100, tokens=100_000)


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, keys) -> Iterator[Ledger]:
    """The same ledger on either database."""
    name = "url" if request.param == "sqlite" else "fresh_postgresql_each"
    opened = open_ledger(request.getfixturevalue(name), now=lambda: MONDAY, keys=keys)
    yield opened
    opened.close()


def test_many_at_once_never_make_more_calls_than_the_day_has(book: Ledger):
    use = book.language_model_use
    with ThreadPoolExecutor(4) as pool:
        days = list(pool.map(lambda _: use.reserve(10, DailyUse(5, 1000)), range(12)))
    assert sum(day is not None for day in days) == 5
    assert use.of_day(MONDAY.date()) == DailyUse(calls=5, tokens=50)


def test_a_call_that_could_exceed_the_days_tokens_is_not_made(book: Ledger):
    use = book.language_model_use
    assert use.reserve(60, DailyUse(10, 100)) == MONDAY.date()
    assert use.reserve(60, DailyUse(10, 100)) is None
    assert use.of_day(MONDAY.date()) == DailyUse(calls=1, tokens=60)


def test_what_a_call_did_cost_takes_the_place_of_what_was_reserved(book: Ledger):
    use = book.language_model_use
    day = use.reserve(4000, PLENTY)
    assert day is not None
    use.settle(day, reserved=4000, used=312)
    assert use.of_day(day) == DailyUse(calls=1, tokens=312)


def test_the_next_day_has_a_budget_of_its_own(url: str):
    moment = MONDAY
    ledger = open_ledger(url, now=lambda: moment)
    once = DailyUse(calls=1, tokens=100)
    assert ledger.language_model_use.reserve(1, once) is not None
    assert ledger.language_model_use.reserve(1, once) is None
    moment = MONDAY + timedelta(days=1)
    assert ledger.language_model_use.reserve(1, once) == moment.date()
    ledger.close()
