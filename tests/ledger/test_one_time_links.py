from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from ledger.database import make_engine
from ledger.one_time_links import OneTimeLink
from ledger.store import Ledger, open_ledger
from tests.ledger.conftest import MONDAY

DAY = timedelta(days=1)
LENAS = OneTimeLink(person="lena", issue_key="FT-7")


@pytest.fixture(params=["sqlite", "postgresql"])
def url_of_either(request: pytest.FixtureRequest) -> str:
    name = "url" if request.param == "sqlite" else "fresh_postgresql_each"
    found: str = request.getfixturevalue(name)
    return found


@pytest.fixture
def book(url_of_either: str, keys) -> Iterator[Ledger]:
    opened = open_ledger(url_of_either, now=lambda: MONDAY, keys=keys)
    yield opened
    opened.close()


def test_of_many_who_use_a_link_at_once_one_gets_in(book: Ledger):
    secret = book.one_time_links.make(LENAS, DAY)
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: book.one_time_links.use(secret), range(12)))
    assert opened.count(LENAS) == 1
    assert opened.count(None) == 11


def test_looking_at_a_link_does_not_use_it_up(book: Ledger):
    secret = book.one_time_links.make(LENAS, DAY)
    assert book.one_time_links.look(secret) == LENAS
    assert book.one_time_links.look(secret) == LENAS
    assert book.one_time_links.use(secret) == LENAS
    assert book.one_time_links.look(secret) is None


def test_a_link_ends_with_its_time_and_is_removed_when_the_next_one_is_made(
    url_of_either: str, keys
):
    moment = MONDAY
    ledger = open_ledger(url_of_either, now=lambda: moment, keys=keys)
    links = ledger.one_time_links
    secret = links.make(LENAS, DAY)
    moment = MONDAY + DAY
    assert links.look(secret) is None
    assert links.use(secret) is None
    links.make(LENAS, DAY)
    ledger.close()
    engine = make_engine(url_of_either)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM one_time_links")) == 1
    engine.dispose()


def test_what_the_database_holds_opens_nothing(book: Ledger, url_of_either: str):
    secret = book.one_time_links.make(LENAS, DAY)
    engine = make_engine(url_of_either)
    with engine.connect() as connection:
        kept = connection.scalar(text("SELECT digest FROM one_time_links"))
    engine.dispose()
    assert kept != secret
    assert book.one_time_links.use(str(kept)) is None
