"""The desk's pages are measured on items that answer as real ones do."""

from __future__ import annotations

import pytest

from bench.desk_pages import GOAL_KILOBYTES, PAGES, measure_pages

pytestmark = pytest.mark.e2e


def test_every_page_is_looked_at_and_none_is_heavy() -> None:
    found = measure_pages(sizes=(30,), looks=2)
    assert [one.page for one in found] == list(PAGES)
    assert [one.page for one in found if one.kilobytes >= GOAL_KILOBYTES] == []
    inbox = next(one for one in found if one.page == "/?view=everything")
    plain = next(one for one in found if one.page == "/sign-in")
    assert inbox.kilobytes > plain.kilobytes, "the list shows nothing; do the items stand?"
